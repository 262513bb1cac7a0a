#include "tracker/domain/metric.h"

#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"

namespace millwright::tracker {
namespace {

constexpr std::size_t kMaxKey = 250;

bool IsLonger(const std::string& text, std::size_t characters) {
  return text.size() > characters && base::CountCharacters(text) > characters;
}

absl::Status CheckKey(const char* field, std::size_t index, const std::string& key, bool may_be_empty = false) {
  if ((may_be_empty || !key.empty()) && !IsLonger(key, kMaxKey)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, "[", index, "].key: has ", base::CountCharacters(key), " characters; a key has 1 to ", kMaxKey));
}

bool IsLess(double a, double b) {
  const double x = std::isnan(a) ? 0 : a;
  const double y = std::isnan(b) ? 0 : b;
  return x < y || (x == y && !std::isnan(a) && std::isnan(b));
}

absl::Status CheckCount(const char* field, std::size_t count, std::size_t most) {
  if (count <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, ": has ", count, " entries; at most ", most, " go into one batch"));
}

absl::Status CheckKeyValues(const char* field, const std::vector<KeyValue>& items, std::size_t max_value,
                            bool has_empty_keys = false) {
  RETURN_IF_ERROR(CheckCount(field, items.size(), 100));
  for (std::size_t i = 0; i < items.size(); ++i) {
    RETURN_IF_ERROR(CheckKey(field, i, items[i].key, has_empty_keys));
    if (IsLonger(items[i].value, max_value)) {
      return absl::InvalidArgumentError(absl::StrCat(field, "[", i, "].value: has ", base::CountCharacters(items[i].value),
                                                     " characters; the value of \"", items[i].key, "\" has at most ", max_value));
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool IsEarlier(const Point& a, const Point& b) {
  if (a.step != b.step) return a.step < b.step;
  if (a.timestamp_ms != b.timestamp_ms) return a.timestamp_ms < b.timestamp_ms;
  return IsLess(a.value, b.value);
}

bool IsEarlierByTime(const Point& a, const Point& b) {
  if (a.timestamp_ms != b.timestamp_ms) return a.timestamp_ms < b.timestamp_ms;
  if (a.step != b.step) return a.step < b.step;
  return IsLess(a.value, b.value);
}

bool IsSame(const Point& a, const Point& b) { return !IsEarlier(a, b) && !IsEarlier(b, a); }

absl::Status NormaliseTags(std::vector<KeyValue>& tags, std::size_t max_value, bool has_empty_keys) {
  RETURN_IF_ERROR(CheckKeyValues("tags", tags, max_value, has_empty_keys));
  std::map<std::string, std::string> last;
  for (KeyValue& tag : tags) last[tag.key] = std::move(tag.value);
  tags.clear();
  for (auto& [key, value] : last) tags.push_back({key, std::move(value)});
  return absl::OkStatus();
}

absl::Status Normalise(Batch& batch, std::size_t max_metrics) {
  RETURN_IF_ERROR(CheckCount("metrics", batch.metrics.size(), max_metrics));
  for (std::size_t i = 0; i < batch.metrics.size(); ++i) RETURN_IF_ERROR(CheckKey("metrics", i, batch.metrics[i].key));
  RETURN_IF_ERROR(CheckKeyValues("params", batch.params, 6000));
  std::map<std::string, std::string> params;
  for (const KeyValue& param : batch.params) {
    const auto [at, is_new] = params.emplace(param.key, param.value);
    if (!is_new && at->second != param.value) {
      return absl::InvalidArgumentError(
          absl::StrCat("params: \"", param.key, "\" has two values, \"", at->second, "\" and \"", param.value, "\""));
    }
  }
  batch.params.clear();
  for (auto& [key, value] : params) batch.params.push_back({key, std::move(value)});
  return NormaliseTags(batch.tags);
}

}  // namespace millwright::tracker
