#include "serving/http/reply.h"

#include <boost/beast/http/status.hpp>

#include "absl/strings/str_cat.h"
#include "serving/http/json_writer.h"

namespace millwright::serving {
namespace {

int HttpStatus(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

}  // namespace

Reply ErrorReply(int status, absl::string_view text) {
  Reply reply{.status = status};
  JsonWriter(reply.body).Raw("{\"error\":").Text(text).Raw("}");
  if (status == 401) reply.headers = "WWW-Authenticate: Bearer realm=\"millwright\"\r\n";
  if (status == 429 || status == 503) reply.headers = "Retry-After: 1\r\n";
  return reply;
}

Reply ErrorReply(const absl::Status& status) { return ErrorReply(HttpStatus(status.code()), status.message()); }

std::string Serialize(const Reply& reply, unsigned http_version, bool keep_alive) {
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(reply.status));
  const absl::string_view connection = !keep_alive         ? "Connection: close\r\n"
                                       : http_version < 11 ? "Connection: keep-alive\r\n"
                                                           : "";
  return absl::StrCat("HTTP/1.1 ", reply.status, " ", absl::string_view(reason.data(), reason.size()),
                      "\r\nContent-Type: application/json\r\nContent-Length: ", reply.body.size(), "\r\n", connection,
                      reply.headers, "\r\n", reply.body);
}

}  // namespace millwright::serving
