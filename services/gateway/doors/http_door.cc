#include "gateway/doors/http_door.h"

#include <google/protobuf/message.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/doors/backend_stream.h"
#include "gateway/doors/json_reader.h"
#include "gateway/doors/json_writer.h"
#include "gateway/doors/openapi.h"
#include "gateway/doors/percent.h"
#include "gateway/http_status.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/status.h"

namespace millwright::gateway {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageFactory;

constexpr char kJson[] = "application/json";
constexpr char kTokenField[] = "session_token";
constexpr char kPagePolicy[] =
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string ErrorBody(grpc::StatusCode code, const std::string& message, const std::string& request_id) {
  return absl::StrCat("{\"error\":{\"code\":\"", CodeName(code), "\",\"message\":", JsonString(message),
                      ",\"request_id\":", JsonString(request_id), "}}");
}

void SetError(httplib::Response& response, int http_status, const absl::Status& status, const std::string& request_id) {
  response.status = http_status;
  response.set_content(ErrorBody(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()), request_id), kJson);
}

// In place of the default one: set_header would add a second.
void ReplaceHeader(httplib::Response& response, const std::string& name, const std::string& value) {
  response.headers.erase(name);
  response.set_header(name, value);
}

bool HasBody(const std::string& method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

// "127.0.0.1:5000" or "[::1]:5000".
absl::StatusOr<std::pair<std::string, int>> SplitAddress(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  int port = -1;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) || port < 0 || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("doors.http_address \"", address, "\" must be host:port"));
  }
  std::string host = address.substr(0, colon);
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]")) host = host.substr(1, host.size() - 2);
  return std::pair(host, port);
}

absl::Status SetQuery(const std::string& query, Message& message) {
  for (const absl::string_view part : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> entry = absl::StrSplit(part, absl::MaxSplits('=', 1));
    ASSIGN_OR_RETURN(const std::string name, PercentDecode(entry.first, /*plus_is_space=*/true));
    const absl::StatusOr<std::string> value = PercentDecode(entry.second, /*plus_is_space=*/true);
    if (!value.ok())
      return absl::Status(value.status().code(), absl::StrCat("field ", name.substr(0, 64), ": ", value.status().message()));
    RETURN_IF_ERROR(SetFromText(name, *value, message));
  }
  return absl::OkStatus();
}

// A field of the path may stand in the body too, with the same value.
absl::Status SetPathField(const std::string& path, const std::string& value, Message& message) {
  const std::string unset = FieldText(*std::unique_ptr<Message>(message.New()), path);
  const std::string before = FieldText(message, path);
  RETURN_IF_ERROR(SetFromText(path, value, message));
  const std::string after = FieldText(message, path);
  if (before != unset && before != after) {
    return absl::InvalidArgumentError(absl::StrCat("field ", path, ": the path says \"", after, "\", the body \"", before, "\""));
  }
  return absl::OkStatus();
}

}  // namespace

/// One HTTP request and its answer.
struct HttpDoor::Exchange {
  const httplib::Request& request;
  httplib::Response& response;
  std::string request_id;
  std::string path;   // raw
  std::string query;  // raw
};

