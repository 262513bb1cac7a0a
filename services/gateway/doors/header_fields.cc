#include "gateway/doors/header_fields.h"

#include "gateway/doors/exchange.h"
#include "gateway/doors/json_reader.h"

namespace millwright::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

template <typename F>
void ForEachHeader(const Descriptor& type, F&& each) {
  for (int i = 0; i < type.field_count(); ++i) {
    const std::string& header = type.field(i)->options().GetExtension(api::v1::header);
    if (!header.empty()) each(*type.field(i), header);
  }
}

}  // namespace

void SetHeaderFields(const httplib::Request& request, Message& message) {
  ForEachHeader(*message.GetDescriptor(), [&](const FieldDescriptor& field, const std::string& header) {
    message.GetReflection()->ClearField(&message, &field);
    const std::string value = request.get_header_value(header == "Range" ? kRangeHeader : header.c_str());
    if (value.empty()) return;
    if (!SetFromText(field.name(), value, message).ok()) message.GetReflection()->ClearField(&message, &field);
  });
}

std::string WithHeaderFields(const httplib::Request& request, const Descriptor& type, std::string bytes) {
  const std::unique_ptr<Message> message = NewMessage(&type);
  if (!message->ParseFromString(bytes)) return bytes;
  SetHeaderFields(request, *message);
  return message->SerializeAsString();
}

void WriteHeaderFields(const Message& message, httplib::Response& response) {
  ForEachHeader(*message.GetDescriptor(), [&](const FieldDescriptor&, const std::string& header) {
    if (header == "Content-Length" || header == "Content-Type") return;
    const std::string value = HeaderField(message, header);
    if (!value.empty()) ReplaceHeader(response, header, value);
  });
}

std::string HeaderField(const Message& message, const std::string& header) {
  std::string value;
  ForEachHeader(*message.GetDescriptor(), [&](const FieldDescriptor& field, const std::string& name) {
    if (name != header) return;
    const auto& reflection = *message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      value = reflection.GetString(message, &field);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      value = std::to_string(reflection.GetInt64(message, &field));
    }
  });
  return value;
}

}  // namespace millwright::gateway
