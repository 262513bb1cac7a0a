#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/doors/message_plan.h"

namespace millwright::gateway {

/// Turns a JSON object into the bytes of a message without building either: the way of good requests, which are nearly all.
/// False, with `wire` in any state, for everything that needs a closer look: JSON that does not parse, a value of another type
/// than the field's own, a field given twice, a check of the plan that fails. Then ReadMlflowJson decides.
/// A body with some spare capacity is not copied.
bool JsonToWire(const std::string& body, const MessagePlan& plan, std::string* wire);

/// Appends a text field with this tag.
void AppendTextField(std::uint32_t tag, absl::string_view text, std::string* wire);

}  // namespace millwright::gateway
