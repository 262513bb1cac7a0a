#include "model-registry/domain/insight.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::registry {
namespace {

constexpr std::size_t kMaxBundleJson = 32 << 20;
constexpr int kEvaluations = 100;
constexpr char kBundleFile[] = "millwright.json";

bool IsAbsent(const absl::Status& status) { return absl::IsNotFound(status) || absl::IsInvalidArgument(status); }

absl::StatusOr<nlohmann::json> ReadBundle(const base::WorkspaceId& workspace, const ModelVersion& version, Tracker& tracker) {
  for (const BundleFile& file : version.files) {
    if (file.path != kBundleFile) continue;
    if (file.size > kMaxBundleJson) return absl::ResourceExhaustedError(absl::StrCat(kBundleFile, " has ", file.size, " bytes"));
    std::string text;
    RETURN_IF_ERROR(tracker.ReadBlob(workspace, file.sha256, [&](absl::string_view bytes) -> absl::Status {
      if (text.size() + bytes.size() > kMaxBundleJson)
        return absl::ResourceExhaustedError(absl::StrCat(kBundleFile, " is too long"));
      text.append(bytes.data(), bytes.size());
      return absl::OkStatus();
    }));
    nlohmann::json bundle = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (bundle.is_object()) return bundle;
    return absl::InvalidArgumentError(absl::StrCat(kBundleFile, " is not a JSON object"));
  }
  return absl::NotFoundError("it has no bundle of this platform");
}

}  // namespace

absl::StatusOr<std::vector<LineageChain>> Insight::Lineage(const base::WorkspaceId& workspace, const LineagePoint& point) {
  RETURN_IF_ERROR(CheckPoint(point));
  ASSIGN_OR_RETURN(std::vector<LineageChain> chains, lineage_.Find(workspace, point));
  if (!chains.empty()) return chains;
  if (!point.run_id.empty()) {
    ASSIGN_OR_RETURN(const RunFacts run, tracker_.GetRun(workspace, point.run_id));
    const auto dataset = run.tags.find("millwright.dataset_version_id");
    chains.push_back({.dataset_version_id = dataset == run.tags.end() ? "" : dataset->second, .run_id = point.run_id});
  } else if (!point.logged_model_id.empty()) {
    ASSIGN_OR_RETURN(const LoggedModelFacts model, tracker_.GetLoggedModel(workspace, point.logged_model_id));
    chains.push_back({.run_id = model.source_run_id, .logged_model_id = point.logged_model_id});
  }
  return chains;
}

absl::StatusOr<VersionFacts> Insight::FactsOf(const base::WorkspaceId& workspace, const ModelVersion& version,
                                              std::vector<std::string>& notes) {
  VersionFacts facts{.version = version};
  const std::string which = absl::StrCat("version ", version.version, " of model \"", version.name, "\"");
  ASSIGN_OR_RETURN(facts.evaluations, versions_.ListEvaluations(workspace, version.name, version.version, kEvaluations));
  if (!version.run_id.empty()) {
    absl::StatusOr<RunFacts> run = tracker_.GetRun(workspace, version.run_id);
    if (run.ok()) {
      facts.params = std::move(run->params);
      facts.metrics = std::move(run->metrics);
    } else if (IsAbsent(run.status())) {
      notes.push_back(absl::StrCat("params and metrics of ", which, ": its run ", version.run_id, " is not in the tracker"));
    } else {
      return run.status();
    }
  }
  absl::StatusOr<nlohmann::json> bundle = ReadBundle(workspace, version, tracker_);
  if (bundle.ok()) {
    facts.bundle = *std::move(bundle);
  } else if (absl::IsUnavailable(bundle.status())) {
    return bundle.status();
  } else {
    notes.push_back(absl::StrCat("features and reference statistics of ", which, ": ", bundle.status().message()));
  }
  return facts;
}

absl::StatusOr<std::string> Insight::Card(const base::WorkspaceId& workspace, const ModelVersion& version) {
  std::vector<std::string> notes;  // a card shows what there is
  ASSIGN_OR_RETURN(const VersionFacts facts, FactsOf(workspace, version, notes));
  return CardOf(facts);
}

absl::StatusOr<Comparison> Insight::Compare(const base::WorkspaceId& workspace, const ModelVersion& left,
                                            const ModelVersion& right) {
  std::vector<std::string> notes;
  ASSIGN_OR_RETURN(const VersionFacts first, FactsOf(workspace, left, notes));
  ASSIGN_OR_RETURN(const VersionFacts second, FactsOf(workspace, right, notes));
  Comparison comparison = CompareFacts(first, second);
  comparison.notes.insert(comparison.notes.begin(), notes.begin(), notes.end());
  return comparison;
}

}  // namespace millwright::registry
