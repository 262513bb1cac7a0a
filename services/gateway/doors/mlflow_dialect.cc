#include "gateway/doors/mlflow_dialect.h"

#include <google/protobuf/message.h>

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/doors/json_reader.h"
#include "gateway/doors/json_to_wire.h"
#include "gateway/doors/json_writer.h"
#include "gateway/doors/mlflow_reader.h"
#include "gateway/doors/wire_to_json.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/status.h"

namespace millwright::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kText[] = "text/plain; charset=utf-8";

std::string ErrorCodeName(const absl::Status& status) {
  if (const std::string code = rpc::ErrorCodeOf(status); !code.empty()) return code;
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return "INVALID_PARAMETER_VALUE";
    case absl::StatusCode::kNotFound:
      return "RESOURCE_DOES_NOT_EXIST";
    case absl::StatusCode::kAlreadyExists:
      return "RESOURCE_ALREADY_EXISTS";
    case absl::StatusCode::kFailedPrecondition:
      return "INVALID_STATE";
    case absl::StatusCode::kUnavailable:
      return "TEMPORARILY_UNAVAILABLE";
    case absl::StatusCode::kUnimplemented:
      return "NOT_IMPLEMENTED";
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnauthenticated:
      return absl::StatusCodeToString(status.code());
    default:
      return "INTERNAL_ERROR";
  }
}

int StatusOfErrorCode(const std::string& code) {
  static const auto* statuses = new std::map<std::string, int>{{"BAD_REQUEST", 400},
                                                               {"INVALID_PARAMETER_VALUE", 400},
                                                               {"RESOURCE_ALREADY_EXISTS", 400},
                                                               {"UNAUTHENTICATED", 401},
                                                               {"CUSTOMER_UNAUTHORIZED", 401},
                                                               {"PERMISSION_DENIED", 403},
                                                               {"RESOURCE_DOES_NOT_EXIST", 404},
                                                               {"NOT_FOUND", 404},
                                                               {"ENDPOINT_NOT_FOUND", 404},
                                                               {"RESOURCE_CONFLICT", 409},
                                                               {"ALREADY_EXISTS", 409},
                                                               {"ABORTED", 409},
                                                               {"REQUEST_LIMIT_EXCEEDED", 429},
                                                               {"RESOURCE_EXHAUSTED", 429},
                                                               {"CANCELLED", 499},
                                                               {"NOT_IMPLEMENTED", 501},
                                                               {"TEMPORARILY_UNAVAILABLE", 503},
                                                               {"DEADLINE_EXCEEDED", 504}};
  const auto it = statuses->find(code);
  return it == statuses->end() ? 500 : it->second;
}

absl::Status CheckContentType(const httplib::Request& request) {
  if (request.method != "POST" && request.method != "PUT") return absl::OkStatus();
  if (!request.has_header("Content-Type")) return absl::InvalidArgumentError("Bad Request. Content-Type header is missing.");
  const std::string type = request.get_header_value("Content-Type");
  if (absl::string_view(type).substr(0, type.find(';')) != kJsonType)
    return absl::InvalidArgumentError("Bad Request. Content-Type must be one of ['application/json'].");
  return absl::OkStatus();
}

// Appends the path's fields; they win over the body's. False when one is no text.
bool AppendPathFields(const RouteMatch& match, const MessagePlan& plan, std::string* wire) {
  for (const auto& [name, value] : match.fields) {
    const int at = plan.Find(name, 0);
    if (at < 0) return false;
    const FieldPlan& field = plan.fields[static_cast<std::size_t>(at)];
    if (field.descriptor->type() != FieldDescriptor::TYPE_STRING) return false;
    AppendTextField(field.tag, value, wire);
  }
  return true;
}

absl::Status SetPathField(const std::string& name, const std::string& value, Message& message) {
  if (const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name))
    message.GetReflection()->ClearField(&message, field);
  return SetFromText(name, value, message);
}

// A service may put an error class behind its code: "INVALID_PARAMETER_VALUE/ATTRIBUTE_NOT_FOUND".
constexpr char kAttributeNotFound[] = "/ATTRIBUTE_NOT_FOUND";

// The coarser name that servers of 2026 put beside an error code.
absl::string_view ErrorClass(absl::string_view code, int http_status) {
  if (http_status >= 500) return "CLIENT_INTERNAL_ERROR";
  if (code == "RESOURCE_DOES_NOT_EXIST") return "RESOURCE_NOT_FOUND";
  if (code == "BAD_REQUEST") return "INVALID_PARAMETER_VALUE";
  return code;
}

}  // namespace