HttpDoor::HttpDoor(const RouteTable& routes, Authenticator& authenticator, Doorkeeper& doorkeeper, const Backends& backends,
                   HttpDoorOptions options)
    : routes_(routes),
      authenticator_(authenticator),
      doorkeeper_(doorkeeper),
      backends_(backends),
      options_(std::move(options)),
      openapi_(OpenApi(routes)),
      web_(options_.web_folder),
      server_(options_.server) {
  server_.set_default_headers({{"X-Content-Type-Options", "nosniff"},
                               {"X-Frame-Options", "DENY"},
                               {"Referrer-Policy", "no-referrer"},
                               {"Cross-Origin-Resource-Policy", "same-origin"},
                               {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
                               {"Cache-Control", "no-store"}});
  server_.set_pre_routing_handler(
      [this](const httplib::Request& request, httplib::Response& response) { return Guard(request, response); });
  server_.set_error_handler([](const httplib::Request& request, httplib::Response& response) {
    if (!response.body.empty()) return;  // ours
    HttpServer::CloseAfterAnswer(request);
    const auto code = response.status == 404   ? grpc::StatusCode::NOT_FOUND
                      : response.status >= 500 ? grpc::StatusCode::INTERNAL
                                               : grpc::StatusCode::INVALID_ARGUMENT;
    response.set_content(ErrorBody(code, "the request is not HTTP that this server understands", ""), kJson);
  });
  server_.set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
    SetError(response, 500, absl::InternalError("unexpected"), "");
  });
  const httplib::Server::Handler plain = [this](const httplib::Request& request, httplib::Response& response) {
    Handle(request, response, "");
  };
  const httplib::Server::HandlerWithContentReader with_body = [this](const httplib::Request& request, httplib::Response& response,
                                                                     const httplib::ContentReader& reader) {
    HandleWithBody(request, response, reader);
  };
  server_.Get("/", plain)
      .Options("/", plain)
      .Post("/", with_body)
      .Put("/", with_body)
      .Patch("/", with_body)
      .Delete("/", with_body);
}

absl::Status HttpDoor::Start(const std::string& address) {
  ASSIGN_OR_RETURN(const auto host_port, SplitAddress(address));
  const auto& [host, port] = host_port;
  port_ = port == 0 ? server_.bind_to_any_port(host) : (server_.bind_to_port(host, port) ? port : -1);
  if (port_ <= 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot listen on ", address,
                     " (doors.http_address): the address is taken or not ours; stop what uses it or choose another"));
  }
  thread_ = std::thread([this] { server_.listen_after_bind(); });
  return absl::OkStatus();
}

void HttpDoor::Stop() {
  if (!thread_.joinable()) return;
  while (!server_.is_running()) std::this_thread::yield();  // stop() before the accept loop would be missed
  server_.stop();
  thread_.join();
}

httplib::Server::HandlerResponse HttpDoor::Guard(const httplib::Request& request, httplib::Response& response) {
  HttpServer::HeaderIsRead();
  // The library's object is not const; it matches req.path by std::regex, whose recursion is as deep as the path is long, and
  // compresses on the fly at brotli's slowest. Routes and compression are ours, so it sees neither.
  auto& mutable_request = const_cast<httplib::Request&>(request);
  mutable_request.path.assign(1, '/');
  const bool takes_gzip = absl::StrContains(request.get_header_value("Accept-Encoding"), "gzip");
  mutable_request.headers.erase("Accept-Encoding");
  mutable_request.headers.erase("Range");
  mutable_request.ranges.clear();
  if (takes_gzip) mutable_request.headers.emplace("Accept-Encoding", "x-page-gzip");

  const std::string request_id = RequestIdOr(request.get_header_value("X-Request-Id"));
  mutable_request.headers.erase("X-Request-Id");
  mutable_request.headers.emplace("X-Request-Id", request_id);
  response.set_header("X-Request-Id", request_id);

  const auto refuse = [&](int http_status, const absl::Status& status) {
    HttpServer::CloseAfterAnswer(request);  // its body was not read
    SetError(response, http_status, status, request_id);
    return httplib::Server::HandlerResponse::Handled;
  };
  const bool is_chunked = request.has_header("Transfer-Encoding");
  if (is_chunked && request.has_header("Content-Length"))
    return refuse(400, absl::InvalidArgumentError("Content-Length and Transfer-Encoding exclude each other"));
  if (request.get_header_value_count("Content-Length") > 1 || request.get_header_value_count("Host") > 1) {
    return refuse(400, absl::InvalidArgumentError("Host and Content-Length may be given once"));
  }
  const bool is_health = request.target == "/health";
  if (const absl::Status status = CheckHost(request.get_header_value("Host"), options_.allowed_hosts);
      !status.ok() && !is_health) {
    return refuse(HttpStatus(grpc::StatusCode::PERMISSION_DENIED), status);
  }
  const RequestSource source{.method = request.method,
                             .host = request.get_header_value("Host"),
                             .origin = request.get_header_value("Origin"),
                             .fetch_site = request.get_header_value("Sec-Fetch-Site"),
                             .has_cookie = absl::StrContains(request.get_header_value("Cookie"), kSessionCookie) &&
                                           !request.has_header("Authorization")};
  if (const absl::Status status = CheckSource(source); !status.ok())
    return refuse(HttpStatus(grpc::StatusCode::PERMISSION_DENIED), status);
  if (request.is_multipart_form_data())
    return refuse(400, absl::InvalidArgumentError("Content-Type: multipart/form-data is not taken; send JSON"));
  std::uint64_t length = 0;
  if (request.has_header("Content-Length")) {
    if (!absl::SimpleAtoi(request.get_header_value("Content-Length"), &length))
      return refuse(400, absl::InvalidArgumentError("Content-Length is not a number"));
    if (length > options_.max_body_bytes) {
      return refuse(413, absl::ResourceExhaustedError(
                             absl::StrCat("the body has ", length, " bytes; at most ", options_.max_body_bytes, " are taken")));
    }
  }
  // The library leaves the body of such a request in the connection.
  const bool is_body_read = HasBody(request.method) || request.method == "DELETE";
  if (!is_body_read && (length > 0 || is_chunked)) HttpServer::CloseAfterAnswer(request);
  return httplib::Server::HandlerResponse::Unhandled;
}

