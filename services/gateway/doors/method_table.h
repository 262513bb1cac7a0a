#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "millwright/api/v1/options.pb.h"

namespace millwright::gateway {

/// All that a door needs to know of an RPC, from its descriptor.
struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  std::string path;     // "/package.Service/Method"
  std::string backend;  // the service that owns it, as in the keys `peers.<backend>`
  api::v1::AccessRule rule;
  bool is_audited = false;
  api::v1::Session session = api::v1::SESSION_UNSPECIFIED;
  api::v1::JsonDialect dialect = api::v1::JSON_DIALECT_UNSPECIFIED;
  bool is_raw = false;         // BODY_RAW
  bool takes_headers = false;  // some fields of the request stand for HTTP headers
};

/// The RPCs behind the doors. Immutable, so thread-safe.
class MethodTable {
 public:
  /// FailedPrecondition when an RPC has no consistent access rule.
  static absl::StatusOr<MethodTable> Make(const std::vector<const google::protobuf::MethodDescriptor*>& descriptors);

  /// Null for an unknown path.
  const Method* Find(const std::string& path) const;
  const std::vector<Method>& methods() const { return methods_; }

 private:
  std::vector<Method> methods_;
  absl::flat_hash_map<std::string, std::size_t> by_path_;
};

/// An empty message of a linked contract.
std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor* type);

/// The value of a (nested) field of a message as text, for the audit log: "" when a part of the path is absent or repeated.
std::string FieldText(const google::protobuf::Message& message, const std::string& path);

}  // namespace millwright::gateway