MlflowDialect::MlflowDialect(const RouteTable& routes) {
  for (const Route& route : routes.routes()) {
    if (route.method->dialect != api::v1::JSON_DIALECT_MLFLOW) continue;
    plans_.Add(route.method->descriptor->input_type());
    plans_.Add(route.method->descriptor->output_type());
  }
}

absl::StatusOr<CallRequest> MlflowDialect::Read(const RouteMatch& match, const Exchange& exchange,
                                                const std::string& body) const {
  const Method& method = *match.route->method;
  const MessagePlan& plan = plans_.Of(method.descriptor->input_type());
  RETURN_IF_ERROR(CheckContentType(exchange.request));
  const bool has_query = match.route->http_verb == "GET" && !exchange.query.empty();
  CallRequest request;
  if (!has_query && !method.is_audited && JsonToWire(body, plan, &request.bytes) &&
      AppendPathFields(match, plan, &request.bytes)) {
    return request;
  }
  const std::unique_ptr<Message> message = NewMessage(method.descriptor->input_type());
  RETURN_IF_ERROR(has_query ? ReadMlflowQuery(exchange.query, plan, *message) : ReadMlflowJson(body, plan, *message));
  for (const auto& [name, value] : match.fields) RETURN_IF_ERROR(SetPathField(name, value, *message));
  request.bytes = message->SerializeAsString();
  if (method.is_audited) request.resource = FieldText(*message, method.rule.resource());
  return request;
}

absl::Status MlflowDialect::Write(const Method& method, absl::string_view bytes, httplib::Response& response) const {
  std::string json;
  json.reserve(bytes.size() * 2 + 16);
  if (!WireToJson(bytes, plans_.Of(method.descriptor->output_type()), &json))
    return absl::InternalError("the service's answer does not parse");
  SetBody(response, std::move(json), kJsonType);
  return absl::OkStatus();
}

void MlflowDialect::Refuse(const absl::Status& status, const std::string&, httplib::Response& response) const {
  std::string code = ErrorCodeName(status);
  const bool is_attribute = absl::EndsWith(code, kAttributeNotFound);
  if (is_attribute) code.resize(code.size() - sizeof(kAttributeNotFound) + 1);
  response.status = StatusOfErrorCode(code);
  if (response.status == 401) {
    response.set_header("WWW-Authenticate", "Basic realm=\"mlflow\"");
    return SetBody(response,
                   absl::StrCat("You are not authenticated. Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and "
                                "MLFLOW_TRACKING_PASSWORD (",
                                status.message(), ")."),
                   kText);
  }
  if (code == "DETAIL") {  // the form that its file routes have besides
    response.status = 400;
    return SetBody(response, absl::StrCat("{\"detail\":", JsonString(std::string(status.message())), "}"), kJsonType);
  }
  SetBody(
      response,
      absl::StrCat("{\"error_code\":\"", code, "\",\"message\":", JsonString(std::string(status.message())), ",\"sqlstate\":\"",
                   is_attribute            ? "KAM04"
                   : response.status < 500 ? "KAM00"
                                           : "XXM00",
                   "\",\"error_class\":\"",
                   is_attribute ? absl::string_view(kAttributeNotFound + 1) : ErrorClass(code, response.status), "\"}"),
      kJsonType);
}

// As text: clients take a 404 that is no JSON for an endpoint that this server does not have, and then try an older one.
void MlflowDialect::RefuseRoute(const Exchange& exchange, const std::string& allowed) const {
  exchange.response.status = allowed.empty() ? 404 : 405;
  SetBody(exchange.response,
          allowed.empty() ? "Not Found: this part of MLflow's interface is not served here."
                          : absl::StrCat("Method Not Allowed; use ", allowed, "."),
          kText);
}

bool IsMlflowPath(const std::string& path) {
  const std::size_t start = path.find_first_not_of('/');
  const absl::string_view name = start == std::string::npos ? "" : absl::string_view(path).substr(start);
  for (const char* prefix : {"api/", "ajax-api/", "get-artifact", "model-versions/get-artifact", "graphql", "v1/traces"}) {
    if (absl::StartsWith(name, prefix)) return true;
  }
  return false;
}

std::string MlflowDocument(const std::string& path) {
  // The newest MLflow whose clients expect no more than is served here: from 3.4 on they would send traces as OpenTelemetry.
  if (path == "/version") return "3.3.2";
  if (path == "/api/3.0/mlflow/server-info" || path == "/ajax-api/3.0/mlflow/server-info") {
    return R"({"store_type":"SqlStore","workspaces_enabled":false,"trace_archival_enabled":false,)"
           R"("multipart_uploads_enabled":true,"multipart_downloads_enabled":true,"presigned_upload_run_id_supported":false,)"
           R"("presigned_upload_model_id_supported":false,"features_enabled":{"gateway":false}})";
  }
  return "";
}

}  // namespace millwright::gateway
