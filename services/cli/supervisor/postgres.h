#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/supervisor/home.h"
#include "cli/supervisor/process.h"

namespace millwright::cli {

/// The private PostgreSQL cluster of a data folder: <home>/pg, reached through a unix socket only.
class PostgresCluster {
 public:
  /// Finds Debian's PostgreSQL 15 and the account to run it as: `postgres` when we are root (PostgreSQL refuses root), else
  /// ourselves.
  static absl::StatusOr<PostgresCluster> Find(const Home& home);

  /// Makes the cluster when there is none. Interrupted half-way it leaves nothing that a later call would take for a cluster.
  absl::Status MakeIfAbsent() const;
  bool Exists() const;
  /// What serves the cluster; SIGINT stops it fast and cleanly.
  Program Server() const;
  /// The address of its database `millwright`, with the password.
  absl::StatusOr<std::string> Url() const;

 private:
  PostgresCluster(Home home, std::optional<Account> account) : home_(std::move(home)), account_(std::move(account)) {}
  absl::Status Own(const std::string& path) const;
  absl::Status Run(const std::string& program, const std::vector<std::string>& arguments, const std::string& input) const;

  Home home_;
  std::optional<Account> account_;
};

/// Whether a server at `url` accepts connections.
bool AnswersPing(const std::string& url);
/// Connects once: OK, or what is wrong (without the password).
absl::Status TryConnect(const std::string& url);

}  // namespace millwright::cli