void HttpDoor::HandleWithBody(const httplib::Request& request, httplib::Response& response,
                              const httplib::ContentReader& reader) {
  std::string body;
  bool is_too_large = false;
  // DELETE without a body is not waited for.
  const bool has_body = request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
  const bool is_read = !has_body || reader([&](const char* data, std::size_t size) {
    is_too_large = body.size() + size > options_.max_body_bytes;
    if (!is_too_large) body.append(data, size);
    return !is_too_large;
  });
  if (is_read) return Handle(request, response, body);
  HttpServer::CloseAfterAnswer(request);
  const std::string request_id = request.get_header_value("X-Request-Id");
  if (is_too_large) {
    SetError(response, 413,
             absl::ResourceExhaustedError(
                 absl::StrCat("the body is too large; at most ", options_.max_body_bytes, " bytes are taken")),
             request_id);
  } else {
    SetError(response, 400, absl::InvalidArgumentError("the body ended early or is not encoded as its headers say"), request_id);
  }
}

void HttpDoor::Handle(const httplib::Request& request, httplib::Response& response, const std::string& body) {
  Exchange exchange{
      .request = request, .response = response, .request_id = request.get_header_value("X-Request-Id"), .path = "", .query = ""};
  const std::pair<std::string, std::string> target = absl::StrSplit(request.target, absl::MaxSplits('?', 1));
  exchange.path = target.first;
  exchange.query = target.second;

  const bool is_get = request.method == "GET" || request.method == "HEAD";
  if (is_get && exchange.path == "/health") return response.set_content("{\"status\":\"SERVING\"}", kJson);
  if (is_get && exchange.path == "/openapi.json") return response.set_content(openapi_, kJson);

  const absl::StatusOr<std::optional<RouteMatch>> match =
      routes_.Match(request.method == "HEAD" ? "GET" : request.method, exchange.path);
  absl::Status status = match.status();
  if (match.ok() && *match) {
    status = Call(exchange, **match, body);
  } else if (match.ok() && is_get && !absl::StartsWith(exchange.path, "/v1/")) {
    return ServePage(exchange, exchange.path);
  } else if (const std::vector<std::string> verbs = match.ok() ? routes_.Verbs(exchange.path) : std::vector<std::string>();
             !verbs.empty()) {
    const std::string allowed = absl::StrJoin(verbs, ", ");
    response.set_header("Allow", allowed);
    return SetError(response, 405,
                    absl::UnimplementedError(
                        absl::StrCat(request.method, " is not possible on ", exchange.path.substr(0, 200), "; use ", allowed)),
                    exchange.request_id);
  } else if (match.ok()) {
    status = absl::NotFoundError(
        absl::StrCat("no route ", request.method, " ", exchange.path.substr(0, 200), "; /openapi.json lists them"));
  }
  if (status.ok()) return;
  if (absl::IsUnauthenticated(status)) response.set_header("WWW-Authenticate", "Bearer realm=\"millwright\"");
  SetError(response, HttpStatus(static_cast<grpc::StatusCode>(status.code())), status, exchange.request_id);
}

