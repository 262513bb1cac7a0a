#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/learn/table/csv.h"
#include "lib/learn/table/labels.h"
#include "trainer-worker/tasks/dataset.h"
#include "trainer-worker/tasks/joins.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/task.h"
#include "trainer-worker/tasks/upload.h"

namespace millwright::trainer {
namespace {

std::string AssetColumn(const learn::Table& table) {
  const learn::Column* column = table.FindRole(learn::ColumnRole::kAsset);
  return column == nullptr ? "" : column->spec.name;
}

absl::StatusOr<nlohmann::json> Attach(learn::Table& table, const nlohmann::json& truth, TaskContext& context) {
  SpecReader reader(truth, "with.truth");
  const nlohmann::json file = reader.Object("file");
  const std::string column = reader.Text("column");
  const nlohmann::json format = reader.ObjectOr("format", {{"delimiter", " "}, {"header", false}});
  RETURN_IF_ERROR(reader.Finish());
  ASSIGN_OR_RETURN(const learn::CsvOptions options, learn::ParseCsvOptions(format));
  ASSIGN_OR_RETURN(const learn::CsvDataset values, ReadUploads(file, options, "with.truth.file", context));
  RETURN_IF_ERROR(learn::AttachTruth(table, values.table, AssetColumn(table), column));
  return file;
}

}  // namespace

absl::StatusOr<nlohmann::json> ImportCsv(const nlohmann::json& spec_json, TaskContext& context) {
  SpecReader spec(spec_json);
  const nlohmann::json file = spec.Any("file");
  const nlohmann::json format = spec.Parsed("format");
  NewDataset dataset{.name = spec.Text("dataset")};
  const nlohmann::json truth = spec.ObjectOr("truth", nullptr);
  const nlohmann::json events = spec.Parsed("events");
  const nlohmann::json statics = spec.Parsed("static");
  dataset.validation = spec.Parsed("validation");
  RETURN_IF_ERROR(spec.Finish());

  ASSIGN_OR_RETURN(const learn::CsvOptions options, learn::ParseCsvOptions(format));
  ASSIGN_OR_RETURN(learn::CsvDataset read, ReadUploads(file, options, "with.file", context));
  dataset.table = std::move(read.table);
  dataset.warnings = std::move(read.warnings);
  dataset.origin = {{"kind", "csv"}, {"file", file}};
  if (read.dropped_rows > 0) dataset.origin["dropped_rows"] = read.dropped_rows;
  dataset.describe_row = [&](std::size_t row) { return read.places.Describe(row); };
  const std::size_t columns = dataset.table.columns().size();
  if (!truth.is_null()) {
    ASSIGN_OR_RETURN(dataset.origin["truth"], Attach(dataset.table, truth, context));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> warnings, JoinTables(dataset.table, events, statics, nullptr, context));
  dataset.warnings.insert(dataset.warnings.end(), warnings.begin(), warnings.end());
  if (!events.is_null()) dataset.origin["events"] = events;
  if (!statics.is_null()) dataset.origin["static"] = statics;
  if (dataset.table.columns().size() == columns) dataset.file = TableFile("with.file", context);
  return StoreDataset(dataset, context);
}

}  // namespace millwright::trainer
