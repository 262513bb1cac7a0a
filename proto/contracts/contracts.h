#pragma once

#include <vector>

#include "google/protobuf/descriptor.h"

namespace millwright::contracts {

/// The linked contracts with RPCs: one line a file here makes all their RPCs known to the doors, OpenAPI and the checker.
std::vector<const google::protobuf::FileDescriptor*> Files();

/// Every RPC of Files(), in their order.
std::vector<const google::protobuf::MethodDescriptor*> Methods();

}  // namespace millwright::contracts
