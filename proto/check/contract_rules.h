#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace millwright::contracts {

/// What is wrong with the RPCs and messages of these files by the house rules, a line each; empty when all is well:
/// every RPC has a consistent access rule and states its audit, routes are unique and their fields exist, nothing audited names
/// a secret, sign-in answers with a session token, and fields that hold secrets say so.
std::vector<std::string> CheckRules(const std::vector<const google::protobuf::FileDescriptor*>& files);

/// What `current` breaks for users of `released`: messages, fields, enum values, RPCs and routes that are gone or have changed.
/// Additions are free.
std::vector<std::string> CheckCompatible(const google::protobuf::FileDescriptorSet& released,
                                         const google::protobuf::DescriptorPool& current);

}  // namespace millwright::contracts
