#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/learn/bundle/raw_window.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/learners/learner.h"
#include "lib/learn/training/training_spec.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// A column of the raw input as the training table had it.
struct InputColumn {
  ColumnSpec spec;
  bool is_required = false;  // else accepted and ignored
};

/// One head's answer for the last row. NaN is returned as NaN.
struct HeadPrediction {
  std::string head;
  double value = 0;                   // number, probability of class 1, number of the likeliest class, or anomaly score
  std::optional<double> threshold;    // of two classes and of anomalies
  std::optional<bool> is_positive;    // value >= threshold
  std::string label;                  // of several classes: the likeliest one's
  std::vector<double> probabilities;  // of several classes, in the order of the head's labels
};

struct Prediction {
  std::vector<HeadPrediction> heads;  // the first is the primary one
};

/// A trained head inside a bundle.
struct BundleHead {
  std::string name;
  TargetSpec target;
  std::string learner;
  nlohmann::json params;
  int best_round = 0;
  std::optional<double> threshold;
  std::optional<double> quantile;    // of the target's distribution, as QuantileLevel has it
  std::vector<std::size_t> columns;  // of the pipeline's features, rising; empty: all of them
  std::string file;                  // inside the folder
  std::shared_ptr<const Model> model;

  /// The columns that the model takes.
  FeatureMatrix Chosen(const FeatureMatrix& features) const;
  /// A model's raw outputs for one row as answered: rul within [0, cap].
  HeadPrediction Answer(std::span<const float> raw) const;
};

/// Heads that predict quantiles of one target may cross (Bassett and Koenker, 1982). The values of such heads, given in their
/// order, are put in the order of their levels (Chernozhukov, Fernández-Val and Galichon, "Quantile and probability curves
/// without crossing", Econometrica 78, 2010), which takes none of them further from the truth's quantile.
void Uncross(std::span<const std::size_t> heads_by_level, std::span<HeadPrediction> answers);
/// The groups of heads that Uncross is for, each by rising level.
std::vector<std::vector<std::size_t>> QuantileGroups(std::span<const BundleHead> heads);

/// Raw rows with the answers that were given at training time: per head its value, or the probabilities of several classes.
struct GoldenRow {
  RawWindow window;
  std::vector<std::vector<double>> values;
};
std::vector<double> GoldenValues(const HeadPrediction& head);

struct ManifestEntry {
  std::string path;
  std::string sha256;
  std::uint64_t size = 0;
};

/// Everything a prediction needs, immutable once made. Cheap to copy; const use is thread-safe. Not for static storage: XGBoost's
/// thread-local state is gone before statics are destroyed.
class Bundle {
 public:
  struct Parts {
    std::vector<InputColumn> input;
    std::shared_ptr<const FittedPipeline> pipeline;
    std::vector<BundleHead> heads;
    nlohmann::json reference_statistics;  // {"raw": {column: …}, "features": {name: …}, "predictions": {head: …}}
    nlohmann::json evaluation;            // metric name → value
    nlohmann::json training_spec;
    nlohmann::json lineage = nlohmann::json::object();
    std::vector<GoldenRow> golden;
  };

  explicit Bundle(Parts parts);

  /// Checks every part, the model files' version among them, and that the golden rows come out to the bit. The status names what
  /// is wrong: NotFound for a missing file, InvalidArgument for a broken one, Unimplemented for a model that cannot be scored
  /// exactly, DataLoss for golden rows or hashes that differ.
  static absl::StatusOr<Bundle> Load(const std::filesystem::path& folder);
  /// Writes MLmodel, the model files, requirements.txt and millwright.json into the folder, which is made if need be.
  absl::Status Save(const std::filesystem::path& folder) const;
  /// The files that Save writes, path → content. The same bundle gives the same bytes.
  absl::StatusOr<std::map<std::string, std::string>> Files() const;
  absl::StatusOr<std::vector<ManifestEntry>> Manifest() const;
  /// SHA-256 over models, feature pipeline, fitted state, input schema and reference statistics; not evaluation, golden rows or
  /// lineage.
  absl::StatusOr<std::string> ContentHash() const;

  /// The same bundle with the caller's lineage (dataset version, run, versions, seed): an object, kept as it is.
  Bundle WithLineage(nlohmann::json lineage) const;
  /// The same bundle with further evaluation metrics.
  Bundle WithEvaluation(const std::map<std::string, double>& metrics) const;
  /// The same bundle with an evaluation in full as `report` of its evaluation, in place of the one before. The content hash
  /// stays.
  Bundle WithReport(nlohmann::json report) const;

  std::span<const InputColumn> input() const { return parts_->input; }
  const FittedPipeline& pipeline() const { return *parts_->pipeline; }
  std::span<const BundleHead> heads() const { return parts_->heads; }
  const nlohmann::json& reference_statistics() const { return parts_->reference_statistics; }
  const nlohmann::json& evaluation() const { return parts_->evaluation; }
  const nlohmann::json& training_spec() const { return parts_->training_spec; }
  const nlohmann::json& lineage() const { return parts_->lineage; }
  std::span<const GoldenRow> golden() const { return parts_->golden; }
  HistoryNeed history() const { return parts_->pipeline->history(); }

  /// Whether the pipeline reads this input column, and cannot do without it.
  static bool IsRequired(const FittedPipeline& pipeline, std::string_view column);
  /// Answers for the last row of one asset's raw history. InvalidArgument names an unknown or missing column or a time out of
  /// order; FailedPrecondition says how many rows are needed and there are.
  absl::StatusOr<Prediction> PredictWindow(const RawWindow& window) const;
  /// A stream for one asset, for a caller that keeps the state. The bundle must outlive it.
  FeatureStream NewStream() const { return FeatureStream(*parts_->pipeline); }
  /// The answer for a stream's last row. FailedPrecondition when it has too few rows.
  absl::StatusOr<Prediction> PredictStream(FeatureStream& stream) const;
  /// One prediction per row of computed features, for callers that bring features of their own. InvalidArgument when the columns
  /// do not fit.
  absl::StatusOr<std::vector<Prediction>> PredictFeatures(const FeatureMatrix& features) const;

 private:
  absl::Status CheckGolden() const;

  std::shared_ptr<const Parts> parts_;
  std::vector<std::vector<std::size_t>> quantile_groups_;
};

}  // namespace millwright::learn
