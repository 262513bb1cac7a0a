#include "gateway/doors/openapi.h"

#include <google/protobuf/descriptor.h>

#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "contracts/comments.h"
#include "nlohmann/json.hpp"

namespace millwright::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using nlohmann::ordered_json;

// Schemas of messages and enums, made when they are first named.
class Schemas {
 public:
  ordered_json Of(const FieldDescriptor* field) {
    if (field->is_map()) return {{"type", "object"}, {"additionalProperties", Single(field->message_type()->map_value())}};
    if (field->is_repeated()) return {{"type", "array"}, {"items", Single(field)}};
    return Single(field);
  }

  ordered_json Of(const Descriptor* message) {
    const std::string& type = message->full_name();
    if (type == "google.protobuf.Timestamp") return {{"type", "string"}, {"format", "date-time"}};
    if (type == "google.protobuf.Struct") return {{"type", "object"}, {"additionalProperties", true}};
    if (type == "google.protobuf.Value") return ordered_json::object();
    const std::string name = NameOf(type);
    if (!components_.contains(name)) {
      components_[name] = ordered_json::object();  // before its fields, which may name it again
      ordered_json properties = ordered_json::object();
      for (int i = 0; i < message->field_count(); ++i)
        properties[message->field(i)->name()] = Described(Of(message->field(i)), contracts::CommentOf(*message->field(i)));
      components_[name] = Described({{"type", "object"}, {"properties", properties}}, contracts::CommentOf(*message));
    }
    return {{"$ref", absl::StrCat("#/components/schemas/", name)}};
  }

  const ordered_json& components() const { return components_; }

  // A reference may not carry a description of its own in OpenAPI 3.0.
  static ordered_json Described(ordered_json schema, const std::string& comment) {
    if (comment.empty()) return schema;
    if (schema.contains("$ref")) return {{"allOf", ordered_json::array({schema})}, {"description", comment}};
    schema["description"] = comment;
    return schema;
  }

 private:
  // "millwright.tracker.v1.Run" → "Run", "millwright.mlflow.v1.Run" → "mlflow_Run"; of other packages that share a name, the
  // second has itself in front.
  std::string NameOf(const std::string& full_name) {
    const std::vector<std::string> parts = absl::StrSplit(full_name, '.');
    if (parts.size() > 1 && parts[1] == "mlflow") return absl::StrCat("mlflow_", parts.back());
    const auto [it, is_new] = owners_.emplace(parts.back(), full_name);
    if (is_new || it->second == full_name) return parts.back();
    return parts.size() > 1 ? absl::StrCat(parts[1], "_", parts.back()) : parts.back();
  }

  ordered_json Single(const FieldDescriptor* field) {
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return {{"type", "integer"}, {"format", "int32"}};
      case FieldDescriptor::CPPTYPE_UINT32:
        return {{"type", "integer"}, {"minimum", 0}};
      case FieldDescriptor::CPPTYPE_INT64:
        return {{"type", "integer"}, {"format", "int64"}};
      case FieldDescriptor::CPPTYPE_UINT64:
        return {{"type", "integer"}, {"format", "int64"}, {"minimum", 0}};
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return Number();
      case FieldDescriptor::CPPTYPE_FLOAT:
        return Number();
      case FieldDescriptor::CPPTYPE_BOOL:
        return {{"type", "boolean"}};
      case FieldDescriptor::CPPTYPE_STRING:
        return field->type() == FieldDescriptor::TYPE_BYTES ? ordered_json{{"type", "string"}, {"format", "byte"}}
                                                            : ordered_json{{"type", "string"}};
      case FieldDescriptor::CPPTYPE_ENUM:
        return Enum(field->enum_type());
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Of(field->message_type());
    }
    return ordered_json::object();
  }

  // JSON has no other way to say the three that are no numbers.
  ordered_json Number() {
    components_["Double"] = {{"oneOf", ordered_json::array({{{"type", "number"}, {"format", "double"}},
                                                            {{"type", "string"}, {"enum", {"NaN", "Infinity", "-Infinity"}}}})}};
    return {{"$ref", "#/components/schemas/Double"}};
  }

  ordered_json Enum(const google::protobuf::EnumDescriptor* type) {
    const std::string name = NameOf(type->full_name());
    if (!components_.contains(name)) {
      ordered_json values = ordered_json::array();
      for (int i = 0; i < type->value_count(); ++i) values.push_back(type->value(i)->name());
      components_[name] = {{"type", "string"}, {"enum", values}};
    }
    return {{"$ref", absl::StrCat("#/components/schemas/", name)}};
  }

  std::map<std::string, std::string> owners_;
  ordered_json components_ = ordered_json::object();
};

