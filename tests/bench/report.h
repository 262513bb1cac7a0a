#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace millwright::bench {

/// One line of a benchmark's result.
struct Row {
  std::string name;
  double ours = 0;
  std::optional<double> peer;  // none: there is nothing to compare with
  std::string unit;            // of `ours` and `peer`
  bool is_cost = false;        // less is better: the ratio is peer / ours
  std::string goal;            // for a person; empty: none
  bool met = true;
};

/// How many times better we are than the peer; none without a peer.
std::optional<double> Ratio(const Row& row);

/// The middle value, of an even count the greater of the two. There must be one.
double Median(std::vector<double> values);

/// The rows as a table on stdout.
void Print(const std::vector<Row>& rows);

/// The rows as a JSON array of {case, ours, peer, unit, ratio, goal, met}.
absl::Status WriteJson(const std::vector<Row>& rows, const std::string& path);

}  // namespace millwright::bench
