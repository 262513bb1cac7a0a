#include "lib/search/place.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace millwright::search {
namespace {

constexpr char kPlace[] = "millwright/search-place";
constexpr char kRepeated[] = "millwright/search-repeated-order";
constexpr std::size_t kMaxShown = 40;

}  // namespace

absl::Status ErrorAt(absl::string_view message, Place place) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kPlace, absl::Cord(absl::StrCat(place.offset, ":", place.text)));
  return status;
}

std::optional<Place> PlaceOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPlace);
  if (!payload) return std::nullopt;
  const std::string text(*payload);
  const std::size_t colon = text.find(':');
  Place place;
  if (colon == std::string::npos || !absl::SimpleAtoi(text.substr(0, colon), &place.offset)) return std::nullopt;
  place.text = text.substr(colon + 1);
  return place;
}

absl::Status WithPlace(const absl::Status& status, absl::string_view text) {
  const std::optional<Place> place = PlaceOf(status);
  if (!place) return status;
  std::size_t character = 1;
  for (const char c : text.substr(0, place->offset)) character += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  std::string shown = place->text;
  if (shown.size() > kMaxShown) {
    std::size_t cut = kMaxShown;
    while (cut > 0 && (static_cast<unsigned char>(shown[cut]) & 0xC0) == 0x80) --cut;
    shown = absl::StrCat(shown.substr(0, cut), "…");
  }
  absl::Status placed(status.code(),
                      absl::StrCat(status.message(), " (at character ", character, shown.empty() ? "" : ": ", shown, ")"));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) { placed.SetPayload(url, payload); });
  return placed;
}

bool IsRepeatedOrder(const absl::Status& status) { return status.GetPayload(kRepeated).has_value(); }

absl::Status RepeatedOrder(absl::string_view message, Place place) {
  absl::Status status = ErrorAt(message, std::move(place));
  status.SetPayload(kRepeated, absl::Cord("1"));
  return status;
}

std::string PythonText(absl::string_view text) {
  const char quote = text.find('\'') != absl::string_view::npos && text.find('"') == absl::string_view::npos ? '"' : '\'';
  std::string shown(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') {
      shown += '\\';
      shown += c;
    } else if (c == '\n') {
      shown += "\\n";
    } else if (c == '\r') {
      shown += "\\r";
    } else if (c == '\t') {
      shown += "\\t";
    } else {
      shown += c;
    }
  }
  return shown + quote;
}

}  // namespace millwright::search
