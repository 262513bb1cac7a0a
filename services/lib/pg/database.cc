#include "lib/pg/database.h"

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "lib/pg/connect.h"
#include "lib/pg/status.h"

namespace millwright::pg {

struct Database::Pool {
  using Connection = std::unique_ptr<pqxx::connection>;

  absl::Mutex mutex;
  std::vector<Connection> idle ABSL_GUARDED_BY(mutex);
  int in_use ABSL_GUARDED_BY(mutex) = 0;

  /// One idle connection, or null: the caller connects. Waits while all are in use.
  absl::StatusOr<Connection> Take(const DatabaseOptions& options) {
    const auto has_room = [this, &options]() ABSL_SHARED_LOCKS_REQUIRED(mutex) { return in_use < options.pool_size; };
    absl::MutexLock lock(&mutex);
    if (!mutex.AwaitWithTimeout(absl::Condition(&has_room), options.acquire_timeout)) {
      return absl::ResourceExhaustedError(absl::StrCat("all ", options.pool_size, " database connections were busy for ",
                                                       absl::FormatDuration(options.acquire_timeout)));
    }
    ++in_use;
    if (idle.empty()) return Connection();
    Connection connection = std::move(idle.back());
    idle.pop_back();
    return connection;
  }

  void Give(Connection connection) {
    absl::MutexLock lock(&mutex);
    --in_use;
    if (connection && connection->is_open()) idle.push_back(std::move(connection));
  }

  /// After one connection was found dead the others most likely are too.
  void DropIdle() {
    std::vector<Connection> dead;
    absl::MutexLock lock(&mutex);
    dead.swap(idle);
  }
};

Database::Database(DatabaseOptions options) : options_(std::move(options)), pool_(std::make_unique<Pool>()) {}
Database::~Database() = default;

absl::Status Database::TransactOnce(const Body& body, pqxx::connection& connection, Retry& retry) {
  retry = Retry::kNo;
  const char* step = "begin";
  try {
    pqxx::work work(connection);
    Tx tx(work);
    absl::Status status = body(tx);
    // A statement that failed has undone the transaction, whatever the body made of it.
    if (status.ok() && !tx.failure_.ok()) status = tx.failure_;
    if (!status.ok()) {
      if (tx.is_broken_) retry = Retry::kFreshConnection;
      if (absl::IsAborted(tx.failure_)) retry = Retry::kSameConnection;
      if (!tx.is_broken_) work.abort();
      return status;
    }
    step = "commit";
    work.commit();
    return absl::OkStatus();
  } catch (const std::exception& error) {
    const absl::Status status = ToStatus(error, step);
    if (absl::IsAborted(status)) retry = Retry::kSameConnection;
    // After a commit whose answer was lost nobody knows: only what failed before it may run again.
    if (IsBroken(error) && step[0] == 'b') retry = Retry::kFreshConnection;
    return status;
  }
}

absl::Status Database::TransactImpl(const Body& body) {
  return Try([&](pqxx::connection& connection, Retry& retry) { return TransactOnce(body, connection, retry); });
}

absl::Status Database::ReadImpl(const Body& body) {
  return Try([&](pqxx::connection& connection, Retry& retry) {
    retry = Retry::kNo;
    try {
      pqxx::nontransaction work(connection);
      Tx tx(work);
      absl::Status status = body(tx);
      if (status.ok()) status = tx.failure_;
      if (tx.is_broken_) retry = Retry::kFreshConnection;
      if (absl::IsAborted(tx.failure_)) retry = Retry::kSameConnection;
      return status;
    } catch (const std::exception& error) {
      if (IsBroken(error)) retry = Retry::kFreshConnection;
      return ToStatus(error, "read");
    }
  });
}

absl::StatusOr<std::vector<Row>> Database::RunAlone(const Statement& statement, const std::vector<Param>& params) {
  return Read([&](Tx& tx) { return tx.Run(statement, params); });
}

absl::Status Database::Try(const Attempt& attempt_once) {
  constexpr int kAttempts = 4;
  ASSIGN_OR_RETURN(Pool::Connection connection, pool_->Take(options_));
  absl::Status status;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    const bool is_fresh = connection == nullptr;
    if (is_fresh) {
      absl::StatusOr<Pool::Connection> made = Connect(options_);
      status = made.status();
      if (!made.ok()) break;
      connection = *std::move(made);
    }
    Retry retry = Retry::kNo;
    status = attempt_once(*connection, retry);
    if (status.ok()) break;
    if (!connection->is_open() || retry == Retry::kFreshConnection) connection.reset();
    if (retry == Retry::kNo || (retry == Retry::kFreshConnection && is_fresh)) break;
    if (retry == Retry::kFreshConnection) {
      pool_->DropIdle();
    } else {
      absl::SleepFor(absl::Milliseconds(5 * attempt));  // lets the other transaction end
    }
  }
  pool_->Give(std::move(connection));
  return status;
}

}  // namespace millwright::pg
