#include "cli/commands/unary_command.h"

#include <google/protobuf/struct.pb.h>

#include <cstdio>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/door.h"
#include "cli/supervisor/plan.h"
#include "cli/supervisor/state_file.h"
#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/convert.h"
#include "millwright/gateway/v1/identity.pb.h"
#include "millwright/registry/v1/registry.pb.h"
#include "nlohmann/json.hpp"

namespace millwright::cli {
namespace {

namespace pb = google::protobuf;

absl::StatusOr<bool> ReadBool(const std::string& text) {
  const std::string lower = absl::AsciiStrToLower(text);
  if (lower == "yes" || lower == "true" || lower == "1") return true;
  if (lower == "no" || lower == "false" || lower == "0") return false;
  return absl::InvalidArgumentError("must be yes or no");
}

absl::StatusOr<const pb::EnumValueDescriptor*> ReadEnum(const pb::EnumDescriptor& type, const std::string& text) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string name = ShortEnumName(*type.value(i));
    if (name.empty()) continue;
    if (name == absl::AsciiStrToLower(text)) return type.value(i);
    names.push_back(name);
  }
  return absl::InvalidArgumentError(absl::StrCat("must be one of ", absl::StrJoin(names, ", ")));
}

// A value on the command line: JSON when it is JSON, else text.
nlohmann::json ReadLoose(const std::string& text) {
  nlohmann::json value = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_discarded() ? nlohmann::json(text) : value;
}

absl::Status CallPages(const Door& door, const pb::MethodDescriptor& method, pb::Message& request, pb::Message* reply,
                       int limit) {
  const pb::FieldDescriptor* size = method.input_type()->FindFieldByName("page_size");
  const pb::FieldDescriptor* token = method.input_type()->FindFieldByName("page_token");
  const pb::FieldDescriptor* next = method.output_type()->FindFieldByName("next_page_token");
  const pb::FieldDescriptor* list = ListField(*method.output_type());
  if (size == nullptr || token == nullptr || next == nullptr || list == nullptr) return door.Call(method, request, reply);
  const std::unique_ptr<pb::Message> page(reply->New());
  while (true) {
    const int left = limit - reply->GetReflection()->FieldSize(*reply, list);
    request.GetReflection()->SetInt32(&request, size, std::min(left, 500));
    page->Clear();
    RETURN_IF_ERROR(door.Call(method, request, page.get()));
    const std::string more = page->GetReflection()->GetString(*page, next);
    reply->MergeFrom(*page);  // appends the entries, takes the newer token
    if (more.empty()) reply->GetReflection()->ClearField(reply, next);
    if (more.empty() || reply->GetReflection()->FieldSize(*reply, list) >= limit) return absl::OkStatus();
    request.GetReflection()->SetString(&request, token, more);
  }
}

// What a person wants to know beyond the answer itself.
int Conclude(const pb::Message& reply, const Session& session) {
  if (const auto* decision = dynamic_cast<const registry::v1::GateDecision*>(&reply)) return decision->passed() ? kOk : kRefused;
  if (const auto* link = dynamic_cast<const gateway::v1::CreateSignInLinkResponse*>(&reply);
      link != nullptr && session.format == OutputFormat::kTable) {
    const absl::StatusOr<Home> home = Home::Find(session.home);
    const absl::StatusOr<SystemState> state = home.ok() ? ReadState(*home) : home.status();
    const int port = kGatewayHttpPort + (state.ok() ? state->port_offset : 0);
    std::printf("link        http://127.0.0.1:%d/sign-in?code=%s\n", port, link->code().c_str());
  }
  if (reply.GetDescriptor()->field_count() == 0 && session.format == OutputFormat::kTable) std::fprintf(stderr, "done\n");
  return kOk;
}

}  // namespace