ordered_json Parameters(const Route& route, Schemas& schemas, bool has_query) {
  ordered_json parameters = ordered_json::array();
  std::set<std::string> in_path;
  for (const Route::Segment& segment : route.segments) {
    if (segment.field.empty()) continue;
    in_path.insert(segment.field);
    const Descriptor* message = route.method->descriptor->input_type();
    const FieldDescriptor* field = nullptr;
    for (const absl::string_view name : absl::StrSplit(segment.field, '.')) {
      field = message->FindFieldByName(std::string(name));
      if (field == nullptr) break;
      message = field->message_type();
    }
    parameters.push_back({{"name", segment.field},
                          {"in", "path"},
                          {"required", true},
                          {"schema", field == nullptr ? ordered_json{{"type", "string"}} : schemas.Of(field)}});
  }
  const Descriptor* input = route.method->descriptor->input_type();
  for (int i = 0; has_query && i < input->field_count(); ++i) {
    const FieldDescriptor* field = input->field(i);
    const bool is_text = field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
                         field->message_type()->full_name() == "google.protobuf.Timestamp";
    const bool is_raw = field->type() == FieldDescriptor::TYPE_BYTES || field->options().HasExtension(api::v1::header);
    if (in_path.contains(field->name()) || !is_text || (is_raw && route.method->is_raw)) continue;
    ordered_json parameter{{"name", field->name()}, {"in", "query"}, {"schema", schemas.Of(field)}};
    if (const std::string comment = contracts::CommentOf(*field); !comment.empty()) parameter["description"] = comment;
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

ordered_json Operation(const Route& route, Schemas& schemas) {
  const auto& method = *route.method->descriptor;
  // MLflow's clients send a body with DELETE too; raw requests have their other fields in the query.
  const bool is_mlflow = route.method->dialect == api::v1::JSON_DIALECT_MLFLOW;
  const bool has_query = route.http_verb == "GET" || (route.http_verb == "DELETE" && !is_mlflow) || method.client_streaming();
  ordered_json operation{{"operationId", absl::StrCat(method.service()->name(), "_", method.name())},
                         {"tags", ordered_json::array({method.service()->name()})}};
  if (const std::string comment = contracts::CommentOf(method); !comment.empty()) operation["description"] = comment;
  if (const ordered_json parameters = Parameters(route, schemas, has_query); !parameters.empty())
    operation["parameters"] = parameters;
  const bool is_raw = route.method->is_raw;
  const ordered_json bytes{{"application/octet-stream", {{"schema", {{"type", "string"}, {"format", "binary"}}}}}};
  if (is_raw && method.client_streaming()) {
    operation["requestBody"] = {{"content", bytes}};
  } else if (!has_query) {
    operation["requestBody"] = {{"content", {{"application/json", {{"schema", schemas.Of(method.input_type())}}}}}};
  }
  const char* type = method.server_streaming() ? "application/x-ndjson" : "application/json";
  const ordered_json reply =
      is_raw && method.server_streaming() ? bytes : ordered_json{{type, {{"schema", schemas.Of(method.output_type())}}}};
  const char* error =
      route.method->dialect == api::v1::JSON_DIALECT_MLFLOW ? "#/components/schemas/MlflowError" : "#/components/schemas/Error";
  operation["responses"] = {
      {"200", {{"description", "OK"}, {"content", reply}}},
      {"default", {{"description", "An error"}, {"content", {{"application/json", {{"schema", {{"$ref", error}}}}}}}}}};
  if (route.method->rule.public_()) operation["security"] = ordered_json::array();
  return operation;
}

// OpenAPI has no fields of several segments: {path=**} is written {path}.
std::string PathOf(const Route& route) { return absl::StrReplaceAll(route.path, {{"=**}", "}"}}); }

}  // namespace

std::string OpenApi(const RouteTable& routes) {
  Schemas schemas;
  ordered_json paths = ordered_json::object();
  std::map<std::string, int> operations;
  for (const Route& route : routes.routes()) {
    if (route.is_alias) continue;
    ordered_json operation = Operation(route, schemas);
    // An RPC of several routes is several operations.
    const std::string id = operation["operationId"];
    if (const int seen = ++operations[id]; seen > 1) operation["operationId"] = absl::StrCat(id, "_", seen);
    paths[PathOf(route)][absl::AsciiStrToLower(route.http_verb)] = std::move(operation);
  }
  ordered_json components = schemas.components();
  components["Error"] = {
      {"type", "object"},
      {"properties",
       {{"error",
         {{"type", "object"},
          {"properties",
           {{"code", {{"type", "string"}}}, {"message", {{"type", "string"}}}, {"request_id", {{"type", "string"}}}}}}}}}};
  components["MlflowError"] = {{"type", "object"},
                               {"properties", {{"error_code", {{"type", "string"}}}, {"message", {{"type", "string"}}}}}};
  const ordered_json document{{"openapi", "3.0.3"},
                              {"info", {{"title", "Millwright"}, {"version", MILLWRIGHT_VERSION}}},
                              {"security", ordered_json::array({{{"token", ordered_json::array()}},
                                                                {{"basic", ordered_json::array()}},
                                                                {{"session", ordered_json::array()}}})},
                              {"paths", paths},
                              {"components",
                               {{"securitySchemes",
                                 {{"token", {{"type", "http"}, {"scheme", "bearer"}}},
                                  {"basic", {{"type", "http"}, {"scheme", "basic"}}},
                                  {"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "millwright_session"}}}}},
                                {"schemas", components}}}};
  return document.dump();
}

}  // namespace millwright::gateway
