#include "monitor/domain/prediction.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::monitor {
namespace {

constexpr std::size_t kMaxName = 250;
constexpr std::size_t kMaxError = 2000;
constexpr std::size_t kMaxHeads = 1000;

absl::Status CheckText(absl::string_view field, const std::string& value, std::size_t min, std::size_t max) {
  if (value.size() < min || value.size() > max) {
    return absl::InvalidArgumentError(absl::StrCat(field, ": ", value.size(), " bytes; ", min, " to ", max, " are allowed"));
  }
  if (value.find('\0') != std::string::npos) return absl::InvalidArgumentError(absl::StrCat(field, ": holds a zero byte"));
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPredictionId(const std::string& id) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (id.size() == 32 && std::all_of(id.begin(), id.end(), is_hex)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("prediction_id: \"", id.substr(0, 80), "\" is not 32 lower-case hex digits"));
}

absl::Status CheckPrediction(const Prediction& prediction, absl::Time now) {
  RETURN_IF_ERROR(CheckPredictionId(prediction.id));
  std::int64_t workspace = 0;
  if (!absl::SimpleAtoi(prediction.workspace.value(), &workspace) || workspace <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("workspace_id: \"", prediction.workspace.value().substr(0, 80), "\" is not a workspace's number"));
  }
  RETURN_IF_ERROR(CheckText("model", prediction.model, 1, kMaxName));
  RETURN_IF_ERROR(CheckText("asset_id", prediction.asset_id, 0, kMaxName));
  RETURN_IF_ERROR(CheckText("error", prediction.error, 0, kMaxError));
  if (prediction.version <= 0)
    return absl::InvalidArgumentError(absl::StrCat("version: ", prediction.version, " is not a version number"));
  if (prediction.revision < 0) return absl::InvalidArgumentError(absl::StrCat("revision: ", prediction.revision, " is below 0"));
  if (prediction.at > now + absl::Hours(24)) {
    return absl::InvalidArgumentError(
        absl::StrCat("at: ", absl::FormatTime(prediction.at, absl::UTCTimeZone()),
                     " is more than a day in the future; look at the clock of the serving machine"));
  }
  if (!std::isfinite(prediction.latency_ms) || prediction.latency_ms < 0) {
    return absl::InvalidArgumentError(absl::StrCat("latency_ms: ", prediction.latency_ms, " is not a duration"));
  }
  if (prediction.values.size() > kMaxHeads)
    return absl::InvalidArgumentError(absl::StrCat("values: ", prediction.values.size(), " heads; at most ", kMaxHeads));
  for (const auto& [head, value] : prediction.values) {
    RETURN_IF_ERROR(CheckText("values", head, 0, kMaxName));
    if (!std::isfinite(value))
      return absl::InvalidArgumentError(absl::StrCat("values: ", head, " is not finite; leave it out and say NOT_FINITE"));
  }
  return absl::OkStatus();
}

absl::Status CheckLabel(const Label& label) {
  RETURN_IF_ERROR(CheckPredictionId(label.prediction_id));
  RETURN_IF_ERROR(CheckText("head", label.head, 0, kMaxName));
  if (!std::isfinite(label.value))
    return absl::InvalidArgumentError(absl::StrCat("value: ", label.value, " is not a finite number"));
  return absl::OkStatus();
}

std::map<std::string, double> LabelsByHead(const std::map<std::string, double>& values, std::map<std::string, double> labels) {
  const auto unnamed = labels.find("");
  if (unnamed == labels.end()) return labels;
  const std::string head = values.size() == 1 ? values.begin()->first : "primary";
  const double value = unnamed->second;
  labels.erase(unnamed);
  labels.emplace(head, value);  // a label that names the head stands
  return labels;
}

}  // namespace millwright::monitor
