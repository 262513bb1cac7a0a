#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/base/id.h"
#include "lib/pg/row.h"
#include "lib/pg/statement.h"

namespace millwright::pg {

/// One parameter as the wire has it: text, or NULL. Made from every type that statements take.
class Param {
 public:
  Param(std::nullopt_t) {}                                     // NOLINT: implicit on purpose, as are all of these
  Param(const char* text) : text_(text) {}                     // NOLINT
  Param(std::string text) : text_(std::move(text)) {}          // NOLINT
  Param(absl::string_view text) : text_(std::string(text)) {}  // NOLINT
  template <typename T>
  requires std::is_same_v<T, bool> Param(T value) : text_(value ? "t" : "f") {}  // NOLINT
  template <typename T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) Param(T value) : text_(std::to_string(value)) {}  // NOLINT
  template <typename T>
  requires std::is_floating_point_v<T> Param(T value)
      : text_(DoubleText(static_cast<double>(value))) {}  // NOLINT: shortest text that reads back the same
  Param(absl::Time value);                                // NOLINT: timestamptz
  Param(const nlohmann::json& value);                     // NOLINT: jsonb
  Param(const std::vector<std::string>& values);          // NOLINT: text[]
  Param(const std::vector<std::int64_t>& values);         // NOLINT: bigint[]
  Param(const std::vector<double>& values);               // NOLINT: float8[]
  template <typename Tag>
  Param(const base::Id<Tag>& id) : text_(id.value()) {}  // NOLINT
  template <typename T>
  Param(const std::optional<T>& value) : Param(value ? Param(*value) : Param(std::nullopt)) {}  // NOLINT

  const std::optional<std::string>& text() const { return text_; }

 private:
  static std::string DoubleText(double value);
  std::optional<std::string> text_;
};

/// A bytea parameter.
Param Bytes(absl::string_view raw);
/// A bytea[] parameter.
Param BytesArray(const std::vector<std::string>& raw);

/// One transaction. Lives inside Database::Transact; not thread-safe.
class Tx {
 public:
  template <typename... Args>
  absl::StatusOr<std::vector<Row>> Many(const Statement& statement, Args&&... args) {
    return Run(statement, {Param(std::forward<Args>(args))...});
  }
  /// For a statement that is put together from what a caller asks: `statement.sql` need only live during the call.
  absl::StatusOr<std::vector<Row>> ManyOf(const Statement& statement, const std::vector<Param>& params) {
    return Run(statement, params);
  }
  /// Exactly one row; Internal when it is not.
  template <typename... Args>
  absl::StatusOr<Row> One(const Statement& statement, Args&&... args) {
    return RunOne(statement, {Param(std::forward<Args>(args))...});
  }
  template <typename... Args>
  absl::StatusOr<std::optional<Row>> ZeroOrOne(const Statement& statement, Args&&... args) {
    return RunZeroOrOne(statement, {Param(std::forward<Args>(args))...});
  }
  /// The number of rows that the statement touched.
  template <typename... Args>
  absl::StatusOr<std::int64_t> Execute(const Statement& statement, Args&&... args) {
    return RunExecute(statement, {Param(std::forward<Args>(args))...});
  }
  /// COPY of many rows into `table` (name as in SQL, `schema.table`, a literal of ours) with these columns.
  absl::Status Copy(const char* table, const std::vector<std::string>& columns, const std::vector<std::vector<Param>>& rows);
  /// The same for high rates: each of `lines` is one or more rows in COPY's text format, without the last line end.
  absl::Status CopyLines(const char* table, const std::vector<std::string>& columns, const std::vector<std::string>& lines);

