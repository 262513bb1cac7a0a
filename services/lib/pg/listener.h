#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "lib/pg/database.h"

namespace millwright::pg {

/// Calls `wake` after a NOTIFY on `channel`, and in any case each `poll`, on a thread and a connection of its own; many
/// notifications at once become one call. Reconnects and listens again after the server was away. `wake` must not throw and
/// runs to its end before the destructor returns.
class Listener {
 public:
  Listener(const Database& database, std::string channel, std::function<void()> wake, absl::Duration poll = absl::Seconds(1));
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `SELECT pg_notify(channel, '')` inside a transaction: listeners hear of it after commit.
inline constexpr Statement kNotify{"notify", "SELECT pg_notify($1, '')"};

}  // namespace millwright::pg
