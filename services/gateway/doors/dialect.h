#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/doors/exchange.h"
#include "gateway/doors/route_table.h"

namespace millwright::gateway {

/// A request as the service takes it.
struct CallRequest {
  std::string bytes;     // of the RPC's request message
  std::string resource;  // the field that the access rule names, for the audit log; "" for an RPC that is not audited
};

/// How one family of routes reads requests and writes answers and errors. Immutable, so thread-safe.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// The request of a matched route; the status of one that does not read.
  virtual absl::StatusOr<CallRequest> Read(const RouteMatch& match, const Exchange& exchange, const std::string& body) const = 0;
  /// Sets the body of a unary answer from the message's bytes.
  virtual absl::Status Write(const Method& method, absl::string_view bytes, httplib::Response& response) const = 0;
  /// Sets status code and body for an error, by its code or rpc::ErrorCodeOf.
  virtual void Refuse(const absl::Status& status, const std::string& request_id, httplib::Response& response) const = 0;
  /// A request for which there is no route; `allowed`: the verbs that the path has, "" for none.
  virtual void RefuseRoute(const Exchange& exchange, const std::string& allowed) const = 0;
};

}  // namespace millwright::gateway
