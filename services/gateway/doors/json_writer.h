#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace millwright::gateway {

/// A message in the standard JSON dialect (proto/millwright/api/v1/options.proto): snake_case names, unset fields left out,
/// 64-bit integers as numbers within ±2^53 and as strings beyond, NaN and infinities as strings, times as RFC 3339.
/// `omitted`: a top-level field to leave out.
std::string ToJsonText(const google::protobuf::Message& message, const std::string& omitted = "");

/// `text` as a JSON string with its quotes.
std::string JsonString(const std::string& text);

}  // namespace millwright::gateway
