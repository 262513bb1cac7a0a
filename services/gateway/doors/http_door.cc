#include "gateway/doors/http_door.h"

#include <google/protobuf/message.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/doors/backend_stream.h"
#include "gateway/doors/header_fields.h"
#include "gateway/doors/json_writer.h"
#include "gateway/doors/open_streams.h"
#include "gateway/doors/openapi.h"
#include "gateway/doors/percent.h"
#include "gateway/doors/unary_call.h"
#include "gateway/http_status.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/status.h"

namespace millwright::gateway {
namespace {

// What the fast JSON parser may read beyond the end.
constexpr std::size_t kBodyPadding = 64;
constexpr char kPagePolicy[] =
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

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

}  // namespace

HttpDoor::HttpDoor(const RouteTable& routes, Authenticator& authenticator, Doorkeeper& doorkeeper, const Backends& backends,
                   HttpDoorOptions options)
    : routes_(routes),
      authenticator_(authenticator),
      doorkeeper_(doorkeeper),
      backends_(backends),
      options_(std::move(options)),
      openapi_(OpenApi(routes)),
      mlflow_(routes),
      raw_(doorkeeper, backends, options_.transfer_timeout),
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
    if (!response.body.empty() || response.has_header("Content-Range")) return;  // ours
    HttpServer::CloseAfterAnswer(request);
    if (response.status == 416 && IsMlflowPath(request.target)) {
      response.status = 400;
      return SetBody(response, "Only support bytes range", "text/plain");
    }
    const auto code = response.status == 404   ? absl::StatusCode::kNotFound
                      : response.status >= 500 ? absl::StatusCode::kInternal
                                               : absl::StatusCode::kInvalidArgument;
    SetBody(response, ErrorBody(absl::Status(code, "the request is not HTTP that this server understands"), ""), kJsonType);
  });
  server_.set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
    SetError(response, 500, absl::InternalError("unexpected"), "");
  });
  const httplib::Server::Handler plain = [this](const httplib::Request& request, httplib::Response& response) {
    Handle(request, response, nullptr);
  };
  const httplib::Server::HandlerWithContentReader with_body = [this](const httplib::Request& request, httplib::Response& response,
                                                                     const httplib::ContentReader& reader) {
    Handle(request, response, &reader);
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
  if (const std::string range = request.get_header_value("Range"); !range.empty()) {
    mutable_request.headers.emplace(kRangeHeader, range);
    mutable_request.headers.erase("Range");
  }
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
    if (length > options_.max_body_bytes && !IsRawUpload(request)) {
      return refuse(413, absl::ResourceExhaustedError(
                             absl::StrCat("the body has ", length, " bytes; at most ", options_.max_body_bytes, " are taken")));
    }
  }
  // The library leaves the body of such a request in the connection.
  const bool is_body_read = HasBody(request.method) || request.method == "DELETE";
  if (!is_body_read && (length > 0 || is_chunked)) HttpServer::CloseAfterAnswer(request);
  return httplib::Server::HandlerResponse::Unhandled;
}

bool HttpDoor::IsRawUpload(const httplib::Request& request) const {
  const std::string path = request.target.substr(0, request.target.find('?'));
  const absl::StatusOr<std::optional<RouteMatch>> match = routes_.Match(request.method, path);
  return match.ok() && *match && (*match)->route->method->is_raw && (*match)->route->method->descriptor->client_streaming();
}

absl::Status HttpDoor::ReadBody(const httplib::Request& request, const httplib::ContentReader* reader, std::string* body) const {
  // DELETE without a body is not waited for.
  const bool has_body = request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
  if (reader == nullptr || !has_body) return absl::OkStatus();
  std::uint64_t length = 0;
  if (absl::SimpleAtoi(request.get_header_value("Content-Length"), &length))
    body->reserve(std::min<std::size_t>(length, options_.max_body_bytes) + kBodyPadding);
  bool is_too_large = false;
  const bool is_read = (*reader)([&](const char* data, std::size_t size) {
    is_too_large = body->size() + size > options_.max_body_bytes;
    if (!is_too_large) body->append(data, size);
    return !is_too_large;
  });
  if (is_read) return absl::OkStatus();
  HttpServer::CloseAfterAnswer(request);
  if (!is_too_large) return absl::InvalidArgumentError("the body ended early or is not encoded as its headers say");
  return absl::ResourceExhaustedError(
      absl::StrCat("the body is too large; at most ", options_.max_body_bytes, " bytes are taken"));
}

void HttpDoor::ReadBodyOfGet(const httplib::Request& request, std::string* body) const {
  std::size_t length = 0;
  if (request.method != "GET" || !absl::SimpleAtoi(request.get_header_value("Content-Length"), &length)) return;
  if (length <= options_.max_body_bytes && !HttpServer::ReadBody(length, body)) body->clear();
}

