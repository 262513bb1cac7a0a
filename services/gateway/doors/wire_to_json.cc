#include "gateway/doors/wire_to_json.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace millwright::gateway {
namespace {

using google::protobuf::FieldDescriptor;

// What JSON needs escaped, and '<', so that no reply can be read as markup.
constexpr std::array<bool, 256> kIsEscaped = [] {
  std::array<bool, 256> escaped{};
  for (int c = 0; c < 0x20; ++c) escaped[static_cast<std::size_t>(c)] = true;
  for (const char c : {'"', '\\', '<'}) escaped[static_cast<unsigned char>(c)] = true;
  return escaped;
}();

void AppendText(absl::string_view text, std::string* json) {
  *json += '"';
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!kIsEscaped[c]) continue;
    json->append(text.data() + start, i - start);
    start = i + 1;
    if (c == '"' || c == '\\') {
      *json += '\\';
      *json += static_cast<char>(c);
    } else if (c == '\n') {
      *json += "\\n";
    } else {
      absl::StrAppend(json, "\\u", absl::Hex(c, absl::kZeroPad4));
    }
  }
  json->append(text.data() + start, text.size() - start);
  *json += '"';
}

template <typename Number>
void AppendNumber(Number number, std::string* json) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), number);
  json->append(text, end.ptr);
}

void AppendDouble(double number, std::string* json) {
  if (std::isnan(number)) return void(*json += "\"NaN\"");
  if (std::isinf(number)) return void(*json += number > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  const std::size_t start = json->size();
  AppendNumber(number, json);
  // As Python writes it: a number of this type always looks like one.
  if (json->find_first_of(".e", start) == std::string::npos) *json += ".0";
}

// Reads the wire format; every read fails at the end of the bytes.
class Wire {
 public:
  explicit Wire(absl::string_view bytes) : bytes_(bytes) {}
  bool IsAtEnd() const { return bytes_.empty(); }

  bool Varint(std::uint64_t* value) {
    *value = 0;
    for (int shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_[0]);
      bytes_.remove_prefix(1);
      *value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  bool Fixed64(std::uint64_t* value) {
    if (bytes_.size() < 8) return false;
    std::memcpy(value, bytes_.data(), 8);
    bytes_.remove_prefix(8);
    return true;
  }
  bool Bytes(absl::string_view* value) {
    std::uint64_t size = 0;
    if (!Varint(&size) || size > bytes_.size()) return false;
    *value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return true;
  }
  /// The next tag, which stays.
  bool PeekTag(std::uint32_t* tag) const {
    Wire copy = *this;
    std::uint64_t value = 0;
    if (!copy.Varint(&value)) return false;
    *tag = static_cast<std::uint32_t>(value);
    return true;
  }
  bool Skip(std::uint32_t tag) {
    std::uint64_t number = 0;
    absl::string_view bytes;
    switch (tag & 7) {
      case 0:
        return Varint(&number);
      case 1:
        return Fixed64(&number);
      case 2:
        return Bytes(&bytes);
      default:
        return false;
    }
  }

 private:
  absl::string_view bytes_;
};

bool AppendValue(Wire& wire, const FieldPlan& field, std::string* json) {
  std::uint64_t number = 0;
  absl::string_view bytes;
  switch (field.descriptor->type()) {
    case FieldDescriptor::TYPE_STRING:
      if (!wire.Bytes(&bytes)) return false;
      AppendText(bytes, json);
      return true;
    case FieldDescriptor::TYPE_BYTES:
      if (!wire.Bytes(&bytes)) return false;
      absl::StrAppend(json, "\"", absl::Base64Escape(bytes), "\"");
      return true;
    case FieldDescriptor::TYPE_DOUBLE:
      if (!wire.Fixed64(&number)) return false;
      AppendDouble(std::bit_cast<double>(number), json);
      return true;
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_INT64:
      if (!wire.Varint(&number)) return false;
      AppendNumber(static_cast<std::int64_t>(number), json);
      return true;
    case FieldDescriptor::TYPE_BOOL:
      if (!wire.Varint(&number)) return false;
      *json += number != 0 ? "true" : "false";
      return true;
    case FieldDescriptor::TYPE_ENUM: {
      if (!wire.Varint(&number)) return false;
      const auto* named = field.descriptor->enum_type()->FindValueByNumber(static_cast<int>(number));
      if (named == nullptr) return AppendNumber(static_cast<std::int64_t>(number), json), true;
      absl::StrAppend(json, "\"", named->name(), "\"");
      return true;
    }
    case FieldDescriptor::TYPE_MESSAGE:
      return wire.Bytes(&bytes) && WireToJson(bytes, *field.message, json);
    default:
      return false;
  }
}

// One entry of a map with text keys, as "key":value.
bool AppendEntry(Wire& wire, const FieldPlan& field, std::string* json) {
  absl::string_view bytes;
  std::uint64_t tag = 0;
  if (!wire.Bytes(&bytes)) return false;
  Wire entry(bytes);
  const std::vector<FieldPlan>& fields = field.message->fields;
  if (!entry.Varint(&tag) || tag != fields[0].tag || !AppendValue(entry, fields[0], json)) return false;
  *json += ':';
  return entry.Varint(&tag) && tag == fields[1].tag && AppendValue(entry, fields[1], json) && entry.IsAtEnd();
}

// All elements, which stand together.
bool AppendList(Wire& wire, const FieldPlan& field, std::string* json) {
  const bool is_map = field.descriptor->is_map();
  *json += is_map ? '{' : '[';
  for (bool is_first = true;; is_first = false) {
    if (!is_first) *json += ',';
    if (!(is_map ? AppendEntry(wire, field, json) : AppendValue(wire, field, json))) return false;
    std::uint32_t next = 0;
    std::uint64_t taken = 0;
    if (wire.IsAtEnd()) break;
    if (!wire.PeekTag(&next)) return false;
    if (next != field.tag) break;
    wire.Varint(&taken);
  }
  *json += is_map ? '}' : ']';
  return true;
}

}  // namespace

bool WireToJson(absl::string_view bytes, const MessagePlan& plan, std::string* json) {
  Wire wire(bytes);
  std::uint64_t seen = 0;
  std::size_t hint = 0;
  const auto begin_field = [&](const FieldPlan& field) {
    *json += seen == 0 ? '{' : ',';
    *json += field.quoted_name;
  };
  while (!wire.IsAtEnd()) {
    std::uint64_t tag = 0;
    if (!wire.Varint(&tag)) return false;
    const int at = plan.FindTag(static_cast<std::uint32_t>(tag), hint);
    if (at < 0) {
      // A field of a newer service.
      if (!wire.Skip(static_cast<std::uint32_t>(tag))) return false;
      continue;
    }
    const FieldPlan& field = plan.fields[static_cast<std::size_t>(at)];
    const std::uint64_t bit = std::uint64_t{1} << at;
    if ((seen & bit) != 0 || field.descriptor->is_packed()) return false;
    begin_field(field);
    seen |= bit;
    if (!(field.descriptor->is_repeated() ? AppendList(wire, field, json) : AppendValue(wire, field, json))) return false;
    hint = static_cast<std::size_t>(at) + 1;
    if (hint == plan.fields.size()) hint = 0;
  }
  for (std::size_t i = 0; plan.kept != 0 && i < plan.fields.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    if ((plan.kept & ~seen & bit) == 0) continue;
    begin_field(plan.fields[i]);
    seen |= bit;
    *json += "[]";
  }
  *json += seen == 0 ? "{}" : "}";
  return true;
}

}  // namespace millwright::gateway
