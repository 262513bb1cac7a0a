#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/learn/evaluation/costs.h"
#include "lib/learn/evaluation/head_rows.h"
#include "lib/learn/evaluation/resampling.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// A champion's answers beside a challenger's: `rows` are indices of the challenger's rows that both answered for, and `head` has
/// the champion's answers there, with the challenger's truth.
struct Opponent {
  std::vector<std::size_t> rows;
  HeadRows head;
};

/// The champion's head of the same name and task on the rows that both scored; none when there is no such head or no such row.
std::optional<Opponent> FindOpponent(const ScoredRows& rows, const HeadRows& head, const ScoredTable& champion);

/// {"<metric>": {"value","low","high","better"[,"champion","challenger_on_common","difference","verdict"]}, …}. low and high
/// bound the bootstrap's percentile interval, and are null where it cannot be had. `difference` is challenger minus champion over
/// the rows that both scored, with the interval of the paired difference over the same resamples; `verdict` is "better" or
/// "worse" when that interval has one sign, else "not separable".
nlohmann::json CompareMetrics(const HeadRows& head, const Opponent* opponent, const ResamplingUnits& units,
                              const ResamplingOptions& options, const CostMatrix* costs);

/// {"<metric>": value} of one head, without intervals; undefined ones are left out.
nlohmann::json PlainMetrics(const HeadRows& head, const CostMatrix* costs);

}  // namespace millwright::learn
