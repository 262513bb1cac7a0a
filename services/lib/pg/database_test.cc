#include "lib/pg/database_test.h"

#include <unistd.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/pg/connect.h"
#include "lib/pg/migrate.h"
#include "lib/pg/test_cluster.h"

namespace millwright::pg {
namespace {

TestCluster& Cluster() {
  static TestCluster cluster;
  return cluster;
}

void Command(const std::string& sql) {
  auto connection = Connect({.url = Cluster().Url("postgres")});
  CHECK_OK(connection.status());
  pqxx::nontransaction(**connection).exec0(sql);
}

/// The name of a database with these migrations applied, made once in this process.
const std::string& TemplateOf(const DatabaseTest::Migrations& migrations) {
  static auto* made = new std::map<std::string, std::string>;
  std::string key;
  for (const auto& [schema, files] : migrations) {
    for (const auto& [name, sql] : files) absl::StrAppend(&key, schema, "/", name, "\n", sql, "\n");
  }
  std::string& name = (*made)[key];
  if (name.empty()) {
    name = absl::StrCat("template_", ::getpid(), "_", made->size());
    Command(absl::StrCat("CREATE DATABASE ", name));
    Database database({.url = Cluster().Url(name), .pool_size = 1});
    for (const auto& [schema, files] : migrations) CHECK_OK(Migrate(database, schema, files));
  }
  return name;
}

}  // namespace

DatabaseTest::DatabaseTest(Migrations migrations) {
  static int count = 0;
  if (Cluster().missing().empty()) {
    const std::string name = absl::StrCat("test_", ::getpid(), "_", ++count);
    Command(absl::StrCat("CREATE DATABASE ", name, migrations.empty() ? "" : absl::StrCat(" TEMPLATE ", TemplateOf(migrations))));
    url_ = Cluster().Url(name);
  } else {
    url_ = "host=/nonexistent dbname=missing";  // SetUp skips before anything connects
  }
  database_ = std::make_unique<Database>(DatabaseOptions{.url = url_});
}

DatabaseTest::~DatabaseTest() = default;

void DatabaseTest::SetUp() {
  if (!Cluster().missing().empty()) GTEST_SKIP() << Cluster().missing();
}

void DatabaseTest::StopServer() { Cluster().Stop(); }

void DatabaseTest::StartServer() { Cluster().Start(); }

}  // namespace millwright::pg
