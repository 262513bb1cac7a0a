#include "trainer-worker/tasks/joins.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/learn/table/joins.h"
#include "lib/learn/table/labels.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/upload.h"

namespace millwright::trainer {
namespace {

std::string RoleColumn(const learn::Table& table, learn::ColumnRole role) {
  const learn::Column* column = table.FindRole(role);
  return column == nullptr ? "" : column->spec.name;
}

// An uploaded table whose columns `asset` and, when it is not empty, `time` have those roles.
absl::StatusOr<learn::Table> ReadSideTable(const nlohmann::json& file, const nlohmann::json& format, const std::string& asset,
                                           const std::string& time, const std::string& path, TaskContext& context) {
  ASSIGN_OR_RETURN(learn::CsvOptions options, learn::ParseCsvOptions(format));
  if (!asset.empty()) options.roles[asset] = learn::ColumnRole::kAsset;
  if (!time.empty()) options.roles[time] = learn::ColumnRole::kTime;
  options.duplicates = learn::DuplicateRows::kKeep;  // two events may come at one time
  ASSIGN_OR_RETURN(learn::CsvDataset dataset, ReadUploads(file, options, path, context));
  return std::move(dataset.table);
}

// "3 of 7 events mark no row: …"; empty when each marks one.
std::string Describe(const learn::UnmarkedEvents& unmarked, std::size_t events) {
  std::vector<std::string> parts;
  if (unmarked.beyond > 0) {
    parts.push_back(absl::StrCat(unmarked.beyond, " too long after the last row of their asset before them (", unmarked.example,
                                 "; reach says how long is allowed)"));
  }
  if (unmarked.before > 0) parts.push_back(absl::StrCat(unmarked.before, " before the first row of their asset"));
  if (unmarked.strangers > 0) parts.push_back(absl::StrCat(unmarked.strangers, " of assets that the samples do not have"));
  if (parts.empty()) return "";
  return absl::StrCat(unmarked.beyond + unmarked.before + unmarked.strangers, " of ", events,
                      " events mark no row: ", absl::StrJoin(parts, "; "));
}

absl::Status JoinOneEventTable(learn::Table& samples, const nlohmann::json& item, const std::string& path,
                               const EventSource& source, TaskContext& context, std::vector<std::string>& warnings) {
  SpecReader spec(item, path);
  const nlohmann::json file = spec.Any("file");
  const std::string of = spec.Text("of", "");
  const nlohmann::json format = spec.Parsed("format");
  const std::string asset = spec.Text("asset", "");
  const std::string time = spec.Text("time", "");
  learn::EventJoin join{.name = spec.Text("name"),
                        .kind = spec.Text("kind", of.empty() ? "" : "code"),
                        .kinds = spec.Texts("kinds"),
                        .age = spec.Bool("age", true),
                        .horizons = spec.Numbers("counts")};
  const std::string label = spec.Text("label", "");
  std::optional<double> reach;
  if (spec.Has("reach")) reach = spec.Number("reach", 0, 0, std::numeric_limits<double>::max());
  RETURN_IF_ERROR(spec.Finish());
  if (file.is_null() == of.empty())
    return absl::InvalidArgumentError(
        absl::StrCat(path, " must have either file, an uploaded table, or of: failure or maintenance"));
  if (!of.empty() && source == nullptr)
    return absl::InvalidArgumentError(absl::StrCat(path, ".of: only build_dataset reads the platform's own events; name a file"));
  for (const double horizon : join.horizons) {
    if (!(horizon > 0)) return absl::InvalidArgumentError(absl::StrCat(path, ".counts has ", horizon, "; a horizon is above 0"));
  }
  ASSIGN_OR_RETURN(const learn::Table events,
                   of.empty() ? ReadSideTable(file, format, asset, time, absl::StrCat(path, ".file"), context) : source(of));
  if (join.age || !join.horizons.empty()) RETURN_IF_ERROR(learn::JoinEvents(samples, events, join));
  if (label.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<learn::AssetEvent> chosen, learn::ChooseEvents(samples, events, join));
  ASSIGN_OR_RETURN(learn::UnmarkedEvents unmarked,
                   learn::AddEventLabel(samples, RoleColumn(samples, learn::ColumnRole::kAsset),
                                        RoleColumn(samples, learn::ColumnRole::kTime), chosen, label, reach));
  if (!of.empty()) unmarked.before = 0;  // the platform's events are asked for from the begin of time
  const std::string missed = Describe(unmarked, chosen.size());
  if (!missed.empty()) warnings.push_back(absl::StrCat(path, ": label ", label, ": ", missed));
  return absl::OkStatus();
}

absl::Status JoinOneStaticTable(learn::Table& samples, const nlohmann::json& item, const std::string& path,
                                TaskContext& context) {
  SpecReader spec(item, path);
  const nlohmann::json file = spec.Object("file");
  const nlohmann::json format = spec.Parsed("format");
  const std::string asset = spec.Text("asset", "");
  RETURN_IF_ERROR(spec.Finish());
  ASSIGN_OR_RETURN(const learn::Table assets, ReadSideTable(file, format, asset, "", absl::StrCat(path, ".file"), context));
  return learn::JoinStatic(samples, assets);
}

// One object stands for a list of one.
absl::StatusOr<nlohmann::json> ListOf(const nlohmann::json& value, const std::string& path) {
  if (value.is_null()) return nlohmann::json::array();
  if (value.is_object()) return nlohmann::json::array({value});
  const bool is_list = value.is_array() && value.size() <= 100 &&
                       std::all_of(value.begin(), value.end(), [](const nlohmann::json& item) { return item.is_object(); });
  if (is_list) return value;
  return absl::InvalidArgumentError(absl::StrCat(path, " must be a list of at most 100 objects"));
}

absl::Status In(const std::string& path, const absl::Status& status) {
  if (status.ok() || absl::StrContains(status.message(), path)) return status;
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> JoinTables(learn::Table& samples, const nlohmann::json& events,
                                                    const nlohmann::json& statics, const EventSource& source,
                                                    TaskContext& context) {
  std::vector<std::string> warnings;
  ASSIGN_OR_RETURN(const nlohmann::json event_tables, ListOf(events, "with.events"));
  for (std::size_t i = 0; i < event_tables.size(); ++i) {
    const std::string path = absl::StrCat("with.events[", i, "]");
    RETURN_IF_ERROR(In(path, JoinOneEventTable(samples, event_tables[i], path, source, context, warnings)));
  }
  ASSIGN_OR_RETURN(const nlohmann::json static_tables, ListOf(statics, "with.static"));
  for (std::size_t i = 0; i < static_tables.size(); ++i) {
    const std::string path = absl::StrCat("with.static[", i, "]");
    RETURN_IF_ERROR(In(path, JoinOneStaticTable(samples, static_tables[i], path, context)));
  }
  return warnings;
}

}  // namespace millwright::trainer