absl::StatusOr<std::optional<Identity>> HttpDoor::Identify(Exchange& exchange) {
  ASSIGN_OR_RETURN(const Credentials credentials, ReadCredentials(exchange.request.get_header_value("Authorization"),
                                                                  exchange.request.get_header_value("Cookie")));
  if (credentials.kind == Credentials::Kind::kNone) return std::optional<Identity>();
  if (credentials.kind == Credentials::Kind::kToken) {
    ASSIGN_OR_RETURN(const Identity identity, authenticator_.Authenticate(credentials.token));
    return std::optional<Identity>(identity);
  }
  if (!doorkeeper_.MayTryPassword(exchange.request.remote_addr)) {
    return absl::ResourceExhaustedError("too many failed sign-ins from this address; wait a minute and try again");
  }
  const absl::StatusOr<Identity> identity = authenticator_.AuthenticateBasic(credentials.user_name, credentials.password);
  if (absl::IsUnauthenticated(identity.status())) doorkeeper_.CountFailedPassword(exchange.request.remote_addr);
  if (!identity.ok()) return identity.status();
  return std::optional<Identity>(*identity);
}

absl::Status HttpDoor::Call(Exchange& exchange, const RouteMatch& match, const std::string& body) {
  const Method& method = *match.route->method;
  std::optional<Identity> identity;
  if (!method.rule.public_()) {
    ASSIGN_OR_RETURN(identity, Identify(exchange));
  }
  ASSIGN_OR_RETURN(Visit visit,
                   doorkeeper_.Admit(method, identity ? &*identity : nullptr, exchange.request_id, exchange.request.remote_addr));

  const std::unique_ptr<Message> request = NewMessage(method.descriptor->input_type());
  if (HasBody(match.route->http_verb)) {
    if (!body.empty()) RETURN_IF_ERROR(FromJsonText(body, *request));
    if (!exchange.query.empty()) return absl::InvalidArgumentError("this route takes its fields in the body, not in the query");
  } else {
    RETURN_IF_ERROR(SetQuery(exchange.query, *request));
  }
  for (const auto& [field, value] : match.fields) RETURN_IF_ERROR(SetPathField(field, value, *request));

  RETURN_IF_ERROR(doorkeeper_.Begin(visit, FieldText(*request, method.rule.resource())));
  const absl::StatusOr<grpc::GenericStub*> stub = backends_.Find(method.backend);
  if (!stub.ok()) {
    doorkeeper_.End(visit, grpc::StatusCode::UNAVAILABLE);
    return rpc::FromGrpc(NameBackend(rpc::ToGrpc(stub.status()), method.backend));
  }

  auto stream = std::make_shared<BackendStream>(**stub, method.path);
  const bool is_stream = method.descriptor->server_streaming();
  stream->context().set_deadline(absl::ToChronoTime(absl::Now() + (is_stream ? options_.stream_timeout : options_.call_timeout)));
  doorkeeper_.Prepare(stream->context(), visit);
  stream->Start(request->SerializeAsString());

  std::string first;
  const bool has_first = stream->Read(&first);
  if (!has_first || !is_stream) {
    // A unary answer is complete with its status only.
    grpc::Status outcome = stream->Finish();
    if (outcome.ok() && !has_first && !is_stream) outcome = {grpc::StatusCode::INTERNAL, "the service answered nothing"};
    doorkeeper_.End(visit, outcome.error_code());
    if (!outcome.ok()) return rpc::FromGrpc(NameBackend(outcome, method.backend));
    if (is_stream) {
      exchange.response.set_content("", "application/x-ndjson");
      return absl::OkStatus();
    }
    return AnswerUnary(exchange, method, first);
  }
  AnswerStream(exchange, std::move(visit), std::move(stream), std::move(first));
  return absl::OkStatus();
}

