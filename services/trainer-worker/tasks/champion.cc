#include "trainer-worker/tasks/champion.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "trainer-worker/tasks/bundle_store.h"

namespace millwright::trainer {
namespace {

// Fewer rows or assets that neither has seen tell nothing.
constexpr std::size_t kFewestRows = 30;
constexpr std::size_t kFewestAssets = 2;

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

std::size_t CountAssets(const learn::ScoredTable& scored) {
  return std::set<std::uint32_t>(scored.rows.asset_of.begin(), scored.rows.asset_of.end()).size();
}

}  // namespace

void LeaveOutSeen(const std::vector<bool>& seen, Champion& champion) {
  if (!champion.scored.ok()) return;
  const learn::ScoredTable& all = *champion.scored;
  champion.rows = all.rows.table_rows.size();
  std::vector<bool> unseen(seen.size());
  for (std::size_t row = 0; row < seen.size(); ++row) unseen[row] = !seen[row];
  learn::ScoredTable left = learn::Keep(all, unseen);
  champion.seen_rows = champion.rows - left.rows.table_rows.size();
  if (champion.seen_rows == 0) return;
  const std::size_t assets = std::min(kFewestAssets, CountAssets(all));
  champion.is_comparable = left.rows.table_rows.size() >= kFewestRows && CountAssets(left) >= assets;
  if (champion.is_comparable) {
    champion.scored = std::move(left);
    return;
  }
  champion.scored = absl::FailedPreconditionError(
      absl::StrCat("version ", champion.version.version(), " in Production or the candidate was trained on ", champion.seen_rows,
                   " of these ", champion.rows, " rows, and the rest (", left.rows.table_rows.size(), " rows of ",
                   CountAssets(left), " assets) is too little to compare on: ", kFewestRows, " rows and ", assets,
                   " assets are needed. Evaluate on a dataset that neither was trained on, with options.split all"));
}

nlohmann::json Champion::ToJson(const std::string& model) const {
  nlohmann::json json{{"model", model}, {"version", version.version()}, {"content_hash", version.content_hash()}};
  if (seen_rows > 0) json["seen_rows"] = seen_rows;
  if (scored.ok()) json["compared_rows"] = scored->rows.table_rows.size();
  if (!is_comparable) json["seen_in_training"] = true;
  if (!is_lineage_known) json["seen_in_training"] = nullptr;
  if (!scored.ok()) json["error"] = std::string(scored.status().message());
  return json;
}

std::string Champion::Warning() const {
  const std::string whose = absl::StrCat("version ", version.version(), " in Production");
  if (!scored.ok()) return std::string(scored.status().message());
  if (!is_lineage_known) {
    return absl::StrCat("what ", whose, " was trained on is not known any more; it is compared on all rows",
                        seen_rows == 0 ? "" : " that did not train the candidate");
  }
  if (seen_rows == 0) return "";
  return absl::StrCat(whose, " or the candidate was trained on ", seen_rows, " of these ", rows,
                      " rows; they are compared on the other ", scored->rows.table_rows.size());
}

absl::StatusOr<std::optional<Champion>> FindChampion(const std::string& model, const Sample& sample,
                                                     const std::vector<bool>& seen_by_candidate,
                                                     const learn::ReportOptions& options, TaskContext& context) {
  if (model.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const std::optional<registry::v1::ModelVersion> version, FindProduction(model, context));
  if (!version) return std::nullopt;
  context.lease.SetProgress(0, 0, "", absl::StrCat("scoring Production, version ", version->version()));
  ASSIGN_OR_RETURN(const learn::Bundle bundle, LoadBundle(FilesOf(*version), "production", context));
  Champion champion{.version = *version, .scored = sample.Score(bundle, options.rows)};
  absl::StatusOr<std::vector<bool>> known = SeenOf(sample, bundle, context);
  if (absl::IsNotFound(known.status()) || absl::IsInvalidArgument(known.status()) || absl::IsFailedPrecondition(known.status())) {
    // Its training rows cannot be told from these: another asset column, a split that is refused by now.
    if (champion.scored.ok()) champion.scored = known.status();
    return champion;
  }
  RETURN_IF_ERROR(known.status());
  std::vector<bool> seen = *std::move(known);
  champion.is_lineage_known = !seen.empty();
  seen.resize(sample.table.rows());
  for (std::size_t row = 0; row < seen_by_candidate.size(); ++row) seen[row] = seen[row] || seen_by_candidate[row];
  LeaveOutSeen(seen, champion);
  return champion;
}

std::map<std::string, double> MetricsOf(const Champion& champion, const Sample& sample, const learn::PipelineSpec& pipeline,
                                        learn::ReportOptions options) {
  if (!champion.scored.ok() || champion.seen_rows > 0) return {};
  options.slices.clear();
  options.primary_metric.clear();
  options.interval.reset();
  options.resampling.resamples = 100;
  const absl::StatusOr<nlohmann::json> report =
      learn::EvaluationReport(sample.table, pipeline, *champion.scored, nullptr, options);
  return report.ok() ? learn::MetricsOf(*report) : std::map<std::string, double>();
}

}  // namespace millwright::trainer
