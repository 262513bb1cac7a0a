#include "lib/learn/evaluation/evaluate.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/learn/table/csv.h"
#include "lib/learn/training/training.h"
#include "trainer-worker/tasks/bundle_store.h"
#include "trainer-worker/tasks/dataset.h"
#include "trainer-worker/tasks/run_log.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {
namespace {

// What is scored, and how.
struct Options {
  learn::EvaluateOptions evaluate;
  bool is_test_split = false;  // else every row
};

absl::StatusOr<Options> ParseOptions(const nlohmann::json& json) {
  SpecReader reader(json, "with.options");
  Options options{
      .evaluate = {.last_row_only = reader.Bool("last_row_only", false), .truth_column = reader.Text("truth_column", "")},
      .is_test_split = reader.OneOf("split", "all", {"test", "all"}) == "test"};
  RETURN_IF_ERROR(reader.Finish());
  return options;
}

// The rows of the assets that training has never seen, as the bundle's own spec splits them.
absl::StatusOr<learn::Table> TestSplit(const learn::Table& table, const learn::Bundle& bundle) {
  ASSIGN_OR_RETURN(const learn::TrainingSpec spec, learn::ParseTrainingSpec(bundle.training_spec()));
  if (spec.split.test <= 0) {
    return absl::InvalidArgumentError(
        "with.options.split is test, but the training spec's split.test is 0: give it a share of the assets");
  }
  ASSIGN_OR_RETURN(const std::vector<learn::AssetRows> groups,
                   learn::GroupByAsset(table, spec.pipeline.asset_column, spec.pipeline.time_column));
  std::vector<std::string> assets;
  for (const learn::AssetRows& group : groups) assets.push_back(group.asset);
  ASSIGN_OR_RETURN(const learn::AssetSplit split, learn::SplitAssets(assets, spec.split));
  std::vector<std::size_t> rows;
  for (const learn::AssetRows& group : groups) {
    if (std::find(split.test.begin(), split.test.end(), group.asset) == split.test.end()) continue;
    rows.insert(rows.end(), group.rows.begin(), group.rows.end());
  }
  return table.Take(rows);
}

// The version of the model that is in Production, if there is one.
absl::StatusOr<std::optional<registry::v1::ModelVersion>> FindProduction(const std::string& model, TaskContext& context) {
  registry::v1::GetRegisteredModelRequest request;
  request.set_name(model);
  registry::v1::RegisteredModel found;
  const absl::Status status = context.platform.Call(&registry::v1::RegistryService::Stub::GetRegisteredModel,
                                                    context.platform.registry(), request, &found);
  if (absl::IsNotFound(status)) return std::nullopt;
  RETURN_IF_ERROR(status);
  if (found.production_version() == 0) return std::nullopt;
  registry::v1::GetModelVersionRequest get;
  get.set_name(model);
  get.set_version(found.production_version());
  registry::v1::ModelVersion version;
  RETURN_IF_ERROR(
      context.platform.Call(&registry::v1::RegistryService::Stub::GetModelVersion, context.platform.registry(), get, &version));
  return version;
}

nlohmann::json FilesOf(const registry::v1::ModelVersion& version) {
  nlohmann::json files = nlohmann::json::array();
  for (const registry::v1::BundleFile& file : version.files())
    files.push_back({{"path", file.path()}, {"sha256", file.sha256()}});
  return files;
}

absl::Status StorePredictions(const learn::Table& predictions, const std::string& run_id, TaskContext& context) {
  RETURN_IF_ERROR(context.lease.EnsureHeld());
  ASSIGN_OR_RETURN(const tracker::v1::Blob blob, context.platform.UploadBlob(learn::WriteCsv(predictions), "predictions.csv"));
  tracker::v1::PutArtifactRequest request;
  request.set_run_id(run_id);
  request.set_path("evaluation/predictions.csv");
  request.set_sha256(blob.sha256());
  tracker::v1::Artifact artifact;
  return context.Write(&tracker::v1::ArtifactService::Stub::PutArtifact, context.platform.artifacts(), request, &artifact);
}

}  // namespace

absl::StatusOr<nlohmann::json> Evaluate(const nlohmann::json& spec_json, TaskContext& context) {
  SpecReader reader(spec_json);
  const std::string run_id = reader.Text("run_id");
  const nlohmann::json files = reader.Array("files");
  const std::string dataset_version_id = reader.Text("dataset_version_id");
  const nlohmann::json options_json = reader.ObjectOr("options", nlohmann::json::object());
  const std::string model = reader.Text("model", "");
  RETURN_IF_ERROR(reader.Finish());
  ASSIGN_OR_RETURN(const Options options, ParseOptions(options_json));

  ASSIGN_OR_RETURN(const learn::Bundle candidate, LoadBundle(files, "candidate", context));
  ASSIGN_OR_RETURN(LoadedDataset dataset, LoadDataset(dataset_version_id, context));
  if (options.is_test_split) {
    ASSIGN_OR_RETURN(dataset.table, TestSplit(dataset.table, candidate));
  }
  context.lease.SetProgress(0, 0, "", "scoring the candidate");
  ASSIGN_OR_RETURN(const learn::Evaluation evaluation, learn::Evaluate(candidate, dataset.table, options.evaluate));

  std::map<std::string, double> test_metrics;
  for (const auto& [name, value] : evaluation.metrics) test_metrics[absl::StrCat("test_", name)] = value;
  RunLog run = RunLog::Of(run_id, context);
  RETURN_IF_ERROR(run.LogNewMetrics(test_metrics));
  RETURN_IF_ERROR(run.LogTag("millwright.test_dataset_version_id", dataset_version_id));
  RETURN_IF_ERROR(StorePredictions(evaluation.predictions, run_id, context));

  nlohmann::json outputs{{"metrics", evaluation.metrics}, {"dataset_version_id", dataset_version_id}};
  if (model.empty()) return outputs;
  ASSIGN_OR_RETURN(const std::optional<registry::v1::ModelVersion> production, FindProduction(model, context));
  if (!production) return outputs;
  context.lease.SetProgress(0, 0, "", absl::StrCat("scoring Production, version ", production->version()));
  ASSIGN_OR_RETURN(const learn::Bundle champion, LoadBundle(FilesOf(*production), "production", context));
  const absl::StatusOr<learn::Evaluation> scored = learn::Evaluate(champion, dataset.table, options.evaluate);
  outputs["production_version"] = production->version();
  // A champion that cannot score this data leaves the gate without its number, and the gate says so.
  outputs["production_metrics"] = scored.ok() ? nlohmann::json(scored->metrics) : nlohmann::json::object();
  if (!scored.ok()) outputs["production_error"] = std::string(scored.status().message());
  return outputs;
}

}  // namespace millwright::trainer