 private:
  friend class Database;
  explicit Tx(pqxx::transaction_base& work) : work_(work) {}
  absl::Status Guard(const char* statement, const std::function<void()>& run);
  absl::StatusOr<std::vector<Row>> Run(const Statement& statement, const std::vector<Param>& params);
  absl::StatusOr<Row> RunOne(const Statement& statement, const std::vector<Param>& params);
  absl::StatusOr<std::optional<Row>> RunZeroOrOne(const Statement& statement, const std::vector<Param>& params);
  absl::StatusOr<std::int64_t> RunExecute(const Statement& statement, const std::vector<Param>& params);
  pqxx::transaction_base& work_;
  absl::Status failure_;  // of the first statement that failed: the server refuses what follows it
  bool is_broken_ = false;
};

struct DatabaseOptions {
  std::string url;                                     // libpq URL or key=value text
  int pool_size = 8;                                   // connections at most; callers wait for a free one up to the acquire time
  absl::Duration acquire_timeout = absl::Seconds(10);  // then RESOURCE_EXHAUSTED
  absl::Duration statement_timeout = absl::Seconds(60);
};

/// A pool of connections. Thread-safe. A broken connection is replaced on its next use; while the server is away calls
/// answer Unavailable at once (within its connect timeout) and work again when it is back.
class Database {
 public:
  explicit Database(DatabaseOptions options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs `body` in one READ COMMITTED transaction: commits when it answers OK, else rolls back. `body` is
  /// `absl::Status(Tx&)` or `absl::StatusOr<T>(Tx&)`. A serialization failure or deadlock is tried again up to 3 times, so
  /// `body` may run more than once and must have no effect outside the database. SQL errors come back as statuses
  /// (pg/status.cc): a unique violation is AlreadyExists, a foreign key NotFound, a check InvalidArgument, a full disk
  /// ResourceExhausted, a lost server Unavailable.
  template <typename F>
  auto Transact(F&& body) -> std::invoke_result_t<F, Tx&> {
    return Collect([this](const Body& run) { return TransactImpl(run); }, body);
  }

  /// The same for reads that need no common snapshot, without the round trips of BEGIN and COMMIT: each statement of `body` sees
  /// what has committed when it begins. `body` must not write.
  template <typename F>
  auto Read(F&& body) -> std::invoke_result_t<F, Tx&> {
    return Collect([this](const Body& run) { return ReadImpl(run); }, body);
  }

  /// One statement as a transaction of its own, without the round trips of BEGIN and COMMIT: committed when it answers OK. It
  /// must be idempotent: when the connection is lost it runs again, though it may have taken effect.
  template <typename... Args>
  absl::StatusOr<std::vector<Row>> RunIdempotent(const Statement& statement, Args&&... args) {
    return RunAlone(statement, {Param(std::forward<Args>(args))...});
  }

  const DatabaseOptions& options() const { return options_; }

 private:
  enum class Retry { kNo, kSameConnection, kFreshConnection };
  using Attempt = std::function<absl::Status(pqxx::connection& connection, Retry& retry)>;
  using Body = std::function<absl::Status(Tx&)>;

  // Runs a body that answers with a status or a StatusOr, and gives its answer.
  template <typename Run, typename F>
  static auto Collect(const Run& run, F&& body) -> std::invoke_result_t<F, Tx&> {
    std::optional<std::invoke_result_t<F, Tx&>> result;
    const absl::Status status = run([&](Tx& tx) -> absl::Status {
      result.emplace(body(tx));
      if constexpr (std::is_same_v<std::invoke_result_t<F, Tx&>, absl::Status>) {
        return *result;
      } else {
        return result->status();
      }
    });
    if (!status.ok()) return status;
    return *std::move(result);
  }

  absl::Status TransactImpl(const Body& body);
  absl::Status ReadImpl(const Body& body);
  absl::Status TransactOnce(const Body& body, pqxx::connection& connection, Retry& retry);
  absl::StatusOr<std::vector<Row>> RunAlone(const Statement& statement, const std::vector<Param>& params);
  absl::Status Try(const Attempt& attempt);
  struct Pool;
  DatabaseOptions options_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace millwright::pg