bool HttpDoor::HandlePlain(Exchange& exchange) {
  if (exchange.request.method != "GET" && exchange.request.method != "HEAD") return false;
  // As MLflow's clients and tools around it know it.
  if (exchange.path == "/health") {
    exchange.response.set_content("OK", "text/plain");
  } else if (std::string document = MlflowDocument(exchange.path); !document.empty()) {
    const char* type = absl::StartsWith(document, "{") ? kJsonType : "text/plain";
    SetBody(exchange.response, std::move(document), type);
  } else if (exchange.path == "/openapi.json") {
    exchange.response.set_content(openapi_, kJsonType);
  } else {
    return false;
  }
  return true;
}

const Dialect& HttpDoor::DialectOf(const std::string& path) const {
  if (IsMlflowPath(path)) return mlflow_;
  return standard_;
}

void HttpDoor::Handle(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader* reader) {
  Exchange exchange{
      .request = request, .response = response, .request_id = request.get_header_value("X-Request-Id"), .path = "", .query = ""};
  const std::size_t question = request.target.find('?');
  exchange.path = request.target.substr(0, question);
  if (question != std::string::npos) exchange.query = request.target.substr(question + 1);

  const bool is_get = request.method == "GET" || request.method == "HEAD";
  const absl::StatusOr<std::optional<RouteMatch>> match =
      routes_.Match(request.method == "HEAD" ? "GET" : request.method, exchange.path);
  const Dialect& dialect = DialectOf(exchange.path);
  if (match.ok() && *match) {
    const absl::Status status = Call(exchange, **match, reader);
    if (status.ok()) return;
    // The body of a refused upload was perhaps not read.
    if ((**match).route->method->is_raw && reader != nullptr) HttpServer::CloseAfterAnswer(request);
    dialect.Refuse(status, exchange.request_id, response);
    return;
  }
  std::string ignored;
  if (const absl::Status status = ReadBody(request, reader, &ignored); !status.ok()) return RefuseBody(exchange, status);
  if (!match.ok()) return dialect.Refuse(match.status(), exchange.request_id, response);
  if (HandlePlain(exchange)) return;
  if (is_get && &dialect == &standard_ && !absl::StartsWith(exchange.path, "/v1/")) return ServePage(exchange, exchange.path);
  const std::string allowed = absl::StrJoin(routes_.Verbs(exchange.path), ", ");
  if (!allowed.empty()) response.set_header("Allow", allowed);
  dialect.RefuseRoute(exchange, allowed);
}

absl::StatusOr<std::optional<Identity>> HttpDoor::Identify(const Exchange& exchange) {
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

absl::Status HttpDoor::Call(Exchange& exchange, const RouteMatch& match, const httplib::ContentReader* reader) {
  const Method& method = *match.route->method;
  const Dialect& dialect = DialectOf(exchange.path);
  const bool is_upload = method.is_raw && method.descriptor->client_streaming();
  std::string body;
  if (!is_upload) {
    const absl::Status status = ReadBody(exchange.request, reader, &body);
    if (!status.ok()) {
      RefuseBody(exchange, status);
      return absl::OkStatus();
    }
  }
  if (method.dialect == api::v1::JSON_DIALECT_MLFLOW && exchange.query.empty()) ReadBodyOfGet(exchange.request, &body);
  std::optional<Identity> identity;
  if (!method.rule.public_()) {
    ASSIGN_OR_RETURN(identity, Identify(exchange));
  }
  ASSIGN_OR_RETURN(Visit visit,
                   doorkeeper_.Admit(method, identity ? &*identity : nullptr, exchange.request_id, exchange.request.remote_addr));
  if (is_upload) return raw_.Upload(exchange, std::move(visit), match, dialect, *reader);
  if (method.is_raw) return raw_.Download(exchange, std::move(visit), match, dialect);

  ASSIGN_OR_RETURN(CallRequest request, dialect.Read(match, exchange, body));
  if (method.takes_headers)
    request.bytes = WithHeaderFields(exchange.request, *method.descriptor->input_type(), std::move(request.bytes));
  RETURN_IF_ERROR(doorkeeper_.Begin(visit, request.resource));
  return method.descriptor->server_streaming() ? CallStreamingRpc(exchange, visit, request.bytes)
                                               : CallUnaryRpc(exchange, visit, dialect, request.bytes);
}

absl::Status HttpDoor::CallUnaryRpc(Exchange& exchange, const Visit& visit, const Dialect& dialect, const std::string& request) {
  const Method& method = *visit.method;
  const auto call = [&]() -> absl::StatusOr<ReplyBytes> {
    ASSIGN_OR_RETURN(grpc::Channel* const channel, backends_.Channel(method.backend));
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + options_.call_timeout));
    doorkeeper_.Prepare(context, visit);
    return CallUnary(*channel, method.path, context, request);
  };
  const absl::StatusOr<ReplyBytes> reply = call();
  doorkeeper_.End(visit, static_cast<grpc::StatusCode>(reply.status().code()));
  if (!reply.ok()) return NameBackend(reply.status(), method.backend);
  constexpr int kSessionSeconds = 7 * 24 * 3600;
  if (method.session == api::v1::SESSION_START) {
    const std::unique_ptr<google::protobuf::Message> started = NewMessage(method.descriptor->output_type());
    const absl::string_view bytes = reply->view();
    if (!started->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      return absl::InternalError("the service's answer does not parse");
    exchange.response.set_header("Set-Cookie",
                                 SessionCookie(FieldText(*started, kTokenField), options_.has_secure_cookie, kSessionSeconds));
  } else if (method.session == api::v1::SESSION_END) {
    exchange.response.set_header("Set-Cookie", SessionCookie("", options_.has_secure_cookie, 0));
  }
  return dialect.Write(method, reply->view(), exchange.response);
}

