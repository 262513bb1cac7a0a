#include "absl/strings/str_cat.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "lib/learn/features/target.h"
#include "lib/learn/table/byte_source.h"
#include "lib/learn/table/csv.h"
#include "trainer-worker/tasks/dataset.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {
namespace {

// A file as the caller's CLI or browser left it: {"sha256": …, "name": …}.
absl::StatusOr<learn::Table> ReadUpload(const nlohmann::json& file, const nlohmann::json& format, const std::string& key,
                                        TaskContext& context) {
  SpecReader spec(file, absl::StrCat("with.", key));
  const std::string sha256 = spec.Text("sha256");
  const std::string name = spec.Text("name", "file");
  RETURN_IF_ERROR(spec.Finish());
  if (!base::IsSha256Hex(sha256)) {
    return absl::InvalidArgumentError(absl::StrCat("with.", key, ".sha256 must be 64 lower-case hex digits"));
  }
  ASSIGN_OR_RETURN(const learn::CsvOptions options, learn::ParseCsvOptions(format));
  context.lease.SetProgress(0, 0, "", absl::StrCat("reading ", name));
  const std::filesystem::path path = context.folder / sha256;
  RETURN_IF_ERROR(context.platform.DownloadBlob(sha256, path));
  ASSIGN_OR_RETURN(const std::unique_ptr<learn::ByteSource> source, learn::OpenFile(path));
  return learn::ReadCsv(*source, name, options);
}

std::string AssetColumn(const learn::Table& table) {
  const learn::Column* column = table.FindRole(learn::ColumnRole::kAsset);
  return column == nullptr ? "" : column->spec.name;
}

}  // namespace

absl::StatusOr<nlohmann::json> ImportCsv(const nlohmann::json& spec_json, TaskContext& context) {
  SpecReader spec(spec_json);
  const nlohmann::json file = spec.Object("file");
  const nlohmann::json format = spec.ObjectOr("format", nlohmann::json::object());
  const std::string dataset = spec.Text("dataset");
  const nlohmann::json truth = spec.ObjectOr("truth", nullptr);
  RETURN_IF_ERROR(spec.Finish());

  ASSIGN_OR_RETURN(learn::Table table, ReadUpload(file, format, "file", context));
  nlohmann::json origin{{"kind", "csv"}, {"file", file}};
  if (!truth.is_null()) {
    SpecReader reader(truth, "with.truth");
    const nlohmann::json truth_file = reader.Object("file");
    const std::string column = reader.Text("column");
    const nlohmann::json truth_format = reader.ObjectOr("format", {{"delimiter", " "}, {"header", false}});
    RETURN_IF_ERROR(reader.Finish());
    ASSIGN_OR_RETURN(const learn::Table values, ReadUpload(truth_file, truth_format, "truth.file", context));
    RETURN_IF_ERROR(learn::AttachTruth(table, values, AssetColumn(table), column));
    origin["truth"] = truth_file;
  }
  return StoreDataset(table, dataset, origin, context);
}

}  // namespace millwright::trainer