absl::Status HttpDoor::AnswerUnary(Exchange& exchange, const Method& method, const std::string& bytes) {
  const std::unique_ptr<Message> reply = NewMessage(method.descriptor->output_type());
  if (!reply->ParseFromString(bytes)) return absl::InternalError("the service's answer does not parse");
  constexpr int kSessionSeconds = 7 * 24 * 3600;
  if (method.session == api::v1::SESSION_START) {
    exchange.response.set_header("Set-Cookie",
                                 SessionCookie(FieldText(*reply, kTokenField), options_.has_secure_cookie, kSessionSeconds));
  } else if (method.session == api::v1::SESSION_END) {
    exchange.response.set_header("Set-Cookie", SessionCookie("", options_.has_secure_cookie, 0));
  }
  exchange.response.set_content(ToJsonText(*reply, method.session == api::v1::SESSION_START ? kTokenField : ""), kJson);
  return absl::OkStatus();
}

// A line a message. An error after the first line is the last line, in the form of an error body.
void HttpDoor::AnswerStream(Exchange& exchange, Visit visit, std::shared_ptr<BackendStream> stream, std::string first) {
  auto next = std::make_shared<std::optional<std::string>>(std::move(first));
  exchange.response.set_chunked_content_provider(
      "application/x-ndjson", [this, visit = std::move(visit), stream, next](std::size_t, httplib::DataSink& sink) {
        const Method& method = *visit.method;
        if (*next) {
          const std::unique_ptr<Message> reply = NewMessage(method.descriptor->output_type());
          const std::string line = reply->ParseFromString(**next) ? absl::StrCat(ToJsonText(*reply), "\n") : "";
          if (!sink.write(line.data(), line.size())) return false;
          std::string bytes;
          *next = stream->Read(&bytes) ? std::optional<std::string>(std::move(bytes)) : std::nullopt;
          return true;
        }
        const grpc::Status outcome = NameBackend(stream->Finish(), method.backend);
        doorkeeper_.End(visit, outcome.error_code());
        if (!outcome.ok()) {
          const std::string line =
              absl::StrCat(ErrorBody(outcome.error_code(), outcome.error_message(), visit.caller.request_id), "\n");
          sink.write(line.data(), line.size());
        }
        sink.done();
        return true;
      });
}

void HttpDoor::ServePage(Exchange& exchange, const std::string& path) {
  const absl::StatusOr<std::string> decoded = PercentDecode(path, /*plus_is_space=*/false);
  const std::shared_ptr<const WebFile> file = decoded.ok() ? web_.Find(*decoded) : nullptr;
  if (file == nullptr) {
    return SetError(exchange.response, 404, absl::NotFoundError(absl::StrCat("no page ", path.substr(0, 200))),
                    exchange.request_id);
  }
  ReplaceHeader(exchange.response, "Content-Security-Policy", kPagePolicy);
  ReplaceHeader(exchange.response, "Cache-Control", file->is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
  exchange.response.set_header("Vary", "Accept-Encoding");
  const bool is_gzip = !file->gzip.empty() && exchange.request.get_header_value("Accept-Encoding") == "x-page-gzip";
  if (is_gzip) exchange.response.set_header("Content-Encoding", "gzip");
  exchange.response.set_content(is_gzip ? file->gzip : file->content, file->type);
}

}  // namespace millwright::gateway
