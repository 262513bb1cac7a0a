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
  double value = 0;                 // regression value, or probability of class 1
  std::optional<double> threshold;  // of a class head
  std::optional<bool> is_positive;  // of a class head: value >= threshold
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
  std::string file;  // inside the folder
  std::shared_ptr<const Model> model;

  /// A model's raw output as answered: rul within [0, cap].
  double Answer(float raw) const;
};

/// Raw rows with the answers that were given at training time, one per head.
struct GoldenRow {
  RawWindow window;
  std::vector<double> values;
};

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
};

}  // namespace millwright::learn
