#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/doors/message_plan.h"

namespace millwright::gateway {

/// Appends a message's bytes as JSON of the MLflow dialect without building the message: names as in the proto, what is not on
/// the wire left out, 64-bit integers as numbers, enums by name, NaN and infinities as strings. False for bytes that are no
/// message of the plan as protobuf's own code writes it (fields in order, elements of a list together).
bool WireToJson(absl::string_view wire, const MessagePlan& plan, std::string* json);

}  // namespace millwright::gateway
