#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/pg/database.h"

namespace millwright::pg {

/// A real PostgreSQL for tests: one private cluster per test process (under a temporary folder, on a unix socket, as an
/// unprivileged user, fsync off), and a database of its own for every test.
/// Derive, and name the migrations in the constructor: `FooTest() : DatabaseTest({{"tracker", tracker::migrations()}}) {}`.
/// Without PostgreSQL's programs SetUp skips the test with the reason (a SetUp of your own calls this one first).
class DatabaseTest : public testing::Test {
 public:
  using Migrations = std::vector<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>>;

 protected:
  explicit DatabaseTest(Migrations migrations = {});
  ~DatabaseTest() override;
  void SetUp() override;

  Database& db() { return *database_; }
  const std::string& url() const { return url_; }
  /// Stops and starts the server that the test runs on, as an outage would.
  static void StopServer();
  static void StartServer();

 private:
  std::string url_;
  std::unique_ptr<Database> database_;
};

}  // namespace millwright::pg
