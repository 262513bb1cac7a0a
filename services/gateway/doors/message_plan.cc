#include "gateway/doors/message_plan.h"

#include <google/protobuf/wire_format_lite.h>

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"

namespace millwright::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

FieldPlan PlanOf(const FieldDescriptor& field) {
  const auto& options = field.options();
  FieldPlan plan{.descriptor = &field,
                 .name = field.name(),
                 .quoted_name = absl::StrCat("\"", field.name(), "\":"),
                 .tag = WireFormatLite::MakeTag(field.number(), WireFormatLite::WireTypeForFieldType(
                                                                    static_cast<WireFormatLite::FieldType>(field.type()))),
                 .keep_empty = options.GetExtension(mlflow::v1::keep_empty)};
  for (int i = 0; i < options.ExtensionSize(mlflow::v1::check); ++i) {
    const auto check = options.GetExtension(mlflow::v1::check, i);
    plan.checks.push_back(check);
    plan.is_required |= check == mlflow::v1::Json::REQUIRED;
    plan.has_elements |= check == mlflow::v1::Json::ELEMENTS;
  }
  if (options.HasExtension(mlflow::v1::at_most)) plan.at_most = options.GetExtension(mlflow::v1::at_most);
  return plan;
}

template <typename Matches>
int FindFrom(std::size_t size, std::size_t hint, Matches matches) {
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = hint + i < size ? hint + i : hint + i - size;
    if (matches(at)) return static_cast<int>(at);
  }
  return -1;
}

}  // namespace

int MessagePlan::Find(absl::string_view wanted, std::size_t hint) const {
  return FindFrom(fields.size(), hint, [&](std::size_t i) { return fields[i].name == wanted; });
}

int MessagePlan::FindTag(std::uint32_t tag, std::size_t hint) const {
  return FindFrom(fields.size(), hint, [&](std::size_t i) { return fields[i].tag == tag; });
}

const MessagePlan& MessagePlans::Add(const google::protobuf::Descriptor* message) {
  const auto [it, is_new] = plans_.emplace(message, nullptr);
  if (!is_new) return *it->second;
  it->second = std::make_unique<MessagePlan>();
  MessagePlan& plan = *it->second;  // stays, as the map moves only the pointer
  plan.descriptor = message;
  CHECK(message->field_count() <= 64);
  for (int i = 0; i < message->field_count(); ++i) {
    FieldPlan field = PlanOf(*message->field(i));
    if (field.descriptor->message_type() != nullptr) field.message = &Add(field.descriptor->message_type());
    if (field.is_required) plan.required |= std::uint64_t{1} << i;
    if (field.keep_empty) plan.kept |= std::uint64_t{1} << i;
    plan.fields.push_back(std::move(field));
  }
  return plan;
}

}  // namespace millwright::gateway
