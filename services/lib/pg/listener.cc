#include "lib/pg/listener.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <thread>
#include <utility>

#include "lib/base/check.h"
#include "lib/pg/connect.h"

namespace millwright::pg {
namespace {

// libpqxx wants an object for each channel; that something came is all we need to know.
class Receiver : public pqxx::notification_receiver {
 public:
  using pqxx::notification_receiver::notification_receiver;
  void operator()(const std::string&, int) override {}
};

}  // namespace

struct Listener::State {
  DatabaseOptions options;
  std::string channel;
  std::function<void()> wake;
  absl::Duration poll;
  int stop_fd = -1;
  std::thread thread;

  /// Waits for the socket (none: -1), the poll time, or the end; false at the end.
  bool Wait(int socket) const {
    pollfd fds[2] = {{stop_fd, POLLIN, 0}, {socket, POLLIN, 0}};
    ::poll(fds, socket < 0 ? 1 : 2, static_cast<int>(absl::ToInt64Milliseconds(poll)));
    return (fds[0].revents & POLLIN) == 0;
  }

  void Run() const {
    for (bool is_running = true; is_running;) {
      auto connection = Connect(options);
      if (!connection.ok()) {
        wake();
        is_running = Wait(-1);
        continue;
      }
      try {
        const Receiver receiver(**connection, channel);
        wake();  // for what came before we listened
        while ((is_running = Wait((*connection)->sock()))) {
          (*connection)->get_notifs();
          wake();
          if (!(*connection)->is_open()) break;
        }
      } catch (const std::exception&) {
        // The server went away: connect again, at the pace of the poll.
        wake();
        if (is_running) is_running = Wait(-1);
      }
    }
  }
};

Listener::Listener(const Database& database, std::string channel, std::function<void()> wake, absl::Duration poll)
    : state_(new State{database.options(), std::move(channel), std::move(wake), poll, ::eventfd(0, EFD_CLOEXEC), {}}) {
  CHECK(state_->stop_fd >= 0);
  state_->thread = std::thread([this] { state_->Run(); });
}

Listener::~Listener() {
  const std::uint64_t one = 1;
  CHECK(::write(state_->stop_fd, &one, sizeof one) == sizeof one);
  state_->thread.join();
  ::close(state_->stop_fd);
}

}  // namespace millwright::pg
