#pragma once

#include <string>

#include "gateway/doors/dialect.h"

namespace millwright::gateway {

inline constexpr char kTokenField[] = "session_token";

/// The platform's own JSON: strict requests, errors as {"error": {code, message, request_id}}.
class StandardDialect final : public Dialect {
 public:
  absl::StatusOr<CallRequest> Read(const RouteMatch& match, const Exchange& exchange, const std::string& body) const override;
  absl::Status Write(const Method& method, absl::string_view bytes, httplib::Response& response) const override;
  void Refuse(const absl::Status& status, const std::string& request_id, httplib::Response& response) const override;
  void RefuseRoute(const Exchange& exchange, const std::string& allowed) const override;
};

/// The body of an error.
std::string ErrorBody(const absl::Status& status, const std::string& request_id);
/// An error with another HTTP status than its code's own.
void SetError(httplib::Response& response, int http_status, const absl::Status& status, const std::string& request_id);

}  // namespace millwright::gateway
