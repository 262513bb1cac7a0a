#pragma once

#include <string>

#include "google/protobuf/descriptor.h"

namespace millwright::contracts {

/// The comment that a contract's file has before (or else behind) a declaration; "" without one. Linked descriptors hold no
/// comments, so these come from an embedded descriptor set. Thread-safe.
std::string CommentOf(const google::protobuf::Descriptor& message);
std::string CommentOf(const google::protobuf::FieldDescriptor& field);
std::string CommentOf(const google::protobuf::MethodDescriptor& method);

}  // namespace millwright::contracts
