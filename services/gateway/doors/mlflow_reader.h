#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/doors/message_plan.h"
#include "google/protobuf/message.h"

namespace millwright::gateway {

/// Reads a body as MLflow's server does: what does not parse is no body; of an object the fields are taken in its order up to
/// the first that does not fit; unknown ones are skipped; then the checks of the plan decide. InvalidArgument has MLflow's
/// own message.
absl::Status ReadMlflowJson(absl::string_view body, const MessagePlan& plan, google::protobuf::Message& message);

/// The same for the query of a GET, whose values are text: booleans in any case, repeated keys as lists.
absl::Status ReadMlflowQuery(absl::string_view query, const MessagePlan& plan, google::protobuf::Message& message);

}  // namespace millwright::gateway
