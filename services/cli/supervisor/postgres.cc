#include "cli/supervisor/postgres.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/base/files.h"
#include "lib/base/status_macros.h"

namespace millwright::cli {
namespace {

constexpr char kBin[] = "/usr/lib/postgresql/15/bin/";

// The account must be able to enter every folder above the cluster.
absl::Status CheckReachable(const std::string& path, const Account& account) {
  for (std::filesystem::path folder = std::filesystem::path(path).parent_path();; folder = folder.parent_path()) {
    struct stat facts {};
    if (stat(folder.c_str(), &facts) != 0) return base::ErrnoStatus(errno, folder.string());
    bool in_group = facts.st_gid == account.gid;
    for (const gid_t group : account.groups) in_group = in_group || group == facts.st_gid;
    const mode_t needed = facts.st_uid == account.uid ? S_IXUSR : in_group ? S_IXGRP : S_IXOTH;
    if ((facts.st_mode & needed) == 0) {
      return absl::PermissionDeniedError(absl::StrCat("PostgreSQL runs as the account ", account.name, ", which cannot enter ",
                                                      folder.string(), ": allow it with `chmod o+x ", folder.string(),
                                                      "`, or choose another data folder with MILLWRIGHT_HOME"));
    }
    if (folder == folder.root_path()) return absl::OkStatus();
  }
}

}  // namespace

absl::StatusOr<PostgresCluster> PostgresCluster::Find(const Home& home) {
  for (const char* program : {"postgres", "initdb"}) {
    if (access(absl::StrCat(kBin, program).c_str(), X_OK) != 0) {
      return absl::NotFoundError(
          absl::StrCat("the program ", kBin, program,
                       " is missing: install the package postgresql-15, or set MILLWRIGHT_DATABASE_URL to a "
                       "PostgreSQL server of your own"));
    }
  }
  if (geteuid() != 0) return PostgresCluster(home, std::nullopt);
  ASSIGN_OR_RETURN(Account account, FindAccount("postgres"));
  return PostgresCluster(home, std::move(account));
}

bool PostgresCluster::Exists() const { return access(home_.Path("pg/PG_VERSION").c_str(), F_OK) == 0; }

absl::Status PostgresCluster::Own(const std::string& path) const {
  if (account_ && chown(path.c_str(), account_->uid, account_->gid) != 0) {
    return base::ErrnoStatus(errno, absl::StrCat("cannot give ", path, " to ", account_->name));
  }
  return absl::OkStatus();
}

absl::Status PostgresCluster::Run(const std::string& program, const std::vector<std::string>& arguments,
                                  const std::string& input) const {
  const std::string log = home_.Log("postgres-setup");
  const Program run{.path = absl::StrCat(kBin, program),
                    .arguments = arguments,
                    .environment = {"LC_ALL=C.UTF-8"},
                    .log = log,
                    .account = account_,
                    .input = input};
  ASSIGN_OR_RETURN(const ProcessId process, Start(run));
  int status = 0;
  while (waitpid(process.pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(program, " failed (", ExitText(status), "). The last lines of ", log, ":\n", Tail(log, 10)));
}

absl::Status PostgresCluster::MakeIfAbsent() const {
  const std::string sockets = home_.DatabaseSocketFolder();
  if (lchown(sockets.c_str(), geteuid(), getegid()) != 0 && errno != ENOENT) {
    return base::ErrnoStatus(errno, absl::StrCat("cannot own ", sockets));
  }
  RETURN_IF_ERROR(MakeFolder(sockets, 0700));
  RETURN_IF_ERROR(Own(sockets));
  if (account_) RETURN_IF_ERROR(CheckReachable(home_.Path("pg"), *account_));
  if (Exists()) return absl::OkStatus();

  const std::string making = home_.Path("pg.making");
  std::error_code error;
  std::filesystem::remove_all(making, error);
  RETURN_IF_ERROR(MakeFolder(making, 0700));
  ASSIGN_OR_RETURN(const std::string password, base::ReadFile(home_.Secret("postgres.password"), 1024));
  const std::string password_file = absl::StrCat(making, ".password");
  RETURN_IF_ERROR(base::WriteFileAtomically(password_file, password, 0600));
  const auto remover = absl::MakeCleanup([&password_file] { unlink(password_file.c_str()); });
  RETURN_IF_ERROR(Own(password_file));
  RETURN_IF_ERROR(Own(making));
  RETURN_IF_ERROR(Run("initdb",
                      {"--pgdata", making, "--username", "millwright", "--pwfile", password_file, "--auth", "scram-sha-256",
                       "--encoding", "UTF8", "--locale", "C.UTF-8"},
                      ""));
  RETURN_IF_ERROR(Run("postgres", {"--single", "-D", making, "postgres"}, "CREATE DATABASE millwright;\n"));
  if (rename(making.c_str(), home_.Path("pg").c_str()) != 0)
    return base::ErrnoStatus(errno, absl::StrCat("cannot rename ", making));
  return absl::OkStatus();
}

Program PostgresCluster::Server() const {
  return {.path = absl::StrCat(kBin, "postgres"),
          .arguments = {"-D", home_.Path("pg"),
                        "-c", "listen_addresses=",
                        "-c", absl::StrCat("unix_socket_directories=", home_.DatabaseSocketFolder()),
                        "-c", "unix_socket_permissions=0700",
                        "-c", "port=5432",
                        "-c", "max_connections=200",
                        "-c", "shared_buffers=128MB",
                        "-c", "fsync=on",
                        "-c", "timezone=UTC",
                        "-c", "log_timezone=UTC",
                        "-c", "password_encryption=scram-sha-256",
                        "-c", "jit=off",
                        "-c", "max_wal_size=1GB",
                        "-c", "checkpoint_completion_target=0.9",
                        "-c", "log_line_prefix=%m [%p] "},
          .environment = {"LC_ALL=C.UTF-8"},
          .log = home_.Log("postgres"),
          .account = account_};
}

absl::StatusOr<std::string> PostgresCluster::Url() const {
  ASSIGN_OR_RETURN(const std::string password, base::ReadFile(home_.Secret("postgres.password"), 1024));
  const std::string host = absl::StrReplaceAll(
      home_.DatabaseSocketFolder(), {{"%", "%25"}, {"/", "%2F"}, {"&", "%26"}, {" ", "%20"}, {"?", "%3F"}, {"#", "%23"}});
  return absl::StrCat("postgresql://millwright:", absl::StripAsciiWhitespace(password), "@/millwright?host=", host);
}

bool AnswersPing(const std::string& url) {
  // The last of two equal keys counts, so a bound of the caller's own is shortened.
  const char* keys[] = {"dbname", "connect_timeout", nullptr};
  const char* values[] = {url.c_str(), "2", nullptr};
  return PQpingParams(keys, values, 1) == PQPING_OK;
}

absl::Status TryConnect(const std::string& url) {
  const char* keys[] = {"dbname", "connect_timeout", nullptr};
  const char* values[] = {url.c_str(), "5", nullptr};
  PGconn* connection = PQconnectdbParams(keys, values, 1);
  const auto closer = absl::MakeCleanup([connection] { PQfinish(connection); });
  if (PQstatus(connection) != CONNECTION_OK) {
    return absl::UnavailableError(absl::StrCat("the PostgreSQL server of MILLWRIGHT_DATABASE_URL does not accept us: ",
                                               absl::StripAsciiWhitespace(PQerrorMessage(connection)),
                                               ". Start it or correct the address"));
  }
  if (PQserverVersion(connection) < 150000) {
    return absl::FailedPreconditionError(absl::StrCat("the PostgreSQL server of MILLWRIGHT_DATABASE_URL is version ",
                                                      PQserverVersion(connection) / 10000, "; version 15 or newer is needed"));
  }
  return absl::OkStatus();
}

}  // namespace millwright::cli
