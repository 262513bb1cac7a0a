#include "check/contract_rules.h"

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/auth/access_rule.h"
#include "millwright/api/v1/options.pb.h"

namespace millwright::contracts {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

using Problems = std::vector<std::string>;

std::string RouteText(const api::v1::HttpRoute& route) {
  switch (route.verb_case()) {
    case api::v1::HttpRoute::kGet:
      return absl::StrCat("GET ", route.get());
    case api::v1::HttpRoute::kPost:
      return absl::StrCat("POST ", route.post());
    case api::v1::HttpRoute::kPut:
      return absl::StrCat("PUT ", route.put());
    case api::v1::HttpRoute::kPatch:
      return absl::StrCat("PATCH ", route.patch());
    case api::v1::HttpRoute::kDelete:
      return absl::StrCat("DELETE ", route.delete_());
    case api::v1::HttpRoute::VERB_NOT_SET:
      break;
  }
  return "";
}

std::set<std::string> RoutesOf(const MethodDescriptor& method) {
  std::set<std::string> routes;
  for (int i = 0; i < method.options().ExtensionSize(api::v1::http); ++i)
    routes.insert(RouteText(method.options().GetExtension(api::v1::http, i)));
  return routes;
}

// The fields in braces, and the route with their names taken out: two routes of one shape match the same requests.
std::vector<std::string> FieldsIn(const std::string& route, std::string* shape) {
  std::vector<std::string> fields;
  std::size_t at = 0;
  while (true) {
    const std::size_t open = route.find('{', at);
    const std::size_t close = route.find('}', open == std::string::npos ? route.size() : open);
    if (close == std::string::npos) break;
    absl::StrAppend(shape, route.substr(at, open - at), "{}");
    fields.emplace_back(absl::StripSuffix(route.substr(open + 1, close - open - 1), "=**"));
    at = close + 1;
  }
  absl::StrAppend(shape, route.substr(at));
  return fields;
}

// The singular field at a dotted path; null when there is none.
const FieldDescriptor* FindPath(const Descriptor* message, const std::string& path) {
  const FieldDescriptor* field = nullptr;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    field = message == nullptr ? nullptr : message->FindFieldByName(std::string(name));
    if (field == nullptr || field->is_repeated()) return nullptr;
    message = field->message_type();
  }
  return field;
}

bool IsNamedLikeASecret(const FieldDescriptor& field) {
  const std::string& name = field.name();
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING || absl::EndsWith(name, "page_token")) return false;
  // Elsewhere a code is an error's.
  if (name == "code" && field.file()->package() == "millwright.gateway.v1") return true;
  for (const char* word : {"password", "token", "secret", "api_key"}) {
    if (name == word || absl::EndsWith(name, absl::StrCat("_", word))) return true;
  }
  return false;
}

// Exactly one side streams, and it has the field `data`.
void CheckRaw(const MethodDescriptor& method, Problems& problems) {
  const Descriptor& stream = method.client_streaming() ? *method.input_type() : *method.output_type();
  const FieldDescriptor* data = stream.FindFieldByName("data");
  if (method.client_streaming() == method.server_streaming() || data == nullptr || data->is_repeated() ||
      data->type() != FieldDescriptor::TYPE_BYTES) {
    problems.push_back(absl::StrCat("RPC ", method.full_name(),
                                    " has a raw body, so one side must be a stream of messages with a field `bytes data`"));
  }
}

void CheckMethod(const MethodDescriptor& method, std::map<std::string, std::string>& shapes, Problems& problems) {
  const std::string& name = method.full_name();
  const auto rule = auth::RuleOf(method);
  if (!rule.ok()) {
    problems.push_back(std::string(rule.status().message()));
  } else if (!rule->resource().empty()) {
    const FieldDescriptor* field = FindPath(method.input_type(), rule->resource());
    if (field == nullptr || field->message_type() != nullptr) {
      problems.push_back(absl::StrCat("RPC ", name, ": its rule's resource \"", rule->resource(), "\" is no plain field of ",
                                      method.input_type()->name()));
    } else if (field->options().GetExtension(api::v1::secret)) {
      problems.push_back(absl::StrCat("RPC ", name, ": its rule's resource \"", rule->resource(),
                                      "\" is a secret and would stand in the audit log"));
    }
  }
  if (method.options().GetExtension(api::v1::audit) == api::v1::AUDIT_UNSPECIFIED) {
    problems.push_back(absl::StrCat("RPC ", name, " does not say whether it is audited: AUDIT_RECORD or AUDIT_NONE"));
  }
  const bool is_raw = method.options().GetExtension(api::v1::body) == api::v1::BODY_RAW;
  if (is_raw) CheckRaw(method, problems);
  for (const std::string& route : RoutesOf(method)) {
    if (route.find(" /") == std::string::npos)
      problems.push_back(absl::StrCat("RPC ", name, ": route \"", route, "\" has no verb or does not start with /"));
    if (rule.ok() && rule->internal()) problems.push_back(absl::StrCat("RPC ", name, " is internal and may have no route"));
    if (method.client_streaming() && !is_raw)
      problems.push_back(absl::StrCat("RPC ", name, " streams requests and may have no route unless its body is BODY_RAW"));
    std::string shape;
    for (const std::string& path : FieldsIn(route, &shape)) {
      const FieldDescriptor* field = FindPath(method.input_type(), path);
      if (field == nullptr || field->message_type() != nullptr) {
        problems.push_back(
            absl::StrCat("RPC ", name, ": {", path, "} of its route is no plain field of ", method.input_type()->name()));
      }
    }
    const auto [other, is_new] = shapes.emplace(shape, name);
    if (!is_new) problems.push_back(absl::StrCat("RPC ", name, " and RPC ", other->second, " have the same route ", shape));
  }
  if (method.options().GetExtension(api::v1::session) == api::v1::SESSION_START &&
      method.output_type()->FindFieldByName("session_token") == nullptr) {
    problems.push_back(
        absl::StrCat("RPC ", name, " starts a session, so ", method.output_type()->name(), " needs the field session_token"));
  }
}

