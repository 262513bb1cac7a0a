#include "telemetry/config.h"

namespace millwright::telemetry {

void Config::Bind(config::Binder& binder) {
  server.Bind(binder);
  database.Bind(binder);
}

}  // namespace millwright::telemetry
