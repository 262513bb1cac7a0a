#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/learn/training/training.h"
#include "lib/rpc/convert.h"
#include "trainer-worker/tasks/dataset.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {
namespace {

/// What a version says that it was made of.
struct Recorded {
  registry::v1::ModelVersion version;
  std::string dataset_version_id;
  std::string dataset_content_hash;
  learn::TrainingSpec spec;
};

absl::StatusOr<Recorded> ReadRecorded(const std::string& model, int number, TaskContext& context) {
  registry::v1::GetModelVersionRequest request;
  request.set_name(model);
  request.set_version(number);
  Recorded recorded;
  RETURN_IF_ERROR(context.platform.Call(&registry::v1::RegistryService::Stub::GetModelVersion, context.platform.registry(),
                                        request, &recorded.version));
  ASSIGN_OR_RETURN(const nlohmann::json lineage, rpc::ToJson(recorded.version.lineage(), "lineage"));
  const bool is_ours = lineage.contains("dataset_version_id") && lineage["dataset_version_id"].is_string() &&
                       lineage.contains("training_spec") && lineage["training_spec"].is_object();
  if (!is_ours || recorded.version.content_hash().empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "version ", number, " of model \"", model, "\" has no lineage to train from again: it was not trained by this platform"));
  }
  recorded.dataset_version_id = lineage["dataset_version_id"].get<std::string>();
  if (lineage.contains("dataset_content_hash") && lineage["dataset_content_hash"].is_string())
    recorded.dataset_content_hash = lineage["dataset_content_hash"].get<std::string>();
  ASSIGN_OR_RETURN(recorded.spec, learn::ParseTrainingSpec(lineage["training_spec"]));
  return recorded;
}

/// The bundle's files that came out otherwise; not millwright.json and MLmodel, which also name run and times.
nlohmann::json DifferingFiles(const learn::Bundle& bundle, const registry::v1::ModelVersion& version) {
  nlohmann::json differing = nlohmann::json::array();
  const absl::StatusOr<std::vector<learn::ManifestEntry>> manifest = bundle.Manifest();
  if (!manifest.ok()) return differing;
  for (const registry::v1::BundleFile& file : version.files()) {
    if (file.path() == "millwright.json" || file.path() == "MLmodel") continue;
    bool is_same = false;
    for (const learn::ManifestEntry& entry : *manifest) is_same |= entry.path == file.path() && entry.sha256 == file.sha256();
    if (!is_same) differing.push_back(file.path());
  }
  return differing;
}

}  // namespace

absl::StatusOr<nlohmann::json> Reproduce(const nlohmann::json& spec_json, TaskContext& context) {
  SpecReader reader(spec_json);
  const std::string model = reader.Text("model");
  const int number = static_cast<int>(reader.Int("version", 0, 1, 1'000'000'000));
  RETURN_IF_ERROR(reader.Finish());
  ASSIGN_OR_RETURN(const Recorded recorded, ReadRecorded(model, number, context));
  context.lease.SetProgress(0, 0, "", "reading the dataset");
  ASSIGN_OR_RETURN(const LoadedDataset dataset, LoadDataset(recorded.dataset_version_id, context));
  if (!recorded.dataset_content_hash.empty() && dataset.version.content_hash() != recorded.dataset_content_hash) {
    return absl::DataLossError(absl::StrCat("dataset version ", recorded.dataset_version_id, " has content ",
                                            dataset.version.content_hash(), "; the lineage says ",
                                            recorded.dataset_content_hash));
  }
  absl::Status lost;
  learn::TrainHooks hooks;
  hooks.progress = [&](std::string_view stage, double share) {
    context.lease.SetProgress(static_cast<int>(share * 100), 100, "%", std::string(stage));
  };
  hooks.on_round = [&](std::string_view, const learn::Round&) {
    lost = context.lease.EnsureHeld();
    return lost.ok() ? learn::RoundVerdict::kContinue : learn::RoundVerdict::kStop;
  };
  ASSIGN_OR_RETURN(const learn::TrainedBundle trained, learn::Train(dataset.table, recorded.spec, hooks));
  RETURN_IF_ERROR(lost);
  ASSIGN_OR_RETURN(const std::string reproduced, trained.bundle.ContentHash());
  return nlohmann::json{{"equal", reproduced == recorded.version.content_hash()},
                        {"recorded_hash", recorded.version.content_hash()},
                        {"reproduced_hash", reproduced},
                        {"differing_files", DifferingFiles(trained.bundle, recorded.version)},
                        {"model", model},
                        {"version", number},
                        {"dataset_version_id", recorded.dataset_version_id}};
}

}  // namespace millwright::trainer
