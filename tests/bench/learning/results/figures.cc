#include "bench/learning/results/figures.h"

#include <cmath>
#include <cstdio>

namespace millwright::bench {

double Figure::mean() const {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double Figure::sd() const {
  double squares = 0;
  for (const double value : values) squares += (value - mean()) * (value - mean());
  return values.size() < 2 ? 0 : std::sqrt(squares / static_cast<double>(values.size() - 1));
}

void Results::Add(const std::string& name, const Figure& figure, const Beside& beside, const std::string& unit) {
  char spread[120];
  std::snprintf(spread, sizeof(spread), "%s: %.3f, sd %.3f of %zu", name.c_str(), figure.mean(), figure.sd(),
                figure.values.size());
  Row row{.name = spread, .ours = figure.mean(), .peer = beside.published, .unit = unit, .is_cost = beside.is_cost};
  if (beside.aim) {
    char goal[40];
    std::snprintf(goal, sizeof(goal), "%s %g", beside.is_cost ? "<=" : ">=", *beside.aim);
    row.goal = goal;
    row.met = beside.is_cost ? row.ours <= *beside.aim : row.ours >= *beside.aim;
  }
  rows_.push_back(row);
  if (!beside.source.empty()) sources_.push_back(name + ": " + beside.source);
}

}  // namespace millwright::bench
