#pragma once

namespace millwright::pg {

/// How the server plans a statement: anew for its parameters each time, or once for a connection. Prepared is for short
/// statements that run often and whose best plan does not hang on the parameters.
enum class Plan { kEachTime, kPrepared };

/// One SQL statement under the name that logs and metrics show. Both texts are literals.
struct Statement {
  const char* name;
  const char* sql;
  Plan plan = Plan::kEachTime;
};

}  // namespace millwright::pg
