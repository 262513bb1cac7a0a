#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/learn/evaluation/costs.h"
#include "lib/learn/evaluation/head_rows.h"

namespace millwright::learn {

/// A metric's name and which way is better.
struct Measure {
  std::string name;
  bool is_higher_better = false;
};

/// The metrics of one head as functions of how often each unit of rows counts. They are computed from sums per unit, so that a
/// resample costs little; rank metrics (AUC, average precision) walk over the rows, sorted once.
class Measures {
 public:
  /// The head's truth must be known in every row. `unit_of` has one unit a row, below `units`. Above a million rows the rank
  /// metrics are left out.
  Measures(const HeadRows& head, std::span<const std::uint32_t> unit_of, std::size_t units, const CostMatrix* costs);

  const std::vector<Measure>& measures() const { return measures_; }
  /// One value per measure, NaN where it is undefined. `weights` has one a unit.
  std::vector<double> Compute(std::span<const double> weights) const;
  /// With every unit counted once.
  std::vector<double> Compute() const;

 private:
  struct Ranked {
    double score = 0;
    std::uint32_t unit = 0;
    bool is_positive = false;
  };

  void SumRegression(const HeadRows& head, std::span<const std::uint32_t> unit_of);
  void SumAlarms(const HeadRows& head, std::span<const std::uint32_t> unit_of);
  void SumClasses(const HeadRows& head, std::span<const std::uint32_t> unit_of);
  void Rank(const HeadRows& head, std::span<const std::uint32_t> unit_of);
  std::vector<double> Regression(std::span<const double> sums) const;
  std::vector<double> Alarms(std::span<const double> sums, std::span<const double> weights) const;
  std::vector<double> Classes(std::span<const double> sums) const;

  Task task_;
  bool is_rul_;
  std::size_t classes_;
  std::size_t units_;
  const CostMatrix* costs_;
  std::vector<Measure> measures_;
  std::size_t width_ = 0;     // sums a unit
  std::vector<double> sums_;  // units × width
  double centre_ = 0;         // near the truth's mean, so that its variance keeps its digits
  bool has_ranks_ = false;
  bool has_probabilities_ = false;
  std::vector<Ranked> ranked_;  // from the highest score down
};

}  // namespace millwright::learn
