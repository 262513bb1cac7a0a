#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace millwright::gateway {

/// Reads a JSON object in the standard dialect into an empty message. Strict: an unknown field, a value of another type, a
/// number out of range or two fields of one oneof are InvalidArgument and named by their path, as `batch.columns[2].name`.
absl::Status FromJsonText(absl::string_view text, google::protobuf::Message& message);

/// Sets the field at `path` ("batch.asset_id") from the text of a URL. A repeated field gets one more element.
/// InvalidArgument, naming the field, when it does not exist, is no scalar or time, or does not read.
absl::Status SetFromText(const std::string& path, const std::string& text, google::protobuf::Message& message);

}  // namespace millwright::gateway
