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
#include "gateway/doors/http_server.h"
#include "gateway/doors/request_guard.h"
#include "gateway/doors/route_table.h"
#include "gateway/doors/web_files.h"

namespace millwright::gateway {

struct HttpDoorOptions {
  std::vector<std::string> allowed_hosts;  // besides localhost, 127.0.0.1 and [::1]; lower case, without port
  std::size_t max_body_bytes = 16 << 20;
  absl::Duration call_timeout = absl::Seconds(60);
  absl::Duration stream_timeout = absl::Hours(1);
  bool has_secure_cookie = false;  // when a proxy in front speaks TLS
  std::string web_folder;          // of the built page; may be missing
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
  struct Exchange;

  httplib::Server::HandlerResponse Guard(const httplib::Request& request, httplib::Response& response);
  void Handle(const httplib::Request& request, httplib::Response& response, const std::string& body);
  void HandleWithBody(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader& reader);
  absl::Status Call(Exchange& exchange, const RouteMatch& match, const std::string& body);
  absl::StatusOr<std::optional<Identity>> Identify(Exchange& exchange);
  absl::Status AnswerUnary(Exchange& exchange, const Method& method, const std::string& bytes);
  void AnswerStream(Exchange& exchange, Visit visit, std::shared_ptr<BackendStream> stream, std::string first);
  void ServePage(Exchange& exchange, const std::string& path);

  const RouteTable& routes_;
  Authenticator& authenticator_;
  Doorkeeper& doorkeeper_;
  const Backends& backends_;
  const HttpDoorOptions options_;
  const std::string openapi_;
  WebFiles web_;
  HttpServer server_;
  std::thread thread_;
  int port_ = 0;
};

}  // namespace millwright::gateway
