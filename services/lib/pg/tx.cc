#include <pqxx/tablewriter>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/pg/database.h"
#include "lib/pg/status.h"

namespace millwright::pg {
namespace {

absl::StatusOr<pqxx::result> Answer(pqxx::transaction_base& work, const Statement& statement, const std::vector<Param>& params) {
  if (params.empty()) return work.exec(statement.sql);  // may hold several statements, as migrations do
  std::vector<const char*> texts;
  texts.reserve(params.size());
  for (std::size_t i = 0; i < params.size(); ++i) {
    const std::optional<std::string>& text = params[i].text();
    if (text && text->find('\0') != std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("a text with a NUL character cannot be stored (", statement.name, ", parameter ", i + 1, ")"));
    }
    texts.push_back(text ? text->c_str() : nullptr);
  }
  if (statement.plan == Plan::kPrepared) {
    const std::string name = absl::StrCat(statement.name, "_", absl::Hex(reinterpret_cast<std::uintptr_t>(statement.sql)));
    work.conn().prepare(name, statement.sql);  // the server hears of it once
    return work.exec_prepared(name, pqxx::prepare::make_dynamic_params(texts));
  }
  return work.exec_params(statement.sql, pqxx::prepare::make_dynamic_params(texts));
}

void AppendEscaped(std::string& line, absl::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        line += "\\\\";
        break;
      case '\n':
        line += "\\n";
        break;
      case '\r':
        line += "\\r";
        break;
      case '\t':
        line += "\\t";
        break;
      default:
        line += c;
    }
  }
}

}  // namespace

absl::Status Tx::Guard(const char* statement, const std::function<void()>& run) {
  if (!failure_.ok()) return failure_;
  try {
    run();
    return absl::OkStatus();
  } catch (const std::exception& error) {
    failure_ = ToStatus(error, statement);
    is_broken_ = IsBroken(error);
    return failure_;
  }
}

absl::StatusOr<std::vector<Row>> Tx::Run(const Statement& statement, const std::vector<Param>& params) {
  absl::StatusOr<pqxx::result> result;
  RETURN_IF_ERROR(Guard(statement.name, [&] { result = Answer(work_, statement, params); }));
  RETURN_IF_ERROR(result.status());
  return Row::Of(*result);
}

absl::StatusOr<Row> Tx::RunOne(const Statement& statement, const std::vector<Param>& params) {
  ASSIGN_OR_RETURN(std::vector<Row> rows, Run(statement, params));
  if (rows.size() != 1)
    return absl::InternalError(absl::StrCat("statement ", statement.name, " gave ", rows.size(), " rows, not one"));
  return std::move(rows.front());
}

absl::StatusOr<std::optional<Row>> Tx::RunZeroOrOne(const Statement& statement, const std::vector<Param>& params) {
  ASSIGN_OR_RETURN(std::vector<Row> rows, Run(statement, params));
  if (rows.empty()) return std::optional<Row>();
  if (rows.size() > 1)
    return absl::InternalError(absl::StrCat("statement ", statement.name, " gave ", rows.size(), " rows, not one"));
  return std::optional<Row>(std::move(rows.front()));
}

absl::StatusOr<std::int64_t> Tx::RunExecute(const Statement& statement, const std::vector<Param>& params) {
  absl::StatusOr<pqxx::result> result;
  RETURN_IF_ERROR(Guard(statement.name, [&] { result = Answer(work_, statement, params); }));
  RETURN_IF_ERROR(result.status());
  return static_cast<std::int64_t>(result->affected_rows());
}

absl::Status Tx::Copy(const char* table, const std::vector<std::string>& columns, const std::vector<std::vector<Param>>& rows) {
  std::vector<std::string> lines;
  lines.reserve(rows.size());
  for (const std::vector<Param>& row : rows) {
    std::string line;
    for (const Param& field : row) {
      if (&field != &row.front()) line += '\t';
      if (!field.text()) {
        line += "\\N";
        continue;
      }
      if (field.text()->find('\0') != std::string::npos) {
        return absl::InvalidArgumentError(absl::StrCat("a text with a NUL character cannot be stored (copy into ", table, ")"));
      }
      AppendEscaped(line, *field.text());
    }
    lines.push_back(std::move(line));
  }
  return CopyLines(table, columns, lines);
}

absl::Status Tx::CopyLines(const char* table, const std::vector<std::string>& columns, const std::vector<std::string>& lines) {
  if (lines.empty()) return absl::OkStatus();
  return Guard(table, [&] {
  // The deprecated class is the one whose raw lines are public: its successor formats each field by itself.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    pqxx::tablewriter copy(work_, table, columns.begin(), columns.end());
#pragma GCC diagnostic pop
    for (const std::string& line : lines) copy.write_raw_line(line);
    copy.complete();
  });
}

}  // namespace millwright::pg
