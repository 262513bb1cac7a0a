#pragma once

namespace millwright::pg {

/// One SQL statement under the name that logs and metrics show. Both texts are literals.
struct Statement {
  const char* name;
  const char* sql;
};

}  // namespace millwright::pg
