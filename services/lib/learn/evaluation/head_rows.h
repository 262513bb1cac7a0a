#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/bundle/bundle.h"
#include "lib/learn/features/target.h"
#include "lib/learn/table/table.h"

namespace millwright::learn {

/// The rows of a table that a bundle answered for, asset by asset, each asset's in order of time.
struct ScoredRows {
  bool has_assets = false;
  bool has_times = false;
  std::vector<std::string> assets;      // names; one "" without an asset column
  std::vector<std::size_t> table_rows;  // row numbers
  std::vector<std::uint32_t> asset_of;  // one a row: index in `assets`
  std::vector<double> times;            // one a row; the row's number without a time column
};

/// One head's truth and answers on such rows.
struct HeadRows {
  std::string name;
  TargetSpec target;
  std::optional<double> threshold;
  std::optional<double> quantile;   // of the target's distribution that it predicts, when not its mean
  std::vector<std::string> labels;  // of several classes
  std::vector<double> truth;        // uncut; NaN where unknown
  std::vector<double> predicted;
  std::vector<double> probabilities;  // of several classes: a row of labels.size() for each truth

  Task task() const { return target.task(); }
  bool IsAlarmHead() const { return task() == Task::kBinary || task() == Task::kAnomaly; }
};

/// The given rows, by index.
ScoredRows Select(const ScoredRows& rows, std::span<const std::size_t> chosen);
HeadRows Select(const HeadRows& head, std::span<const std::size_t> chosen);

/// Indices of the rows whose truth is known.
std::vector<std::size_t> KnownRows(const HeadRows& head);

/// What a bundle answers on a table.
struct ScoredTable {
  ScoredRows rows;
  std::vector<HeadRows> heads;
  std::size_t min_rows = 1;           // that the model needs before it answers
  std::vector<std::string> unscored;  // with `last_row_only`, the assets whose last row has too little history
};

/// Only those of the scored rows that the table's mask has.
ScoredTable Keep(const ScoredTable& scored, const std::vector<bool>& mask);

struct EvaluateOptions {
  bool last_row_only = false;  // one row per asset
  /// Overrides the truth column of rul heads ("rul_at_end").
  std::string truth_column;
};

/// Scores every row that has enough history by the same steps as serving. FailedPrecondition when there is none.
absl::StatusOr<ScoredTable> ScoreTable(const Bundle& bundle, const Table& table, const EvaluateOptions& options);

}  // namespace millwright::learn
