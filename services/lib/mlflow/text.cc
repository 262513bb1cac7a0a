#include "lib/mlflow/text.h"

#include <wctype.h>

#include <charconv>
#include <clocale>
#include <cmath>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace millwright::mlflow {
namespace {

// Takes the first character off a text that is UTF-8.
char32_t Next(absl::string_view& text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t code = size == 1 ? lead : lead & (0xFF >> (size + 1));
  for (std::size_t i = 1; i < size && i < text.size(); ++i) code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  text.remove_prefix(std::min(size, text.size()));
  return code;
}

// Never freed: the classes of characters are asked for until the end.
locale_t Unicode() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

// Letters, digits and what counts as a number, in any script.
bool IsWordCharacter(char32_t code) {
  if (code < 0x80) return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z') || code == '_';
  if (code == 0xB2 || code == 0xB3 || code == 0xB9 || (code >= 0xBC && code <= 0xBE)) return true;  // ² ³ ¹ ¼ ½ ¾
  if ((code >= 0x2070 && code <= 0x2089) || (code >= 0x2150 && code <= 0x2189) || (code >= 0x2460 && code <= 0x249B)) return true;
  if ((code >= 0x0300 && code <= 0x036F) || (code >= 0x20D0 && code <= 0x20FF)) return false;  // combining marks
  return Unicode() != nullptr && iswalnum_l(static_cast<wint_t>(code), Unicode()) != 0;
}

bool IsPrintable(char32_t code) {
  if (code < 0x80) return code >= 0x20 && code < 0x7F;
  return Unicode() != nullptr && code != 0xA0 && code != 0xAD && iswprint_l(static_cast<wint_t>(code), Unicode()) != 0;
}

}  // namespace

std::string PythonJson(absl::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const char32_t code = Next(text);
    switch (code) {
      case '"': result += "\\\""; break;
      case '\\': result += "\\\\"; break;
      case '\n': result += "\\n"; break;
      case '\r': result += "\\r"; break;
      case '\t': result += "\\t"; break;
      case '\b': result += "\\b"; break;
      case '\f': result += "\\f"; break;
      default:
        if (code >= 0x20 && code < 0x7F) {
          result += static_cast<char>(code);
        } else if (code < 0x10000) {
          absl::StrAppendFormat(&result, "\\u%04x", static_cast<std::uint32_t>(code));
        } else {
          const std::uint32_t rest = code - 0x10000;
          absl::StrAppendFormat(&result, "\\u%04x\\u%04x", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
        }
    }
  }
  return result + "\"";
}

std::string PythonRepr(absl::string_view text) {
  const char quote = absl::StrContains(text, '\'') && !absl::StrContains(text, '"') ? '"' : '\'';
  std::string result(1, quote);
  while (!text.empty()) {
    const absl::string_view before = text;
    const char32_t code = Next(text);
    if (code == '\\' || code == static_cast<char32_t>(quote)) {
      result += '\\';
      result += static_cast<char>(code);
    } else if (code == '\n') {
      result += "\\n";
    } else if (code == '\r') {
      result += "\\r";
    } else if (code == '\t') {
      result += "\\t";
    } else if (IsPrintable(code)) {
      absl::StrAppend(&result, before.substr(0, before.size() - text.size()));
    } else if (code < 0x100) {
      absl::StrAppendFormat(&result, "\\x%02x", static_cast<std::uint32_t>(code));
    } else if (code < 0x10000) {
      absl::StrAppendFormat(&result, "\\u%04x", static_cast<std::uint32_t>(code));
    } else {
      absl::StrAppendFormat(&result, "\\U%08x", static_cast<std::uint32_t>(code));
    }
  }
  return result + quote;
}

std::string PythonRepr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char digits[64];
  const double size = std::fabs(value);
  const bool is_plain = value == 0 || (size >= 1e-4 && size < 1e16);
  const auto end = std::to_chars(digits, digits + sizeof(digits), value, is_plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(digits, end.ptr);
  if (is_plain && text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::string PythonList(const std::vector<std::string>& texts) {
  return absl::StrCat("[", absl::StrJoin(texts, ", ", [](std::string* out, const std::string& text) { *out += PythonRepr(text); }), "]");
}

std::string NormalPath(absl::string_view path) {
  if (path.empty()) return ".";
  const std::size_t slashes = std::min(path.find_first_not_of('/'), path.size());
  const std::string root(slashes == 2 ? 2 : slashes > 0 ? 1 : 0, '/');
  std::vector<absl::string_view> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const absl::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part != ".." || (root.empty() && parts.empty()) || (!parts.empty() && parts.back() == "..")) {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  const std::string result = absl::StrCat(root, absl::StrJoin(parts, "/"));
  return result.empty() ? "." : result;
}

bool HasOnlyWordCharactersAnd(absl::string_view others, absl::string_view text) {
  while (!text.empty()) {
    const char32_t code = Next(text);
    if (!IsWordCharacter(code) && !(code < 0x80 && absl::StrContains(others, static_cast<char>(code)))) return false;
  }
  return true;
}

std::string FirstCharacters(absl::string_view text, std::size_t count) {
  absl::string_view rest = text;
  for (std::size_t i = 0; i < count && !rest.empty(); ++i) Next(rest);
  return std::string(text.substr(0, text.size() - rest.size()));
}

}  // namespace millwright::mlflow
