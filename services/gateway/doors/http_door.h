#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/doors/authenticator.h"
#include "gateway/doors/backend_stream.h"
#include "gateway/doors/backends.h"
#include "gateway/doors/doorkeeper.h"
#include "gateway/doors/exchange.h"
#include "gateway/doors/http_server.h"
#include "gateway/doors/mlflow_dialect.h"
#include "gateway/doors/raw_calls.h"
#include "gateway/doors/request_guard.h"
#include "gateway/doors/route_table.h"
#include "gateway/doors/standard_dialect.h"
#include "gateway/doors/web_files.h"

namespace millwright::gateway {

struct HttpDoorOptions {
  std::vector<std::string> allowed_hosts;  // besides localhost, 127.0.0.1 and [::1]; lower case, without port
  std::size_t max_body_bytes = 16 << 20;
  absl::Duration call_timeout = absl::Seconds(60);
  absl::Duration stream_timeout = absl::Hours(1);
  absl::Duration transfer_timeout = absl::Hours(24);  // of one file; a side that moves nothing is given up much earlier
  bool has_secure_cookie = false;                     // when a proxy in front speaks TLS
  std::string web_folder;                             // of the built page; may be missing
  HttpServerOptions server;
};

/// The HTTP door: REST and JSON over every RPC with a route, sign-in by cookie, /openapi.json, /health, and the web page.
class HttpDoor {
 public:
  HttpDoor(const RouteTable& routes, Authenticator& authenticator, Doorkeeper& doorkeeper, const Backends& backends,
           HttpDoorOptions options);
  ~HttpDoor() { Stop(); }

  /// Listens on host:port; FailedPrecondition when the port is taken.
  absl::Status Start(const std::string& address);
  /// Takes no more requests and waits for the running ones. Idempotent.
  void Stop();
  int port() const { return port_; }

 private:
  httplib::Server::HandlerResponse Guard(const httplib::Request& request, httplib::Response& response);
  /// Reads the body, when there is one, and answers.
  void Handle(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader* reader);
  /// Whether the request's body is streamed to a service, and so may be of any size.
  bool IsRawUpload(const httplib::Request& request) const;
  absl::Status ReadBody(const httplib::Request& request, const httplib::ContentReader* reader, std::string* body) const;
  /// MLflow reads the fields of a GET without a query from a JSON body, if there is one.
  void ReadBodyOfGet(const httplib::Request& request, std::string* body) const;
  void RefuseBody(const Exchange& exchange, const absl::Status& status);
  /// What is no route: pages and the door's own documents; false when it is none of these either.
  bool HandlePlain(Exchange& exchange);
  absl::Status Call(Exchange& exchange, const RouteMatch& match, const httplib::ContentReader* reader);
  absl::StatusOr<std::optional<Identity>> Identify(const Exchange& exchange);
  absl::Status CallUnaryRpc(Exchange& exchange, const Visit& visit, const Dialect& dialect, const std::string& request);
  absl::Status CallStreamingRpc(Exchange& exchange, const Visit& visit, const std::string& request);
  void AnswerStream(Exchange& exchange, Visit visit, std::shared_ptr<BackendStream> stream, std::string first);
  /// Whether who opened a stream may still read it.
  absl::Status CheckStillAllowed(const Credentials& credentials, const auth::Caller& caller);
  const Dialect& DialectOf(const std::string& path) const;
  void ServePage(Exchange& exchange, const std::string& path);

  const RouteTable& routes_;
  Authenticator& authenticator_;
  Doorkeeper& doorkeeper_;
  const Backends& backends_;
  const HttpDoorOptions options_;
  const std::string openapi_;
  const StandardDialect standard_;
  const MlflowDialect mlflow_;
  RawCalls raw_;
  WebFiles web_;
  HttpServer server_;
  std::thread thread_;
  int port_ = 0;
};

}  // namespace millwright::gateway
