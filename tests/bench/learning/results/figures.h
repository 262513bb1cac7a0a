#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/report.h"

namespace millwright::bench {

/// The values of one figure, a seed each.
struct Figure {
  std::vector<double> values;

  double mean() const;
  double sd() const;
};

/// What stands beside a figure: a published one and where it is from, and our aim.
struct Beside {
  std::optional<double> published;
  std::string source;
  std::optional<double> aim;
  bool is_cost = true;
};

/// The rows of the table, and the sources under it.
class Results {
 public:
  void Add(const std::string& name, const Figure& figure, const Beside& beside, const std::string& unit);
  const std::vector<Row>& rows() const { return rows_; }
  const std::vector<std::string>& sources() const { return sources_; }

 private:
  std::vector<Row> rows_;
  std::vector<std::string> sources_;
};

}  // namespace millwright::bench
