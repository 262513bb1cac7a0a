#include "lib/pg/status.h"

#include <pqxx/pqxx>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace millwright::pg {
namespace {

// The first line of the server's text without its severity word.
std::string FirstLine(const std::exception& error) {
  absl::string_view text = error.what();
  text = text.substr(0, text.find('\n'));
  for (const char* severity : {"ERROR:", "FATAL:", "PANIC:"}) absl::ConsumePrefix(&text, severity);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return std::string(text);
}

absl::StatusCode CodeOfState(absl::string_view state) {
  struct Known {
    const char* prefix;
    absl::StatusCode code;
  };
  // Longer prefixes before the classes that hold them.
  static constexpr Known kKnown[] = {
      {"23505", absl::StatusCode::kAlreadyExists},
      {"23503", absl::StatusCode::kNotFound},
      {"23P01", absl::StatusCode::kAlreadyExists},
      {"23", absl::StatusCode::kInvalidArgument},
      {"22", absl::StatusCode::kInvalidArgument},
      {"40", absl::StatusCode::kAborted},
      {"55P03", absl::StatusCode::kAborted},
      {"53300", absl::StatusCode::kUnavailable},
      {"53", absl::StatusCode::kResourceExhausted},
      {"54", absl::StatusCode::kResourceExhausted},
      {"57014", absl::StatusCode::kDeadlineExceeded},
      {"57P", absl::StatusCode::kUnavailable},
      {"25006", absl::StatusCode::kUnavailable},
      {"25P03", absl::StatusCode::kUnavailable},
      {"08", absl::StatusCode::kUnavailable},
      {"58", absl::StatusCode::kUnavailable},
      {"P0001", absl::StatusCode::kFailedPrecondition},
  };
  for (const Known& known : kKnown) {
    if (absl::StartsWith(state, known.prefix)) return known.code;
  }
  return absl::StatusCode::kInternal;
}

}  // namespace

absl::Status ToStatus(const std::exception& error, const char* statement) {
  const std::string what = absl::StrCat("database: ", statement, ": ", FirstLine(error));
  if (dynamic_cast<const pqxx::broken_connection*>(&error)) return absl::UnavailableError(what);
  if (dynamic_cast<const pqxx::in_doubt_error*>(&error)) {
    return absl::UnavailableError(
        absl::StrCat(what, " (the connection was lost during the commit: it may or may not have happened)"));
  }
  if (dynamic_cast<const pqxx::transaction_rollback*>(&error)) return absl::AbortedError(what);
  if (dynamic_cast<const pqxx::unique_violation*>(&error)) return absl::AlreadyExistsError(what);
  if (dynamic_cast<const pqxx::foreign_key_violation*>(&error)) return absl::NotFoundError(what);
  if (dynamic_cast<const pqxx::plpgsql_raise*>(&error)) return absl::FailedPreconditionError(what);
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error)) return absl::Status(CodeOfState(sql->sqlstate()), what);
  return absl::InternalError(what);
}

bool IsBroken(const std::exception& error) {
  if (dynamic_cast<const pqxx::broken_connection*>(&error) || dynamic_cast<const pqxx::in_doubt_error*>(&error)) return true;
  const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error);
  return sql != nullptr &&
         (absl::StartsWith(sql->sqlstate(), "57P") || absl::StartsWith(sql->sqlstate(), "08") || sql->sqlstate() == "25P03");
}

}  // namespace millwright::pg
