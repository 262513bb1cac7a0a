#include "lib/pg/database_test.h"

#include <cstdlib>
#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/sha256.h"
#include "lib/pg/connect.h"
#include "lib/pg/migrate.h"
#include "lib/pg/test_cluster.h"

namespace millwright::pg {
namespace {

const char* OutsideUrl() { return std::getenv("MILLWRIGHT_TEST_DATABASE_URL"); }

TestCluster& Cluster() {
  static TestCluster cluster;
  return cluster;
}

std::string Missing() { return OutsideUrl() ? "" : Cluster().missing(); }

/// Another database of the same server. An outside server's URL is in key=value form or ends with the database's name.
std::string UrlOf(const std::string& database) {
  if (OutsideUrl() == nullptr) return Cluster().Url(database);
  const std::string url = OutsideUrl();
  if (url.rfind("postgres", 0) != 0) return absl::StrCat(url, " dbname=", database);
  return absl::StrCat(url.substr(0, url.find('/', url.find("//") + 2)), "/", database);
}

void Command(const std::string& sql) {
  auto connection = Connect({.url = UrlOf("postgres")});
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
    Database database({.url = UrlOf(name), .pool_size = 1});
    for (const auto& [schema, files] : migrations) CHECK_OK(Migrate(database, schema, files));
  }
  return name;
}

}  // namespace

DatabaseTest::DatabaseTest(Migrations migrations) {
  static int count = 0;
  if (Missing().empty()) {
    const std::string name = absl::StrCat("test_", ::getpid(), "_", ++count);
    Command(absl::StrCat("CREATE DATABASE ", name, migrations.empty() ? "" : absl::StrCat(" TEMPLATE ", TemplateOf(migrations))));
    url_ = UrlOf(name);
  } else {
    url_ = "host=/nonexistent dbname=missing";  // SetUp skips before anything connects
  }
  database_ = std::make_unique<Database>(DatabaseOptions{.url = url_});
}

DatabaseTest::~DatabaseTest() = default;

void DatabaseTest::SetUp() {
  if (!Missing().empty()) GTEST_SKIP() << Missing();
}

void DatabaseTest::StopServer() {
  CHECK(OutsideUrl() == nullptr && "a test that stops the server needs one of its own");
  Cluster().Stop();
}

void DatabaseTest::StartServer() { Cluster().Start(); }

}  // namespace millwright::pg
