#include "gateway/doors/http_connection.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace millwright::gateway {
namespace {

using NameOf = int (*)(int, sockaddr*, socklen_t*);

void ReadName(NameOf name_of, int socket, std::string& ip, int& port) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  char host[NI_MAXHOST];
  char service[NI_MAXSERV];
  if (name_of(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      getnameinfo(reinterpret_cast<sockaddr*>(&address), size, host, sizeof(host), service, sizeof(service),
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return;
  }
  ip = host;
  port = std::atoi(service);
}

}  // namespace

bool HttpConnection::Poll(short events, absl::Duration timeout) const {
  const absl::Time until = absl::Now() + timeout;
  while (true) {
    pollfd entry{.fd = socket_, .events = events, .revents = 0};
    const auto left = std::max<std::int64_t>(0, absl::ToInt64Milliseconds(until - absl::Now()));
    const int ready = poll(&entry, 1, static_cast<int>(left));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

bool HttpConnection::AwaitRequest(absl::Duration timeout, const std::function<bool()>& is_stopping) {
  const absl::Time until = absl::Now() + timeout;
  bool has_more = position_ < buffer_.size();
  while (!has_more && !is_stopping()) {
    if (absl::Now() >= until) return false;
    has_more = Poll(POLLIN, absl::Milliseconds(200));
  }
  is_in_header_ = true;
  holds_next_write_ = true;
  header_bytes_ = 0;
  deadline_ = absl::Now() + absl::Seconds(options_.header_seconds);
  return has_more && !is_stopping();
}

void HttpConnection::HeaderIsRead() {
  is_in_header_ = false;
  deadline_ = absl::Now() + absl::Seconds(options_.body_seconds);
}

void HttpConnection::Linger() {
  constexpr std::size_t kMostDiscarded = 64 << 20;
  const absl::Time until = absl::Now() + absl::Seconds(5);
  shutdown(socket_, SHUT_WR);
  buffer_.resize(64 << 10);
  for (std::size_t discarded = 0; discarded < kMostDiscarded && absl::Now() < until;) {
    if (!Poll(POLLIN, absl::Seconds(1))) return;
    const ssize_t got = recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got <= 0) return;
    discarded += static_cast<std::size_t>(got);
  }
}

bool HttpConnection::is_readable() const {
  return position_ < buffer_.size() || Poll(POLLIN, absl::Seconds(options_.silence_seconds));
}

bool HttpConnection::is_writable() const {
  pollfd entry{.fd = socket_, .events = POLLOUT, .revents = 0};
  // A client that has gone ends a long answer early.
  if (poll(&entry, 1, options_.silence_seconds * 1000) <= 0) return false;
  return (entry.revents & (POLLERR | POLLHUP)) == 0;
}

ssize_t HttpConnection::read(char* out, std::size_t size) {
  if (position_ == buffer_.size()) {
    const absl::Duration left = std::min(deadline_ - absl::Now(), absl::Seconds(options_.silence_seconds));
    // What we said before is what the client may be waiting for.
    if (left <= absl::ZeroDuration() || !Flush()) return -1;
    buffer_.resize(is_in_header_ ? 16 << 10 : 64 << 10);
    ssize_t got = recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      if (!Poll(POLLIN, left)) {
        buffer_.clear();
        position_ = 0;
        return -1;
      }
      got = recv(socket_, buffer_.data(), buffer_.size(), 0);
    }
    buffer_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    position_ = 0;
    if (got <= 0) return got;
  }
  const std::size_t take = std::min(size, buffer_.size() - position_);
  if (is_in_header_) {
    header_bytes_ += take;
    if (header_bytes_ > options_.max_header_bytes) return -1;
  }
  std::memcpy(out, buffer_.data() + position_, take);
  position_ += take;
  return static_cast<ssize_t>(take);
}

ssize_t HttpConnection::Send(const char* bytes, std::size_t size) {
  while (true) {
    const ssize_t sent = send(socket_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0 || (errno != EAGAIN && errno != EINTR)) return sent;
    if (!Poll(POLLOUT, absl::Seconds(options_.silence_seconds))) return -1;
  }
}

bool HttpConnection::Flush() {
  std::size_t done = 0;
  while (done < held_.size()) {
    const ssize_t sent = Send(held_.data() + done, held_.size() - done);
    if (sent <= 0) return false;
    done += static_cast<std::size_t>(sent);
  }
  held_.clear();
  return true;
}

ssize_t HttpConnection::write(const char* bytes, std::size_t size) {
  constexpr std::size_t kMostHeld = 16 << 10;
  if (holds_next_write_ && size <= kMostHeld) {
    holds_next_write_ = false;
    held_.append(bytes, size);
    return static_cast<ssize_t>(size);
  }
  if (held_.empty()) return Send(bytes, size);
  const std::size_t take = std::min(size, kMostHeld);
  held_.append(bytes, take);
  return Flush() ? static_cast<ssize_t>(take) : -1;
}

void HttpConnection::get_remote_ip_and_port(std::string& ip, int& port) const { ReadName(&getpeername, socket_, ip, port); }
void HttpConnection::get_local_ip_and_port(std::string& ip, int& port) const { ReadName(&getsockname, socket_, ip, port); }

}  // namespace millwright::gateway