absl::Status HttpDoor::CallStreamingRpc(Exchange& exchange, const Visit& visit, const std::string& request) {
  const Method& method = *visit.method;
  const absl::StatusOr<grpc::GenericStub*> stub = backends_.Find(method.backend);
  if (!stub.ok()) {
    doorkeeper_.End(visit, grpc::StatusCode::UNAVAILABLE);
    return NameBackend(stub.status(), method.backend);
  }
  auto stream = std::make_shared<BackendStream>(**stub, method.path);
  stream->context().set_deadline(absl::ToChronoTime(absl::Now() + options_.stream_timeout));
  doorkeeper_.Prepare(stream->context(), visit);
  stream->Start(request);

  std::string first;
  if (!stream->Read(&first)) {
    const grpc::Status outcome = stream->Finish();
    doorkeeper_.End(visit, outcome.error_code());
    if (!outcome.ok()) return NameBackend(StatusOf(outcome, stream->context()), method.backend);
    exchange.response.set_content("", "application/x-ndjson");
    return absl::OkStatus();
  }
  AnswerStream(exchange, visit, std::move(stream), std::move(first));
  return absl::OkStatus();
}

absl::Status HttpDoor::CheckStillAllowed(const Credentials& credentials, const auth::Caller& caller) {
  if (credentials.kind == Credentials::Kind::kNone) return absl::OkStatus();
  return CheckSameCaller(credentials.kind == Credentials::Kind::kToken
                             ? authenticator_.Authenticate(credentials.token)
                             : authenticator_.AuthenticateBasic(credentials.user_name, credentials.password),
                         caller);
}

// A line a message. An error after the first line is the last line, in the form of an error body. No line goes to a caller who
// would not be let in any more.
void HttpDoor::AnswerStream(Exchange& exchange, Visit visit, std::shared_ptr<BackendStream> stream, std::string first) {
  auto next = std::make_shared<std::optional<std::string>>(std::move(first));
  // They were read before: the caller was identified by them.
  const Credentials credentials =
      ReadCredentials(exchange.request.get_header_value("Authorization"), exchange.request.get_header_value("Cookie"))
          .value_or(Credentials());
  exchange.response.set_chunked_content_provider(
      "application/x-ndjson", [this, visit = std::move(visit), stream, next, credentials](std::size_t, httplib::DataSink& sink) {
        const Method& method = *visit.method;
        const absl::Status allowed = *next ? CheckStillAllowed(credentials, visit.caller) : absl::OkStatus();
        if (*next && allowed.ok()) {
          const std::unique_ptr<google::protobuf::Message> reply = NewMessage(method.descriptor->output_type());
          const std::string line = reply->ParseFromString(**next) ? absl::StrCat(ToJsonText(*reply), "\n") : "";
          if (!sink.write(line.data(), line.size())) return false;
          std::string bytes;
          *next = stream->Read(&bytes) ? std::optional<std::string>(std::move(bytes)) : std::nullopt;
          return true;
        }
        if (!allowed.ok()) stream->Cancel();
        const grpc::Status ended = NameBackend(stream->Finish(), method.backend);
        const grpc::Status outcome = allowed.ok() ? ended : rpc::ToGrpc(allowed);
        doorkeeper_.End(visit, outcome.error_code());
        if (!outcome.ok()) {
          const std::string line = absl::StrCat(ErrorBody(rpc::FromGrpc(outcome), visit.caller.request_id), "\n");
          sink.write(line.data(), line.size());
        }
        sink.done();
        return true;
      });
}

// Before any call is known to belong to it, a body is refused.
void HttpDoor::RefuseBody(const Exchange& exchange, const absl::Status& status) {
  if (!absl::IsResourceExhausted(status)) return DialectOf(exchange.path).Refuse(status, exchange.request_id, exchange.response);
  SetError(exchange.response, 413, status, exchange.request_id);
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