void CheckMessage(const Descriptor& message, Problems& problems) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (IsNamedLikeASecret(field) && !field.options().GetExtension(api::v1::secret)) {
      problems.push_back(absl::StrCat("field ", field.full_name(),
                                      " is named like a secret: mark it [(millwright.api.v1.secret) = true] or rename it"));
    }
  }
  for (int i = 0; i < message.nested_type_count(); ++i) CheckMessage(*message.nested_type(i), problems);
}

std::string TypeText(const FieldDescriptor& field) {
  const std::string type = field.message_type() != nullptr ? field.message_type()->full_name()
                           : field.enum_type() != nullptr  ? field.enum_type()->full_name()
                                                           : field.type_name();
  return absl::StrCat(field.is_repeated() ? "repeated " : "", type);
}

void CompareMessage(const Descriptor& was, const google::protobuf::DescriptorPool& current, Problems& problems) {
  const Descriptor* is = current.FindMessageTypeByName(was.full_name());
  if (is == nullptr) return problems.push_back(absl::StrCat("message ", was.full_name(), " was removed"));
  for (int i = 0; i < was.field_count(); ++i) {
    const FieldDescriptor& before = *was.field(i);
    const FieldDescriptor* now = is->FindFieldByNumber(before.number());
    if (now == nullptr || now->name() != before.name()) {
      const bool is_renumbered = is->FindFieldByName(before.name()) != nullptr;
      problems.push_back(absl::StrCat("field ", before.full_name(), " = ", before.number(),
                                      is_renumbered ? " was given another number" : " was removed or renamed"));
    } else if (TypeText(*now) != TypeText(before)) {
      problems.push_back(absl::StrCat("field ", before.full_name(), " was ", TypeText(before), " and is ", TypeText(*now)));
    }
  }
  for (int i = 0; i < was.nested_type_count(); ++i) CompareMessage(*was.nested_type(i), current, problems);
}

void CompareEnum(const EnumDescriptor& was, const google::protobuf::DescriptorPool& current, Problems& problems) {
  const EnumDescriptor* is = current.FindEnumTypeByName(was.full_name());
  if (is == nullptr) return problems.push_back(absl::StrCat("enum ", was.full_name(), " was removed"));
  for (int i = 0; i < was.value_count(); ++i) {
    const auto* now = is->FindValueByName(was.value(i)->name());
    if (now == nullptr || now->number() != was.value(i)->number()) {
      problems.push_back(absl::StrCat("enum value ", was.value(i)->full_name(), " = ", was.value(i)->number(),
                                      " was removed or given another number"));
    }
  }
}

void CompareMethod(const MethodDescriptor& was, const google::protobuf::DescriptorPool& current, Problems& problems) {
  const MethodDescriptor* is = current.FindMethodByName(was.full_name());
  if (is == nullptr) return problems.push_back(absl::StrCat("RPC ", was.full_name(), " was removed"));
  const bool is_same = is->input_type()->full_name() == was.input_type()->full_name() &&
                       is->output_type()->full_name() == was.output_type()->full_name() &&
                       is->client_streaming() == was.client_streaming() && is->server_streaming() == was.server_streaming();
  if (!is_same)
    problems.push_back(
        absl::StrCat("RPC ", was.full_name(), " takes or answers another message or streams otherwise than before"));
  const std::set<std::string> now = RoutesOf(*is);
  for (const std::string& route : RoutesOf(was)) {
    if (!now.contains(route)) problems.push_back(absl::StrCat("RPC ", was.full_name(), " lost its route ", route));
  }
}

}  // namespace

std::vector<std::string> CheckRules(const std::vector<const FileDescriptor*>& files) {
  Problems problems;
  std::map<std::string, std::string> shapes;
  for (const FileDescriptor* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) CheckMethod(*file->service(s)->method(m), shapes, problems);
    }
    for (int m = 0; m < file->message_type_count(); ++m) CheckMessage(*file->message_type(m), problems);
  }
  return problems;
}

std::vector<std::string> CheckCompatible(const google::protobuf::FileDescriptorSet& released,
                                         const google::protobuf::DescriptorPool& current) {
  Problems problems;
  google::protobuf::DescriptorPool pool;
  for (const auto& proto : released.file()) {
    const FileDescriptor* file = pool.BuildFile(proto);
    if (file == nullptr) return {absl::StrCat("the released contracts do not read: ", proto.name())};
    if (!absl::StartsWith(file->package(), "millwright.")) continue;
    for (int i = 0; i < file->message_type_count(); ++i) CompareMessage(*file->message_type(i), current, problems);
    for (int i = 0; i < file->enum_type_count(); ++i) CompareEnum(*file->enum_type(i), current, problems);
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) CompareMethod(*file->service(s)->method(m), current, problems);
    }
  }
  return problems;
}

}  // namespace millwright::contracts
