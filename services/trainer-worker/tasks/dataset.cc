#include "trainer-worker/tasks/dataset.h"

#include <algorithm>
#include <future>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/learn/table/table_file.h"
#include "lib/learn/validation/check.h"
#include "lib/rpc/convert.h"
#include "trainer-worker/tasks/spec.h"

namespace millwright::trainer {
namespace {

using tracker::v1::DatasetService;

std::size_t CountAssets(const learn::Table& table) {
  const learn::Column* assets = table.FindRole(learn::ColumnRole::kAsset);
  if (assets == nullptr) return 1;
  if (assets->spec.type == learn::ColumnType::kNumber)
    return std::set<double>(assets->numbers.begin(), assets->numbers.end()).size();
  std::vector<bool> is_seen(assets->texts.codes() + 1);
  for (std::size_t row = 0; row < assets->texts.size(); ++row)
    is_seen[std::min<std::size_t>(assets->texts.Code(row), is_seen.size() - 1)] = true;
  return static_cast<std::size_t>(std::count(is_seen.begin(), is_seen.end(), true));
}

// The newest version of the dataset, with its validation; none when this is the first.
absl::StatusOr<std::optional<tracker::v1::DatasetVersion>> FindPrevious(const std::string& name, TaskContext& context) {
  tracker::v1::ListDatasetVersionsRequest request;
  request.set_name(name);
  request.set_page_size(1);
  tracker::v1::ListDatasetVersionsResponse reply;
  RETURN_IF_ERROR(
      context.platform.Call(&DatasetService::Stub::ListDatasetVersions, context.platform.datasets(), request, &reply));
  if (reply.dataset_versions().empty()) return std::optional<tracker::v1::DatasetVersion>();
  tracker::v1::GetDatasetVersionRequest get;
  get.set_dataset_version_id(reply.dataset_versions(0).dataset_version_id());
  tracker::v1::DatasetVersion version;
  RETURN_IF_ERROR(context.platform.Call(&DatasetService::Stub::GetDatasetVersion, context.platform.datasets(), get, &version));
  return std::optional(std::move(version));
}

// A rule as a report has it, without what became of it.
nlohmann::json WithoutResult(nlohmann::json rule) {
  for (const char* key : {"passed", "checked", "failed", "message", "examples"}) rule.erase(key);
  return rule;
}

absl::StatusOr<nlohmann::json> RulesOf(const tracker::v1::DatasetVersion& version) {
  ASSIGN_OR_RETURN(const nlohmann::json report, rpc::ToJson(version.validation(), "validation"));
  nlohmann::json rules = nlohmann::json::array();
  const auto checked = report.find("rules");
  if (checked != report.end() && checked->is_array() && !checked->empty()) {
    for (const nlohmann::json& rule : *checked) rules.push_back(WithoutResult(rule));
    return rules;
  }
  return report.value("inferred", rules);
}

absl::StatusOr<std::vector<learn::Rule>> ReadRules(const nlohmann::json& validation,
                                                   const std::optional<tracker::v1::DatasetVersion>& previous) {
  if (validation.is_null()) return std::vector<learn::Rule>();
  if (!validation.is_object())
    return absl::InvalidArgumentError("with.validation must be an object: {rules: [...]} or {rules: previous}");
  SpecReader spec(validation, "with.validation");
  const nlohmann::json rules = spec.Any("rules");
  RETURN_IF_ERROR(spec.Finish());
  if (rules == "previous") {
    if (!previous) return std::vector<learn::Rule>();  // the first version has nothing to keep to
    ASSIGN_OR_RETURN(const nlohmann::json before, RulesOf(*previous));
    return learn::ParseRules(before, absl::StrCat("the rules of version ", previous->version()));
  }
  return learn::ParseRules(rules, "with.validation.rules");
}

std::vector<std::string> WarningsOf(const NewDataset& dataset, const std::vector<learn::RuleResult>& results,
                                    const learn::CheckContext& check) {
  std::vector<std::string> warnings = dataset.warnings;
  for (const learn::RuleResult& result : results) {
    if (!result.passed && result.rule.severity == learn::Severity::kWarning) warnings.push_back(learn::FailureOf(result, check));
  }
  return warnings;
}

}  // namespace

absl::StatusOr<nlohmann::json> StoreDataset(const NewDataset& dataset, TaskContext& context) {
  RETURN_IF_ERROR(context.lease.EnsureHeld());
  context.lease.SetProgress(0, 0, "", "checking the rows");
  const learn::Table& table = dataset.table;
  ASSIGN_OR_RETURN(const std::optional<tracker::v1::DatasetVersion> previous, FindPrevious(dataset.name, context));
  ASSIGN_OR_RETURN(const std::vector<learn::Rule> rules, ReadRules(dataset.validation, previous));
  learn::CheckContext check{.describe_row = dataset.describe_row};
  if (previous) check.previous_rows = static_cast<std::size_t>(previous->row_count());
  const std::vector<learn::RuleResult> results = learn::CheckRules(rules, table, check);
  RETURN_IF_ERROR(learn::RefusalOf(results, check));

  std::string content_hash;
  std::vector<learn::Rule> inferred;
  std::future<void> beside = std::async(std::launch::async, [&] {
    content_hash = table.ContentHash();
    inferred = learn::InferRules(table);
  });
  const nlohmann::json statistics = table.Statistics();
  beside.get();
  const nlohmann::json report = learn::ReportJson(results, inferred, check);

  context.lease.SetProgress(0, 0, "", "storing the dataset");
  std::filesystem::path file = dataset.file;
  if (file.empty()) {
    file = context.folder / "dataset.mwt";
    RETURN_IF_ERROR(table.Save(file));
  }
  ASSIGN_OR_RETURN(const auto mapped, learn::MapFile(file));
  const absl::string_view bytes(mapped.first.data(), mapped.first.size());
  ASSIGN_OR_RETURN(const tracker::v1::Blob blob, context.platform.UploadBlob(bytes, absl::StrCat(dataset.name, ".mwt")));
  tracker::v1::CreateDatasetVersionRequest request;
  request.set_name(dataset.name);
  request.set_sha256(blob.sha256());
  request.set_content_hash(content_hash);
  request.set_row_count(static_cast<std::int64_t>(table.rows()));
  *request.mutable_schema() = rpc::ToStruct({{"columns", learn::SchemaToJson(table.schema())}});
  *request.mutable_statistics() = rpc::ToStruct({{"columns", statistics}});
  nlohmann::json origin = dataset.origin;
  if (!dataset.warnings.empty()) origin["warnings"] = dataset.warnings;
  *request.mutable_origin() = rpc::ToStruct(origin);
  *request.mutable_validation() = rpc::ToStruct(report);
  tracker::v1::DatasetVersion version;
  RETURN_IF_ERROR(context.Write(&DatasetService::Stub::CreateDatasetVersion, context.platform.datasets(), request, &version));
  return nlohmann::json{{"dataset_version_id", version.dataset_version_id()},
                        {"dataset", dataset.name},
                        {"version", version.version()},
                        {"rows", table.rows()},
                        {"assets", CountAssets(table)},
                        {"content_hash", version.content_hash()},
                        {"warnings", WarningsOf(dataset, results, check)}};
}

absl::StatusOr<LoadedDataset> LoadDataset(const std::string& dataset_version_id, TaskContext& context) {
  LoadedDataset loaded;
  tracker::v1::GetDatasetVersionRequest request;
  request.set_dataset_version_id(dataset_version_id);
  RETURN_IF_ERROR(
      context.platform.Call(&DatasetService::Stub::GetDatasetVersion, context.platform.datasets(), request, &loaded.version));
  const std::filesystem::path file = context.folder / loaded.version.blob().sha256();
  if (!std::filesystem::exists(file)) RETURN_IF_ERROR(context.platform.DownloadBlob(loaded.version.blob().sha256(), file));
  ASSIGN_OR_RETURN(loaded.table, learn::Table::Load(file));
  return loaded;
}

}  // namespace millwright::trainer
