#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "millwright/mlflow/v1/options.pb.h"

namespace millwright::gateway {

struct MessagePlan;

/// What reading and writing a field as JSON takes, looked up once.
struct FieldPlan {
  const google::protobuf::FieldDescriptor* descriptor = nullptr;
  std::string name;
  std::string quoted_name;  // "\"name\":"
  std::uint32_t tag = 0;    // as it stands on the wire
  const MessagePlan* message = nullptr;
  std::vector<mlflow::v1::Json::Check> checks;
  std::optional<std::int64_t> at_most;
  bool is_required = false;   // one of the checks is REQUIRED
  bool has_elements = false;  // or ELEMENTS
  bool keep_empty = false;
};

/// A message's fields in their declared order, at most 64.
struct MessagePlan {
  const google::protobuf::Descriptor* descriptor = nullptr;
  std::vector<FieldPlan> fields;
  std::uint64_t required = 0;  // a bit a field
  std::uint64_t kept = 0;      // those written when empty

  /// The field's place, looked for from `hint` on, as JSON has fields mostly in one order; -1 for an unknown name.
  int Find(absl::string_view name, std::size_t hint) const;
  int FindTag(std::uint32_t tag, std::size_t hint) const;
};

/// The plans of messages and of all that they hold. Immutable once built, so thread-safe then.
class MessagePlans {
 public:
  /// Adds the message's plan, if it is not there.
  const MessagePlan& Add(const google::protobuf::Descriptor* message);
  /// The plan of a message that was added.
  const MessagePlan& Of(const google::protobuf::Descriptor* message) const { return *plans_.at(message); }

 private:
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>> plans_;
};

}  // namespace millwright::gateway
