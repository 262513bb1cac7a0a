#include <algorithm>
#include <limits>

#include "lib/base/status_macros.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/features/statistic.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::int64_t kMaxWindow = 100'000;
constexpr double kAny = std::numeric_limits<double>::max();

constexpr struct {
  std::string_view name;
  Statistic::Kind kind;
  bool has_rows;
  bool in_window;
  bool in_since_start;
} kStatistics[] = {
    {"mean", Statistic::Kind::kMean, false, true, true},
    {"sd", Statistic::Kind::kSd, false, true, false},
    {"slope", Statistic::Kind::kSlope, false, true, false},
    {"min", Statistic::Kind::kMin, false, true, false},
    {"max", Statistic::Kind::kMax, false, true, false},
    {"last", Statistic::Kind::kLast, false, true, false},
    {"mean_last_", Statistic::Kind::kMeanLast, true, true, false},
    {"delta_", Statistic::Kind::kDelta, true, true, false},
    {"mean_first_", Statistic::Kind::kMeanFirst, true, false, true},
    {"window_minus_first_", Statistic::Kind::kWindowMinusFirst, true, false, true},
};

absl::StatusOr<Statistic> ParseStatistic(std::string_view text, bool in_window) {
  for (const auto& entry : kStatistics) {
    if (!(in_window ? entry.in_window : entry.in_since_start)) continue;
    if (!entry.has_rows && text == entry.name) return Statistic{.kind = entry.kind};
    if (!entry.has_rows || !text.starts_with(entry.name)) continue;
    const std::string_view digits = text.substr(entry.name.size());
    std::int64_t rows = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), rows);
    if (error == std::errc() && end == digits.data() + digits.size() && rows >= 1 && rows <= kMaxWindow) {
      return Statistic{.kind = entry.kind, .rows = static_cast<std::size_t>(rows)};
    }
  }
  std::vector<std::string> known;
  for (const auto& entry : kStatistics) {
    if (in_window ? entry.in_window : entry.in_since_start) known.push_back(Cat(entry.name, entry.has_rows ? "K" : ""));
  }
  return absl::InvalidArgumentError(Cat("\"", text, "\" must be one of ", Join(known)));
}

/// Reads the list of steps into the spec, in their fixed order.
class StepsParser {
 public:
  StepsParser(const nlohmann::json& json, PipelineSpec& spec) : json_(json), spec_(spec) {}

  absl::Status Parse() {
    if (!json_.is_array() || json_.empty())
      return absl::InvalidArgumentError(Cat("features.steps: ", Excerpt(json_), " must be a list of at least one step"));
    for (std::size_t i = 0; i < json_.size(); ++i) {
      StrictObject step(json_[i], Cat("features.steps[", i, "]"));
      const std::string op = step.Text("op");
      if (op == "select")
        Select(step);
      else if (op == "scale")
        Scale(step);
      else if (op == "impute")
        Impute(step);
      else if (op == "window")
        Emit(step, FeatureStep::Kind::kWindow);
      else if (op == "since_start")
        Emit(step, FeatureStep::Kind::kSinceStart);
      else if (op == "row_number")
        Emit(step, FeatureStep::Kind::kRowNumber);
      else if (op == "time")
        Emit(step, FeatureStep::Kind::kTime);
      else
        step.Fail("op", Cat("\"", op, "\" must be select, scale, impute, window, since_start, row_number or time"));
      RETURN_IF_ERROR(step.Finish());
    }
    if (spec_.steps.empty())
      return absl::InvalidArgumentError("features.steps: no step makes a feature (window, since_start, row_number or time)");
    return absl::OkStatus();
  }

 private:
  enum Stage { kStart, kSelected, kScaled, kImputed, kEmitting };

  void Enter(StrictObject& step, Stage stage) {
    if (stage_ > stage || (stage_ == stage && stage != kEmitting))
      step.Fail("op", "stands too late or twice; the order is select, scale, impute, then the steps that make features");
    stage_ = stage;
  }

  void Select(StrictObject& step) {
    Enter(step, kSelected);
    spec_.selected = step.Texts("columns");
    if (spec_.selected.empty()) step.Fail("columns", "must name at least one column");
    for (std::size_t i = 0; i < spec_.selected.size(); ++i) {
      if (std::find(spec_.selected.begin(), spec_.selected.begin() + static_cast<std::ptrdiff_t>(i), spec_.selected[i]) !=
          spec_.selected.begin() + static_cast<std::ptrdiff_t>(i)) {
        step.Fail("columns", Cat("\"", spec_.selected[i], "\" is there twice"));
      }
    }
  }

