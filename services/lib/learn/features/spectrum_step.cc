#include <cmath>
#include <limits>
#include <numbers>

#include "lib/base/status_macros.h"
#include "lib/learn/features/feature_step.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::int64_t kMaxRows = 1'024;

/// The energy of a column's last rows in bands of frequency, by the discrete Fourier transform of the differences from their
/// mean. The bands share the frequencies 1 / rows to 1 / 2 evenly; together they hold the sum of squares (Parseval). Missing
/// values count as the mean, a history shorter than the window as missing.
class SpectrumStep : public FeatureStep {
 public:
  SpectrumStep(std::size_t rows, std::size_t bands, std::vector<std::string> columns)
      : rows_(rows), bands_(bands), columns_(std::move(columns)) {
    for (std::size_t i = 0; i < rows_; ++i) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(rows_);
      cosines_.push_back(std::cos(angle));
      sines_.push_back(std::sin(angle));
    }
  }

  std::unique_ptr<FeatureStep> Clone() const override { return std::make_unique<SpectrumStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "spectrum"}, {"rows", rows_}, {"bands", bands_}};
    if (!columns_.empty()) json["columns"] = columns_;
    return json;
  }

  absl::Status Bind(const RowLayout& columns, FeatureLayout& layout) override {
    ASSIGN_OR_RETURN(positions_, columns.Positions(columns_));
    RETURN_IF_ERROR(RequireRoom(layout, positions_.size() * bands_));
    for (const std::size_t position : positions_) {
      for (std::size_t band = 1; band <= bands_; ++band)
        layout.names.push_back(Cat(columns.columns()[position].name, ".band_", band, "_of_", bands_, "_of_", rows_));
    }
    return absl::OkStatus();
  }
  std::size_t rows() const override { return rows_; }
  void Emit(const FeatureInput& input, const State*, double* out) const override {
    std::vector<double>& centred = input.scratch.values;
    for (const std::size_t position : positions_) {
      const std::span<const double> window = input.history.Last(position, rows_);
      const double mean = Mean(window);
      const bool is_known = window.size() == rows_ && !std::isnan(mean);
      std::fill(out, out + bands_, is_known ? 0.0 : std::numeric_limits<double>::quiet_NaN());
      centred.clear();
      for (const double value : window) centred.push_back(std::isnan(value) ? 0.0 : value - mean);
      for (std::size_t k = 1; is_known && k <= rows_ / 2; ++k) out[(k - 1) * bands_ / (rows_ / 2)] += Energy(centred, k);
      out += bands_;
    }
  }

 private:
  double Energy(std::span<const double> centred, std::size_t k) const {
    double real = 0;
    double imaginary = 0;
    std::size_t at = 0;
    for (const double value : centred) {
      real += value * cosines_[at];
      imaginary += value * sines_[at];
      at += k;
      if (at >= rows_) at -= rows_;
    }
    const double both_sides = 2 * k == rows_ ? 1 : 2;
    return both_sides * (real * real + imaginary * imaginary) / static_cast<double>(rows_);
  }

  std::size_t rows_;
  std::size_t bands_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> positions_;
  std::vector<double> cosines_;
  std::vector<double> sines_;
};

}  // namespace

FeatureStepOr ParseSpectrum(StrictObject& step, const StepContext& context) {
  const auto rows = static_cast<std::size_t>(
      step.Integer("rows", 4, kMaxRows, static_cast<std::int64_t>(std::min<std::size_t>(context.window, kMaxRows))));
  if (rows < 4) step.Fail("rows", "is missing, and there is no features.window of 4 rows or more to take its place");
  const auto bands = static_cast<std::size_t>(step.Integer("bands", 1, kMaxRows / 2, 4));
  if (bands > rows / 2) step.Fail("bands", Cat(bands, " must be at most half of the ", rows, " rows"));
  return std::make_shared<const SpectrumStep>(std::max<std::size_t>(rows, 4), bands, step.Texts("columns"));
}

}  // namespace millwright::learn
