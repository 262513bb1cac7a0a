#include <algorithm>

#include "lib/base/status_macros.h"
#include "lib/learn/evaluation/report.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr double kMaxTime = 1e12;

absl::StatusOr<ResamplingOptions> ParseResampling(const nlohmann::json& json, const std::string& path) {
  StrictObject object(json, path);
  ResamplingOptions options;
  const std::string by = object.Text("by", "auto");
  bool is_known = false;
  for (const auto candidate : {ResamplingOptions::By::kAuto, ResamplingOptions::By::kAsset, ResamplingOptions::By::kBlock,
                               ResamplingOptions::By::kRow}) {
    if (by != Name(candidate)) continue;
    options.by = candidate;
    is_known = true;
  }
  if (!is_known) object.Fail("by", Cat("\"", by, "\" must be one of auto, asset, block, row"));
  options.resamples = static_cast<int>(object.Integer("resamples", 100, 10'000, options.resamples));
  options.confidence = object.Number("confidence", 0.5, 0.999, options.confidence);
  options.seed = static_cast<std::uint64_t>(object.Integer("seed", 0, std::int64_t{1} << 53, 1));
  options.blocks = static_cast<int>(object.Integer("blocks", 5, 10'000, options.blocks));
  RETURN_IF_ERROR(object.Finish());
  return options;
}

absl::StatusOr<AlarmOptions> ParseAlarms(const nlohmann::json& json, const std::string& path) {
  StrictObject object(json, path);
  AlarmOptions options;
  options.persistence = static_cast<int>(object.Integer("persistence", 1, 100'000, 1));
  options.merge_gap = object.Number("merge_gap", 0, kMaxTime, 0.0);
  if (object.Optional("below") != nullptr) options.below = object.Number("below", 0, kMaxTime);
  options.within = object.Number("within", 0, kMaxTime, 0.0);
  RETURN_IF_ERROR(object.Finish());
  return options;
}

}  // namespace

absl::StatusOr<ReportOptions> ParseReportOptions(const nlohmann::json& json, std::string_view path) {
  StrictObject object(json, path);
  ReportOptions options;
  options.split = object.Text("split", "all");
  constexpr std::string_view kSplits[] = {"all", "train", "validation", "test"};
  if (std::find(std::begin(kSplits), std::end(kSplits), options.split) == std::end(kSplits))
    object.Fail("split", Cat("\"", options.split, "\" must be one of ", Join(kSplits)));
  options.rows.last_row_only = object.Bool("last_row_only", false);
  options.rows.truth_column = object.Text("truth_column", "");
  options.primary_metric = object.Text("primary_metric", "");
  const nlohmann::json* resampling = object.Optional("resampling");
  const nlohmann::json* slices = object.Optional("slices");
  const nlohmann::json* costs = object.Optional("costs");
  const nlohmann::json* alarms = object.Optional("alarms");
  const nlohmann::json* interval = object.Optional("interval");
  RETURN_IF_ERROR(object.Finish());
  if (resampling != nullptr) {
    ASSIGN_OR_RETURN(options.resampling, ParseResampling(*resampling, object.PathOf("resampling")));
  }
  if (slices != nullptr) {
    ASSIGN_OR_RETURN(options.slices, ParseSlices(*slices, object.PathOf("slices")));
  }
  if (costs != nullptr) {
    ASSIGN_OR_RETURN(options.costs, ParseCosts(*costs, object.PathOf("costs")));
  }
  if (alarms != nullptr) {
    ASSIGN_OR_RETURN(options.alarms, ParseAlarms(*alarms, object.PathOf("alarms")));
  }
  if (interval == nullptr) return options;
  StrictObject heads(*interval, object.PathOf("interval"));
  options.interval = {.low = heads.Text("low"), .high = heads.Text("high"), .nominal = heads.Number("nominal", 0.01, 0.999, 0.8)};
  RETURN_IF_ERROR(heads.Finish());
  return options;
}

}  // namespace millwright::learn
