#include "bench/report.h"

#include <algorithm>
#include <cstdio>

#include "lib/base/files.h"
#include "nlohmann/json.hpp"

namespace millwright::bench {
namespace {

std::string Number(const std::optional<double>& value) {
  if (!value) return "-";
  char text[32];
  std::snprintf(text, sizeof(text), *value >= 100 ? "%.0f" : "%.2f", *value);
  return text;
}

}  // namespace

std::optional<double> Ratio(const Row& row) {
  if (!row.peer) return std::nullopt;
  return row.is_cost ? *row.peer / row.ours : row.ours / *row.peer;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void Print(const std::vector<Row>& rows) {
  constexpr char kLine[] = "%-52s %12s %12s %-10s %8s  %-22s %s\n";
  std::printf(kLine, "case", "ours", "peer", "unit", "ratio", "goal", "met");
  for (const Row& row : rows) {
    std::printf(kLine, row.name.c_str(), Number(row.ours).c_str(), Number(row.peer).c_str(), row.unit.c_str(),
                Number(Ratio(row)).c_str(), row.goal.c_str(),
                row.goal.empty() ? ""
                : row.met        ? "yes"
                                 : "NO");
  }
}

absl::Status WriteJson(const std::vector<Row>& rows, const std::string& path) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    const std::optional<double> ratio = Ratio(row);
    list.push_back({{"case", row.name},
                    {"ours", row.ours},
                    {"peer", row.peer ? nlohmann::ordered_json(*row.peer) : nlohmann::ordered_json()},
                    {"unit", row.unit},
                    {"ratio", ratio ? nlohmann::ordered_json(*ratio) : nlohmann::ordered_json()},
                    {"goal", row.goal},
                    {"met", row.met}});
  }
  return base::WriteFileAtomically(path, list.dump(2) + "\n");
}

}  // namespace millwright::bench
