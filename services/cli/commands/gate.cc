#include "cli/commands/gate.h"

#include <cmath>
#include <cstdio>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/door.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/client.h"
#include "millwright/registry/v1/registry.grpc.pb.h"

namespace millwright::cli {
namespace {

absl::StatusOr<registry::v1::Gate> Send(const registry::v1::SetGateRequest& request, const Session& session) {
  ASSIGN_OR_RETURN(const Home home, Home::Find(session.home));
  ASSIGN_OR_RETURN(const Door door, Door::Open(home, session.address, session.token));
  const auto stub = registry::v1::RegistryService::NewStub(door.channel());
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Seconds(60));
  registry::v1::Gate gate;
  RETURN_IF_ERROR(door.Explain(stub->SetGate(&context, request, &gate)));
  return gate;
}

}  // namespace

absl::StatusOr<registry::v1::GateRule> ReadGateRule(const std::string& text) {
  const auto wrong = [&] {
    return absl::InvalidArgumentError(absl::StrCat("--rule ", text,
                                                   ": write METRIC<=BOUND or METRIC>=BOUND, where BOUND is a number, or the word "
                                                   "production or production-interval, such as rmse<=14.5"));
  };
  // The last one: a metric's name may hold either sign.
  const std::size_t less = text.rfind("<=");
  const std::size_t more = text.rfind(">=");
  if (less == std::string::npos && more == std::string::npos) return wrong();
  const bool is_less = more == std::string::npos || (less != std::string::npos && less > more);
  const std::size_t at = is_less ? less : more;
  registry::v1::GateRule rule;
  rule.set_metric(std::string(absl::StripAsciiWhitespace(text.substr(0, at))));
  rule.set_direction(is_less ? registry::v1::DIRECTION_MINIMIZE : registry::v1::DIRECTION_MAXIMIZE);
  const std::string bound(absl::StripAsciiWhitespace(text.substr(at + 2)));
  if (rule.metric().empty() || bound.empty()) return wrong();
  if (bound == "production" || bound == "production-interval") {
    rule.set_no_worse_than_production(true);
    rule.set_within_interval(bound == "production-interval");
    return rule;
  }
  double value = 0;
  if (!absl::SimpleAtod(bound, &value) || !std::isfinite(value)) return wrong();
  rule.set_bound(value);
  return rule;
}

absl::StatusOr<registry::v1::SetGateRequest> GateRequest(const GateOptions& options) {
  registry::v1::SetGateRequest request;
  request.set_name(options.model);
  RETURN_IF_ERROR(SetField(request, "stage", "--stage", options.stage));
  for (const std::string& text : options.rules) {
    ASSIGN_OR_RETURN(*request.add_rules(), ReadGateRule(text));
  }
  registry::v1::ApprovalRule& approvals = *request.mutable_approvals();
  approvals.set_count(options.approvals);
  RETURN_IF_ERROR(SetField(approvals, "least_role", "--approver", options.approver));
  approvals.set_not_author(options.not_author);
  request.mutable_checks()->Assign(options.checks.begin(), options.checks.end());
  return request;
}

int SetGate(const GateOptions& options, const Session& session) {
  const absl::StatusOr<registry::v1::SetGateRequest> request = GateRequest(options);
  if (!request.ok()) {
    Report(request.status());
    return kUsage;
  }
  const absl::StatusOr<registry::v1::Gate> gate = Send(*request, session);
  if (!gate.ok()) return Report(gate.status());
  std::fputs(Show(*gate, session.format).c_str(), stdout);
  return kOk;
}

}  // namespace millwright::cli
