#include "lib/learn/evaluation/evaluate.h"

#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/learn/evaluation/plots.h"
#include "lib/learn/evaluation/report.h"
#include "lib/learn/table/csv.h"
#include "lib/learn/training/split.h"
#include "lib/learn/training/training_spec.h"
#include "trainer-worker/tasks/artifact.h"
#include "trainer-worker/tasks/bundle_store.h"
#include "trainer-worker/tasks/dataset.h"
#include "trainer-worker/tasks/look.h"
#include "trainer-worker/tasks/run_log.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {
namespace {

// The rows that are scored: those of one part of the bundle's own split, or all.
struct Sample {
  learn::Table table;
  std::optional<std::vector<bool>> mask;  // of the table's rows, where history may come from the other parts
  bool is_seen = false;                   // whether the candidate was trained on these rows

  absl::StatusOr<learn::ScoredTable> Score(const learn::Bundle& bundle, const learn::EvaluateOptions& options) const {
    absl::StatusOr<learn::ScoredTable> scored = learn::ScoreTable(bundle, table, options);
    // A column that the bundle reads and the table lacks is the caller's mistake.
    if (absl::IsNotFound(scored.status())) return absl::InvalidArgumentError(scored.status().message());
    RETURN_IF_ERROR(scored.status());
    if (!mask) return scored;
    learn::ScoredTable kept = learn::Keep(*scored, *mask);
    if (kept.rows.table_rows.empty())
      return absl::FailedPreconditionError("no row of this split has enough history to be scored");
    return kept;
  }
};

// Whether the bundle was trained on rows of just this data.
bool IsTrainedOn(const learn::Bundle& bundle, const tracker::v1::DatasetVersion& dataset) {
  const auto hash = bundle.lineage().find("dataset_content_hash");
  return hash != bundle.lineage().end() && !dataset.content_hash().empty() && *hash == dataset.content_hash();
}

absl::StatusOr<Sample> TakeSplit(LoadedDataset dataset, const std::string& split, const learn::Bundle& bundle) {
  learn::Table& table = dataset.table;
  if (split == "all") {
    const bool is_seen = IsTrainedOn(bundle, dataset.version);
    return Sample{.table = std::move(table), .is_seen = is_seen};
  }
  ASSIGN_OR_RETURN(const learn::TrainingSpec spec, learn::ParseTrainingSpec(bundle.training_spec()));
  const bool is_there = split == "test" ? spec.split.HasTest() : split == "train" || spec.split.HasValidation();
  if (!is_there) {
    return absl::InvalidArgumentError(absl::StrCat("with.options.split is ", split, ", but the training spec's split has no ",
                                                   split, " part: give it a share of the rows or assets"));
  }
  ASSIGN_OR_RETURN(const std::vector<learn::AssetRows> assets,
                   learn::GroupByAsset(table, spec.pipeline.asset_column, spec.pipeline.time_column));
  std::vector<learn::TargetSpec> targets;
  for (const learn::HeadSpec& head : spec.heads) targets.push_back(head.target);
  ASSIGN_OR_RETURN(const std::vector<learn::Part> parts, learn::SplitRows(spec.split, spec.pipeline, targets, table, assets));
  const learn::Part wanted = split == "test"         ? learn::Part::kTest
                             : split == "validation" ? learn::Part::kValidation
                                                     : learn::Part::kTraining;
  std::vector<std::size_t> rows;
  std::vector<bool> mask(table.rows());
  for (std::size_t row = 0; row < parts.size(); ++row) {
    if (parts[row] != wanted) continue;
    rows.push_back(row);
    mask[row] = true;
  }
  const bool is_seen = split == "train" || (split == "validation" && spec.split.refits);
  if (spec.split.by == learn::SplitSpec::By::kAsset) return Sample{.table = table.Take(rows), .is_seen = is_seen};
  return Sample{.table = std::move(table), .mask = std::move(mask), .is_seen = is_seen};
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

// The version in Production as it scores the same rows.
struct Champion {
  registry::v1::ModelVersion version;
  absl::StatusOr<learn::ScoredTable> scored;
};
absl::StatusOr<std::optional<Champion>> ScoreChampion(const std::string& model, const Sample& sample,
                                                      const learn::ReportOptions& options, TaskContext& context) {
  if (model.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const std::optional<registry::v1::ModelVersion> version, FindProduction(model, context));
  if (!version) return std::nullopt;
  context.lease.SetProgress(0, 0, "", absl::StrCat("scoring Production, version ", version->version()));
  ASSIGN_OR_RETURN(const learn::Bundle bundle, LoadBundle(FilesOf(*version), "production", context));
  return Champion{.version = *version, .scored = sample.Score(bundle, options.rows)};
}

// The champion's plain metrics, for the gate. Its intervals stand in the comparison.
std::map<std::string, double> ChampionMetrics(const Sample& sample, const learn::Bundle& candidate,
                                              const learn::ScoredTable& scored, learn::ReportOptions options) {
  options.slices.clear();
  options.primary_metric.clear();
  options.interval.reset();
  options.resampling.resamples = 100;
  const absl::StatusOr<nlohmann::json> report =
      learn::EvaluationReport(sample.table, candidate.pipeline().spec(), scored, nullptr, options);
  return report.ok() ? learn::MetricsOf(*report) : std::map<std::string, double>();
}

absl::Status LogToRun(const std::string& run_id, const std::string& dataset_version_id, const nlohmann::json& report,
                      const std::map<std::string, double>& metrics, TaskContext& context) {
  std::map<std::string, double> named;
  // Training has logged figures of its own as train_ and validation_; what it saw is no test.
  const auto split = report["split"].get<std::string>();
  const bool is_test = !report.contains("seen_in_training") && (split == "all" || split == "test");
  const std::string prefix = is_test ? "test" : absl::StrCat("evaluated_", split);
  for (const auto& [name, value] : metrics) named[absl::StrCat(prefix, "_", name)] = value;
  const nlohmann::json& first = report["heads"][0];
  const std::string primary = first.value("primary_metric", "");
  for (const char* end : {"low", "high"}) {
    if (!primary.empty() && first["metrics"][primary][end].is_number())
      named[absl::StrCat(prefix, "_", primary, "_", end)] = first["metrics"][primary][end].get<double>();
  }
  RunLog run = RunLog::Of(run_id, context);
  RETURN_IF_ERROR(run.LogNewMetrics(named));
  return run.LogTag("millwright.test_dataset_version_id", dataset_version_id);
}

absl::Status StoreEvaluation(const nlohmann::json& report, const learn::Table& predictions, const std::string& run_id,
                             TaskContext& context) {
  std::map<std::string, std::string> files = learn::Plots(report);
  files["evaluation.json"] = report.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  files["predictions.csv"] = learn::WriteCsv(predictions);
  for (const auto& [path, content] : files)
    RETURN_IF_ERROR(StoreArtifact(content, absl::StrCat("evaluation/", path), run_id, context).status());
  return absl::OkStatus();
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
  ASSIGN_OR_RETURN(const learn::ReportOptions options, learn::ParseReportOptions(options_json, "with.options"));

  ASSIGN_OR_RETURN(const learn::Bundle candidate, LoadBundle(files, "candidate", context));
  ASSIGN_OR_RETURN(LoadedDataset dataset, LoadDataset(dataset_version_id, context));
  ASSIGN_OR_RETURN(const Sample sample, TakeSplit(std::move(dataset), options.split, candidate));
  context.lease.SetProgress(0, 0, "", "scoring the candidate");
  ASSIGN_OR_RETURN(const learn::ScoredTable scored, sample.Score(candidate, options.rows));
  ASSIGN_OR_RETURN(const std::optional<Champion> champion, ScoreChampion(model, sample, options, context));

  context.lease.SetProgress(0, 0, "", "measuring");
  const learn::PipelineSpec& pipeline = candidate.pipeline().spec();
  absl::StatusOr<nlohmann::json> made = learn::EvaluationReport(
      sample.table, pipeline, scored, champion && champion->scored.ok() ? &*champion->scored : nullptr, options);
  if (absl::IsNotFound(made.status())) return absl::InvalidArgumentError(made.status().message());
  RETURN_IF_ERROR(made.status());
  nlohmann::json report = *std::move(made);
  const std::map<std::string, double> metrics = learn::MetricsOf(report);
  ASSIGN_OR_RETURN(const std::string content_hash, candidate.ContentHash());
  report["model"] = {{"run_id", run_id}, {"content_hash", content_hash}};
  report["data"] = {
      {"dataset_version_id", dataset_version_id}, {"dataset", dataset.version.name()}, {"version", dataset.version.version()}};
  if (sample.is_seen) report["seen_in_training"] = true;
  nlohmann::json outputs{{"metrics", metrics}, {"dataset_version_id", dataset_version_id}};
  if (champion) {
    report["champion"] = {
        {"model", model}, {"version", champion->version.version()}, {"content_hash", champion->version.content_hash()}};
    outputs["production_version"] = champion->version.version();
    // A champion that cannot score this data leaves the gate without its number, and the gate says so.
    outputs["production_metrics"] = champion->scored.ok()
                                        ? nlohmann::json(ChampionMetrics(sample, candidate, *champion->scored, options))
                                        : nlohmann::json::object();
    if (!champion->scored.ok()) {
      report["champion"]["error"] = std::string(champion->scored.status().message());
      outputs["production_error"] = report["champion"]["error"];
    }
    if (report.contains("verdict")) outputs["verdict"] = report["verdict"];
    for (const auto& [name, value] : learn::DifferencesOf(report)) outputs["metrics"][name] = value;
    outputs["metrics"]["champion_version"] = champion->version.version();
  }
  // Before anyone can see a figure, the look at it is on record.
  const Look look{.dataset_version_id = dataset_version_id,
                  .split = options.split,
                  .run_id = run_id,
                  .subject = "candidate",
                  .metrics = metrics};
  ASSIGN_OR_RETURN(const int looks, RecordLook(look, context));
  report["looks"] = {{"number", looks}};
  outputs["looks"] = looks;

  RETURN_IF_ERROR(LogToRun(run_id, dataset_version_id, report, metrics, context));
  ASSIGN_OR_RETURN(const learn::Table predictions, learn::PredictionTable(pipeline, sample.table, scored));
  RETURN_IF_ERROR(StoreEvaluation(report, predictions, run_id, context));
  ASSIGN_OR_RETURN(outputs["files"], StoreBundle(candidate.WithReport(learn::WithoutRows(report)), run_id, context));
  return outputs;
}

}  // namespace millwright::trainer
