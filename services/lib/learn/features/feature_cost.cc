#include "lib/learn/features/feature_cost.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "lib/learn/features/row_reader.h"

namespace millwright::learn {

namespace {
constexpr std::size_t kMaxRows = 2'000;  // per measurement
}  // namespace

absl::StatusOr<FeatureCosts> MeasureCosts(const FittedPipeline& pipeline, const Table& table, std::span<const AssetRows> assets) {
  ASSIGN_OR_RETURN(const RowReader reader, RowReader::Open(table, pipeline.raw_inputs(), pipeline.categories()));
  FeatureStream stream(pipeline);
  std::vector<double> row(reader.size());
  std::vector<absl::Duration> steps(pipeline.spec().feature_steps.size());
  absl::Duration columns;
  std::size_t rows = 0;
  for (const AssetRows& asset : assets) {
    stream.Reset();
    for (std::size_t i = 0; i < asset.rows.size() && rows < kMaxRows; ++i) {
      for (std::size_t c = 0; c < row.size(); ++c) row[c] = reader.Get(c, asset.rows[i]);
      const absl::Time began = absl::Now();
      RETURN_IF_ERROR(stream.Push(row));
      columns += absl::Now() - began;
      for (std::size_t step = 0; step < steps.size(); ++step) {
        const absl::Time step_began = absl::Now();
        stream.ComputeStep(step);
        steps[step] += absl::Now() - step_began;
      }
      ++rows;
    }
  }
  const double count = static_cast<double>(std::max<std::size_t>(rows, 1));
  FeatureCosts costs{.columns = absl::ToDoubleMicroseconds(columns) / count};
  std::size_t next = 0;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    const std::size_t features = pipeline.feature_counts()[step];
    const double each = absl::ToDoubleMicroseconds(steps[step]) / count / static_cast<double>(std::max<std::size_t>(features, 1));
    for (std::size_t i = 0; i < features; ++i) costs.features[pipeline.feature_names()[next++]] = each;
  }
  return costs;
}

}  // namespace millwright::learn
