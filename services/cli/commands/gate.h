#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/commands/unary_command.h"
#include "millwright/registry/v1/registry.pb.h"

namespace millwright::cli {

struct GateOptions {
  std::string model;
  std::string stage = "production";
  std::vector<std::string> rules;  // as ReadGateRule takes them
  int approvals = 0;
  std::string approver = "engineer";  // least role of who approves
  bool not_author = false;
  std::vector<std::string> checks;
};

/// "rmse<=14.5", "auc>=0.9": a bound; "rmse<=production", "auc>=production": no worse than what is in Production now.
/// InvalidArgument says how a rule is written.
absl::StatusOr<registry::v1::GateRule> ReadGateRule(const std::string& text);

/// The request of `millwright models set-gate`. InvalidArgument for what cannot be read.
absl::StatusOr<registry::v1::SetGateRequest> GateRequest(const GateOptions& options);

/// `millwright models set-gate`: replaces the whole gate of a stage and shows it.
int SetGate(const GateOptions& options, const Session& session);

}  // namespace millwright::cli
