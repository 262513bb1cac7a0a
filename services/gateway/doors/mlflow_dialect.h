#pragma once

#include <string>

#include "gateway/doors/dialect.h"
#include "gateway/doors/message_plan.h"

namespace millwright::gateway {

/// MLflow's JSON as its clients speak it: lenient requests with the server's own messages, errors as {error_code, message}.
class MlflowDialect final : public Dialect {
 public:
  /// `routes` are those it will be asked about.
  explicit MlflowDialect(const RouteTable& routes);

  absl::StatusOr<CallRequest> Read(const RouteMatch& match, const Exchange& exchange, const std::string& body) const override;
  absl::Status Write(const Method& method, absl::string_view bytes, httplib::Response& response) const override;
  void Refuse(const absl::Status& status, const std::string& request_id, httplib::Response& response) const override;
  void RefuseRoute(const Exchange& exchange, const std::string& allowed) const override;

 private:
  MessagePlans plans_;
};

/// Whether a path is one of MLflow's, with or without a route.
bool IsMlflowPath(const std::string& path);

/// What MLflow's server says about itself, by the path; empty for any other.
std::string MlflowDocument(const std::string& path);

}  // namespace millwright::gateway
