#include "gateway/doors/standard_dialect.h"

#include <google/protobuf/message.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/doors/doorkeeper.h"
#include "gateway/doors/json_reader.h"
#include "gateway/doors/json_writer.h"
#include "gateway/doors/percent.h"
#include "gateway/http_status.h"
#include "lib/base/status_macros.h"

namespace millwright::gateway {
namespace {

using google::protobuf::Message;

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

absl::StatusOr<CallRequest> StandardDialect::Read(const RouteMatch& match, const Exchange& exchange,
                                                  const std::string& body) const {
  const Method& method = *match.route->method;
  const std::unique_ptr<Message> request = NewMessage(method.descriptor->input_type());
  if (HasBody(match.route->http_verb)) {
    if (!body.empty()) RETURN_IF_ERROR(FromJsonText(body, *request));
    if (!exchange.query.empty()) return absl::InvalidArgumentError("this route takes its fields in the body, not in the query");
  } else {
    RETURN_IF_ERROR(SetQuery(exchange.query, *request));
  }
  for (const auto& [field, value] : match.fields) RETURN_IF_ERROR(SetPathField(field, value, *request));
  return CallRequest{.bytes = request->SerializeAsString(),
                     .resource = method.is_audited ? FieldText(*request, method.rule.resource()) : ""};
}

absl::Status StandardDialect::Write(const Method& method, absl::string_view bytes, httplib::Response& response) const {
  const std::unique_ptr<Message> reply = NewMessage(method.descriptor->output_type());
  if (!reply->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return absl::InternalError("the service's answer does not parse");
  SetBody(response, ToJsonText(*reply, method.session == api::v1::SESSION_START ? kTokenField : ""), kJsonType);
  return absl::OkStatus();
}

void StandardDialect::Refuse(const absl::Status& status, const std::string& request_id, httplib::Response& response) const {
  if (absl::IsUnauthenticated(status)) response.set_header("WWW-Authenticate", "Bearer realm=\"millwright\"");
  SetError(response, HttpStatus(static_cast<grpc::StatusCode>(status.code())), status, request_id);
}

void StandardDialect::RefuseRoute(const Exchange& exchange, const std::string& allowed) const {
  const std::string path = exchange.path.substr(0, 200);
  if (allowed.empty()) {
    const absl::Status status =
        absl::NotFoundError(absl::StrCat("no route ", exchange.request.method, " ", path, "; /openapi.json lists them"));
    return Refuse(status, exchange.request_id, exchange.response);
  }
  SetError(exchange.response, 405,
           absl::UnimplementedError(absl::StrCat(exchange.request.method, " is not possible on ", path, "; use ", allowed)),
           exchange.request_id);
}

std::string ErrorBody(const absl::Status& status, const std::string& request_id) {
  return absl::StrCat("{\"error\":{\"code\":\"", CodeName(static_cast<grpc::StatusCode>(status.code())),
                      "\",\"message\":", JsonString(std::string(status.message())), ",\"request_id\":", JsonString(request_id),
                      "}}");
}

void SetError(httplib::Response& response, int http_status, const absl::Status& status, const std::string& request_id) {
  response.status = http_status;
  SetBody(response, ErrorBody(status, request_id), kJsonType);
}

}  // namespace millwright::gateway
