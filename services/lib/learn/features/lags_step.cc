#include <algorithm>
#include <limits>

#include "lib/base/status_macros.h"
#include "lib/learn/features/feature_step.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

/// Values of earlier rows as they are; missing where the history is shorter.
class LagsStep : public FeatureStep {
 public:
  LagsStep(std::vector<std::size_t> lags, std::vector<std::string> columns)
      : lags_(std::move(lags)), columns_(std::move(columns)) {}

  std::unique_ptr<FeatureStep> Clone() const override { return std::make_unique<LagsStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "lags"}, {"lags", lags_}};
    if (!columns_.empty()) json["columns"] = columns_;
    return json;
  }

  absl::Status Bind(const RowLayout& columns, FeatureLayout& layout) override {
    ASSIGN_OR_RETURN(positions_, columns.Positions(columns_));
    RETURN_IF_ERROR(RequireRoom(layout, positions_.size() * lags_.size()));
    for (const std::size_t position : positions_) {
      for (const std::size_t lag : lags_) layout.names.push_back(Cat(columns.columns()[position].name, ".lag_", lag));
    }
    return absl::OkStatus();
  }
  std::size_t rows() const override { return *std::max_element(lags_.begin(), lags_.end()) + 1; }
  void Emit(const FeatureInput& input, const State*, double* out) const override {
    for (const std::size_t position : positions_) {
      const std::span<const double> values = input.history.Last(position, rows());
      for (const std::size_t lag : lags_)
        *out++ = lag < values.size() ? values[values.size() - 1 - lag] : std::numeric_limits<double>::quiet_NaN();
    }
  }

 private:
  std::vector<std::size_t> lags_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> positions_;
};

/// The last rows one after the other, for networks; a short history begins with its first row again and again.
class SequenceStep : public FeatureStep {
 public:
  SequenceStep(std::size_t rows, std::vector<std::string> columns) : rows_(rows), columns_(std::move(columns)) {}

  std::unique_ptr<FeatureStep> Clone() const override { return std::make_unique<SequenceStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "sequence"}, {"rows", rows_}};
    if (!columns_.empty()) json["columns"] = columns_;
    return json;
  }

  absl::Status Bind(const RowLayout& columns, FeatureLayout& layout) override {
    ASSIGN_OR_RETURN(positions_, columns.Positions(columns_));
    RETURN_IF_ERROR(RequireRoom(layout, positions_.size() * rows_));
    if (layout.sequence) return absl::InvalidArgumentError("features.steps: there is a second sequence; one is enough");
    layout.sequence = FeatureLayout::Sequence{.begin = layout.names.size(), .rows = rows_, .columns = positions_.size()};
    for (std::size_t row = rows_; row-- > 0;) {
      for (const std::size_t position : positions_)
        layout.names.push_back(Cat(columns.columns()[position].name, ".sequence_", row));
    }
    return absl::OkStatus();
  }
  std::size_t rows() const override { return rows_; }
  void Emit(const FeatureInput& input, const State*, double* out) const override {
    for (std::size_t i = 0; i < positions_.size(); ++i) {
      const std::span<const double> values = input.history.Last(positions_[i], rows_);
      const std::size_t padding = rows_ - values.size();
      for (std::size_t row = 0; row < rows_; ++row) out[row * positions_.size() + i] = values[row < padding ? 0 : row - padding];
    }
  }

 private:
  std::size_t rows_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> positions_;
};

}  // namespace

FeatureStepOr ParseLags(StrictObject& step, const StepContext& context) {
  std::vector<std::size_t> lags;
  if (step.Optional("lags") != nullptr) {
    for (const double lag : step.Numbers("lags")) {
      if (!(lag >= 0 && lag < kMaxWindow) || lag != static_cast<double>(static_cast<std::size_t>(lag)))
        step.Fail("lags", Cat(Shortest(lag), " must be a whole number from 0 to ", kMaxWindow - 1));
      else
        lags.push_back(static_cast<std::size_t>(lag));
    }
    if (lags.empty()) step.Fail("lags", "must name at least one");
  } else {
    for (std::size_t lag = WindowRows(step, context); lag-- > 0;) lags.push_back(lag);
  }
  if (lags.empty()) lags.push_back(0);
  return std::make_shared<const LagsStep>(std::move(lags), step.Texts("columns"));
}

FeatureStepOr ParseSequence(StrictObject& step, const StepContext& context) {
  const std::size_t rows = WindowRows(step, context);
  return std::make_shared<const SequenceStep>(rows, step.Texts("columns"));
}

}  // namespace millwright::learn
