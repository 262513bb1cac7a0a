#include "trainer-worker/tasks/dataset.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/convert.h"

namespace millwright::trainer {
namespace {

std::size_t CountAssets(const learn::Table& table) {
  const learn::Column* assets = table.FindRole(learn::ColumnRole::kAsset);
  if (assets == nullptr) return 1;
  return std::set<std::string>(assets->texts.begin(), assets->texts.end()).size();
}

}  // namespace

absl::StatusOr<nlohmann::json> StoreDataset(const learn::Table& table, const std::string& name, const nlohmann::json& origin,
                                            TaskContext& context) {
  RETURN_IF_ERROR(context.lease.EnsureHeld());
  context.lease.SetProgress(0, 0, "", "storing the dataset");
  ASSIGN_OR_RETURN(const tracker::v1::Blob blob, context.platform.UploadBlob(table.ToBytes(), absl::StrCat(name, ".mwt")));
  tracker::v1::CreateDatasetVersionRequest request;
  request.set_name(name);
  request.set_sha256(blob.sha256());
  request.set_content_hash(table.ContentHash());
  request.set_row_count(static_cast<std::int64_t>(table.rows()));
  *request.mutable_schema() = rpc::ToStruct({{"columns", learn::SchemaToJson(table.schema())}});
  *request.mutable_statistics() = rpc::ToStruct({{"columns", table.Statistics()}});
  *request.mutable_origin() = rpc::ToStruct(origin);
  tracker::v1::DatasetVersion version;
  RETURN_IF_ERROR(
      context.Write(&tracker::v1::DatasetService::Stub::CreateDatasetVersion, context.platform.datasets(), request, &version));
  return nlohmann::json{{"dataset_version_id", version.dataset_version_id()},
                        {"dataset", name},
                        {"version", version.version()},
                        {"rows", table.rows()},
                        {"assets", CountAssets(table)},
                        {"content_hash", version.content_hash()}};
}

absl::StatusOr<LoadedDataset> LoadDataset(const std::string& dataset_version_id, TaskContext& context) {
  LoadedDataset loaded;
  tracker::v1::GetDatasetVersionRequest request;
  request.set_dataset_version_id(dataset_version_id);
  RETURN_IF_ERROR(context.platform.Call(&tracker::v1::DatasetService::Stub::GetDatasetVersion, context.platform.datasets(),
                                        request, &loaded.version));
  const std::filesystem::path file = context.folder / loaded.version.blob().sha256();
  if (!std::filesystem::exists(file)) RETURN_IF_ERROR(context.platform.DownloadBlob(loaded.version.blob().sha256(), file));
  ASSIGN_OR_RETURN(loaded.table, learn::Table::Load(file));
  return loaded;
}

}  // namespace millwright::trainer
