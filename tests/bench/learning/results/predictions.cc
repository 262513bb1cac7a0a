#include "bench/learning/results/predictions.h"

#include "bench/learning/results/platform.h"
#include "lib/learn/table/csv.h"
#include "lib/learn/table/table.h"

namespace millwright::bench {

Predictions ReadPredictions(const std::string& csv, const std::string& time_column) {
  const absl::StatusOr<learn::Table> table = learn::ReadCsvText(csv, "predictions.csv", {});
  if (!table.ok()) Fail(std::string(table.status().message()));
  const auto numbers = [&](const std::string& name) -> std::vector<double> {
    const absl::StatusOr<const learn::Column*> column = table->GetNumber(name);
    if (!column.ok()) Fail(std::string(column.status().message()));
    return {(*column)->numbers.begin(), (*column)->numbers.end()};
  };
  return {.times = numbers(time_column), .truth = numbers("truth"), .values = numbers("prediction")};
}

}  // namespace millwright::bench
