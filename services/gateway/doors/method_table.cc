#include "gateway/doors/method_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "lib/auth/access_rule.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"

namespace millwright::gateway {
namespace {

using google::protobuf::FieldDescriptor;

constexpr std::size_t kMaxText = 256;

// The service says it, or its package: "millwright.tracker.v1" belongs to tracker; the registry's key is model_registry.
std::string BackendOf(const google::protobuf::MethodDescriptor& method) {
  const std::string& stated = method.service()->options().GetExtension(api::v1::backend);
  if (!stated.empty()) return stated;
  const std::vector<std::string> parts = absl::StrSplit(method.file()->package(), '.');
  const std::string name = parts.size() > 1 ? parts[1] : parts[0];
  return name == "registry" ? "model_registry" : name;
}

}  // namespace

absl::StatusOr<MethodTable> MethodTable::Make(const std::vector<const google::protobuf::MethodDescriptor*>& descriptors) {
  MethodTable table;
  for (const auto* descriptor : descriptors) {
    Method method{.descriptor = descriptor,
                  .path = absl::StrCat("/", descriptor->service()->full_name(), "/", descriptor->name()),
                  .backend = BackendOf(*descriptor),
                  .rule = {}};
    ASSIGN_OR_RETURN(method.rule, auth::RuleOf(*descriptor));
    method.is_audited = descriptor->options().GetExtension(api::v1::audit) == api::v1::AUDIT_RECORD;
    method.session = descriptor->options().GetExtension(api::v1::session);
    method.dialect = descriptor->options().GetExtension(api::v1::dialect);
    method.is_raw = descriptor->options().GetExtension(api::v1::body) == api::v1::BODY_RAW;
    for (int i = 0; i < descriptor->input_type()->field_count(); ++i)
      method.takes_headers |= descriptor->input_type()->field(i)->options().HasExtension(api::v1::header);
    table.by_path_[method.path] = table.methods_.size();
    table.methods_.push_back(std::move(method));
  }
  return table;
}

const Method* MethodTable::Find(const std::string& path) const {
  const auto it = by_path_.find(path);
  return it == by_path_.end() ? nullptr : &methods_[it->second];
}

std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string FieldText(const google::protobuf::Message& message, const std::string& path) {
  const google::protobuf::Message* at = &message;
  const std::vector<std::string> names = absl::StrSplit(path, '.', absl::SkipEmpty());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field = at->GetDescriptor()->FindFieldByName(names[i]);
    if (field == nullptr || field->is_repeated()) return "";
    if (i + 1 < names.size()) {
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return "";
      at = &at->GetReflection()->GetMessage(*at, field);
      continue;
    }
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return "";
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
      return std::string(base::Utf8Prefix(at->GetReflection()->GetString(*at, field), kMaxText));
    std::string text;
    google::protobuf::TextFormat::PrintFieldValueToString(*at, field, -1, &text);
    return text;
  }
  return "";
}

}  // namespace millwright::gateway
