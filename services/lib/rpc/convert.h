#pragma once

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace millwright::rpc {

google::protobuf::Timestamp ToProto(absl::Time time);
absl::Time FromProto(const google::protobuf::Timestamp& time);

/// A Struct as JSON and back. Numbers are doubles; whole ones within ±2^53 become JSON integers. Depth at most 32, else
/// InvalidArgument naming `field`.
absl::StatusOr<nlohmann::json> ToJson(const google::protobuf::Struct& value, const std::string& field);
google::protobuf::Struct ToStruct(const nlohmann::json& object);  // `object` is a JSON object
nlohmann::json ToJson(const google::protobuf::Value& value);
google::protobuf::Value ToValue(const nlohmann::json& value);

/// A page size: `fallback` when 0, InvalidArgument outside 1..max.
absl::StatusOr<int> PageSize(int requested, int fallback, int max);
/// Opaque keyset tokens: base64url of a JSON array of the last row's keys. InvalidArgument for what is not one of ours.
std::string EncodePageToken(const nlohmann::json& keys);
absl::StatusOr<nlohmann::json> DecodePageToken(const std::string& token);

}  // namespace millwright::rpc