  void Scale(StrictObject& step) {
    Enter(step, kScaled);
    spec_.scale.emplace();
    const nlohmann::json* json = step.Optional("conditions");
    if (json == nullptr) return;
    StrictObject conditions(*json, step.PathOf("conditions"));
    ConditionSpec& spec = spec_.scale->conditions.emplace();
    spec.columns = conditions.Texts("columns");
    spec.tolerance = conditions.Numbers("tolerance");
    if (spec.columns.empty()) conditions.Fail("columns", "must name at least one setting");
    if (spec.tolerance.size() != spec.columns.size())
      conditions.Fail("tolerance", Cat("must have ", spec.columns.size(), " numbers, one a column"));
    for (const double tolerance : spec.tolerance) {
      if (!(tolerance > 0)) conditions.Fail("tolerance", Cat(tolerance, " must be above 0"));
    }
    if (const absl::Status status = conditions.Finish(); !status.ok()) nested_ = status;
  }

  void Impute(StrictObject& step) {
    Enter(step, kImputed);
    spec_.imputes = true;
  }

  void Emit(StrictObject& step, FeatureStep::Kind kind) {
    Enter(step, kEmitting);
    FeatureStep out{.kind = kind};
    if (kind == FeatureStep::Kind::kTime && spec_.time_column.empty()) step.Fail("op", "needs time.column");
    if (kind == FeatureStep::Kind::kWindow || kind == FeatureStep::Kind::kSinceStart) {
      const bool in_window = kind == FeatureStep::Kind::kWindow;
      out.columns = step.Texts("columns");
      const std::vector<std::string> texts = step.Texts("stats");
      if (texts.empty()) step.Fail("stats", "must name at least one statistic");
      for (const std::string& text : texts) {
        absl::StatusOr<Statistic> statistic = ParseStatistic(text, in_window);
        if (!statistic.ok()) {
          step.Fail("stats", std::string(statistic.status().message()));
          break;
        }
        out.statistics.push_back(*statistic);
      }
      const bool needs_window = in_window || std::any_of(out.statistics.begin(), out.statistics.end(), [](const Statistic& s) {
                                  return s.kind == Statistic::Kind::kWindowMinusFirst;
                                });
      if (needs_window) {
        out.rows = static_cast<std::size_t>(step.Integer("rows", 1, kMaxWindow, static_cast<std::int64_t>(spec_.window)));
        if (out.rows == 0) step.Fail("rows", "is missing, and there is no features.window to take its place");
      }
    }
    spec_.steps.push_back(std::move(out));
  }

 public:
  absl::Status nested_;

 private:
  const nlohmann::json& json_;
  PipelineSpec& spec_;
  Stage stage_ = kStart;
};

}  // namespace

std::string Name(const Statistic& statistic) {
  for (const auto& entry : kStatistics) {
    if (entry.kind == statistic.kind) return entry.has_rows ? Cat(entry.name, statistic.rows) : std::string(entry.name);
  }
  return "";
}

bool PipelineSpec::IsSinceStart() const {
  return std::any_of(steps.begin(), steps.end(), [](const FeatureStep& step) {
    return step.kind == FeatureStep::Kind::kSinceStart || step.kind == FeatureStep::Kind::kRowNumber;
  });
}

std::size_t PipelineSpec::LongestWindow() const {
  std::size_t longest = 1;
  for (const FeatureStep& step : steps) longest = std::max(longest, step.rows);
  return longest;
}

absl::StatusOr<PipelineSpec> ParsePipeline(const nlohmann::json& asset, const nlohmann::json& time,
                                           const nlohmann::json& features) {
  PipelineSpec spec;
  if (!asset.is_null() && !asset.is_string())
    return absl::InvalidArgumentError(Cat("asset: ", Excerpt(asset), " must be a column's name"));
  if (asset.is_string()) spec.asset_column = asset.get<std::string>();
  if (!time.is_null()) {
    StrictObject object(time, "time");
    spec.time_column = object.Text("column");
    spec.time_unit = object.Text("unit", "");
    if (object.Optional("first") != nullptr) spec.first_time = object.Number("first", -kAny, kAny);
    RETURN_IF_ERROR(object.Finish());
  }
  StrictObject object(features, "features");
  spec.window = static_cast<std::size_t>(object.Integer("window", 1, kMaxWindow, 0));
  const std::int64_t min_rows = object.Integer("min_rows", 1, kMaxWindow, 0);
  const nlohmann::json* restart = object.Optional("restart");
  const nlohmann::json& steps = object.Required("steps");
  RETURN_IF_ERROR(object.Finish());
  if (restart != nullptr) {
    StrictObject inner(*restart, "features.restart");
    if (inner.Optional("max_gap") != nullptr) spec.restart.max_gap = inner.Number("max_gap", 0, kAny);
    spec.restart.column = inner.Text("column", "");
    if (spec.restart.max_gap && spec.time_column.empty()) inner.Fail("max_gap", "needs time.column");
    RETURN_IF_ERROR(inner.Finish());
  }
  StepsParser parser(steps, spec);
  RETURN_IF_ERROR(parser.Parse());
  RETURN_IF_ERROR(parser.nested_);
  spec.min_rows = min_rows > 0 ? static_cast<std::size_t>(min_rows) : spec.LongestWindow();
  return spec;
}

}  // namespace millwright::learn