absl::StatusOr<std::pair<std::string, std::string>> SplitSetting(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return absl::InvalidArgumentError(absl::StrCat("--set ", text, ": write it as key=value"));
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

absl::Status SetField(pb::Message& message, const std::string& field_name, const std::string& name, const std::string& text) {
  const pb::FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(field_name);
  CHECK(field != nullptr);
  const pb::Reflection& reflection = *message.GetReflection();
  const auto wrong = [&](absl::string_view right) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": \"", text, "\" ", right));
  };
  switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING:
      field->is_repeated() ? reflection.AddString(&message, field, text) : reflection.SetString(&message, field, text);
      return absl::OkStatus();
    case pb::FieldDescriptor::CPPTYPE_INT32: {
      std::int32_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) return wrong("is not a whole number");
      reflection.SetInt32(&message, field, value);
      return absl::OkStatus();
    }
    case pb::FieldDescriptor::CPPTYPE_BOOL: {
      const absl::StatusOr<bool> value = ReadBool(text);
      if (!value.ok()) return wrong(value.status().message());
      reflection.SetBool(&message, field, *value);
      return absl::OkStatus();
    }
    case pb::FieldDescriptor::CPPTYPE_ENUM: {
      const absl::StatusOr<const pb::EnumValueDescriptor*> value = ReadEnum(*field->enum_type(), text);
      if (!value.ok()) return wrong(value.status().message());
      reflection.SetEnum(&message, field, *value);
      return absl::OkStatus();
    }
    default:
      return absl::InternalError(absl::StrCat("the field ", field->full_name(), " cannot be set from the command line"));
  }
}

absl::Status FillRequest(const UnaryCommand& command, const Values& values, pb::Message& request) {
  for (const Argument& argument : command.arguments) {
    if (argument.from == From::kFixed) {
      RETURN_IF_ERROR(SetField(request, argument.field, argument.field, argument.fallback));
      continue;
    }
    const auto given = values.find(argument.name);
    std::vector<std::string> texts = given == values.end() ? std::vector<std::string>{} : given->second;
    if (texts.empty() && *argument.fallback != '\0') texts.push_back(argument.fallback);
    const std::string shown = argument.from == From::kPosition ? argument.name : absl::StrCat("--", argument.name);
    if (argument.from == From::kSet) {
      nlohmann::json settings = nlohmann::json::object();
      for (const std::string& text : texts) {
        ASSIGN_OR_RETURN(const auto setting, SplitSetting(text));
        settings[setting.first] = ReadLoose(setting.second);
      }
      const pb::FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(argument.field);
      request.GetReflection()->MutableMessage(&request, field)->CopyFrom(rpc::ToStruct(settings));
      continue;
    }
    for (const std::string& text : texts) RETURN_IF_ERROR(SetField(request, argument.field, shown, text));
  }
  return absl::OkStatus();
}

int Report(const absl::Status& status) {
  if (!status.ok()) std::fprintf(stderr, "millwright: %s\n", std::string(status.message()).c_str());
  return ExitCode(status);
}

int RunUnary(const UnaryCommand& command, const Values& values, const Session& session, int limit) {
  const pb::MethodDescriptor* method = pb::DescriptorPool::generated_pool()->FindMethodByName(command.method);
  CHECK(method != nullptr);
  pb::MessageFactory& factory = *pb::MessageFactory::generated_factory();
  const std::unique_ptr<pb::Message> request(factory.GetPrototype(method->input_type())->New());
  const std::unique_ptr<pb::Message> reply(factory.GetPrototype(method->output_type())->New());
  if (const absl::Status status = FillRequest(command, values, *request); !status.ok()) {
    Report(status);
    return kUsage;
  }
  const absl::StatusOr<Home> home = Home::Find(session.home);
  if (!home.ok()) return Report(home.status());
  const absl::StatusOr<Door> door = Door::Open(*home, session.address, session.token);
  if (!door.ok()) return Report(door.status());
  if (const absl::Status status = CallPages(*door, *method, *request, reply.get(), limit); !status.ok()) return Report(status);
  std::fputs(Show(*reply, session.format).c_str(), stdout);
  return Conclude(*reply, session);
}

}  // namespace millwright::cli
