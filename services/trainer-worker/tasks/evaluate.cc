#include "lib/learn/evaluation/evaluate.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/learn/evaluation/comparison.h"
#include "lib/learn/evaluation/plots.h"
#include "lib/learn/evaluation/report.h"
#include "lib/learn/table/csv.h"
#include "lib/learn/training/refit_baselines.h"
#include "lib/learn/training/training_spec.h"
#include "trainer-worker/tasks/artifact.h"
#include "trainer-worker/tasks/bundle_store.h"
#include "trainer-worker/tasks/champion.h"
#include "trainer-worker/tasks/look.h"
#include "trainer-worker/tasks/run_log.h"
#include "trainer-worker/tasks/sample.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {
namespace {

constexpr std::size_t kNoticeable = 10;  // more than one row in so many is more than a likeness by chance

// Whether the candidate's figures on these rows are no test: they are its training rows, or more than a tenth of them are.
bool IsSeen(const Sample& sample, const std::string& split, const learn::Bundle& candidate, const std::vector<bool>& seen) {
  if (split == "train") return true;
  if (split == "validation") return candidate.training_spec().at("split").value("refit", false);
  const auto count = static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true));
  const std::size_t rows =
      sample.mask ? static_cast<std::size_t>(std::count(sample.mask->begin(), sample.mask->end(), true)) : sample.table.rows();
  return count * kNoticeable > rows;
}

// What a model without learning, or with the simplest, scores on the same rows.
absl::Status AddBaselines(const Sample& sample, const learn::Bundle& candidate, const learn::ScoredTable& scored,
                          const learn::EvaluateOptions& options, nlohmann::json& report, TaskContext& context) {
  ASSIGN_OR_RETURN(const learn::TrainingSpec spec, learn::ParseTrainingSpec(candidate.training_spec()));
  if (!spec.trains_baselines) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<LoadedDataset> training, LoadTraining(candidate, context));
  if (!training) return absl::FailedPreconditionError("the dataset version of the training is gone");
  context.lease.SetProgress(0, 0, "", "scoring baselines");
  ASSIGN_OR_RETURN(const auto baselines, learn::RefitBaselines(candidate, training->table, sample.table, scored, options));
  for (std::size_t h = 0; h < baselines.size(); ++h) {
    nlohmann::json& head = report["heads"][h];
    for (const learn::Baseline& baseline : baselines[h]) {
      const std::vector<std::size_t> known = learn::KnownRows(baseline.rows);
      if (known.empty()) continue;
      head["baselines"].push_back(
          {{"name", baseline.name}, {"metrics", learn::PlainMetrics(learn::Select(baseline.rows, known), nullptr)}});
    }
  }
  return absl::OkStatus();
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
  ASSIGN_OR_RETURN(const Sample sample, TakeSample(dataset_version_id, options.split, candidate, context));
  ASSIGN_OR_RETURN(const std::vector<bool> seen, SeenOf(sample, candidate, context));
  context.lease.SetProgress(0, 0, "", "scoring the candidate");
  ASSIGN_OR_RETURN(const learn::ScoredTable scored, sample.Score(candidate, options.rows));
  ASSIGN_OR_RETURN(const std::optional<Champion> champion, FindChampion(model, sample, seen, options, context));

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
      {"dataset_version_id", dataset_version_id}, {"dataset", sample.dataset.name()}, {"version", sample.dataset.version()}};
  nlohmann::json outputs{{"metrics", metrics}, {"dataset_version_id", dataset_version_id}};
  if (IsSeen(sample, options.split, candidate, seen)) {
    report["seen_in_training"] = true;
    outputs["metrics"]["seen_in_training"] = 1;  // the gate refuses such figures
  }
  if (const absl::Status status = AddBaselines(sample, candidate, scored, options.rows, report, context); !status.ok())
    report["warnings"].push_back(absl::StrCat("no trained baselines beside the model: ", status.message()));
  if (const std::string warning = champion ? champion->Warning() : ""; !warning.empty()) report["warnings"].push_back(warning);
  if (report.contains("warnings")) outputs["warnings"] = report["warnings"];
  if (champion) {
    report["champion"] = champion->ToJson(model);
    if (!champion->scored.ok()) {
      report["verdict"] = "not comparable";
      outputs["production_error"] = report["champion"]["error"];
    }
    outputs["verdict"] = report["verdict"];
    outputs["production_version"] = champion->version.version();
    outputs["production_metrics"] = MetricsOf(*champion, sample, pipeline, options);
    for (const auto& [name, value] : learn::DifferencesOf(report)) outputs["metrics"][name] = value;
    outputs["metrics"]["champion_version"] = champion->version.version();
    // By this the gate knows why a figure of Production's is missing, or of fewer rows.
    outputs["metrics"]["champion_seen_rows"] = champion->seen_rows;
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
