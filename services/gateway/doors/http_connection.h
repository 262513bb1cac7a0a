#pragma once

#include <httplib.h>

#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/doors/http_server.h"

namespace millwright::gateway {

/// One accepted connection as cpp-httplib's stream. One thread at a time.
class HttpConnection final : public httplib::Stream {
 public:
  HttpConnection(int socket, const HttpServerOptions& options) : socket_(socket), options_(options) {}

  /// Waits for the first byte of a request, in slices, so that `is_stopping` is seen soon; false when none came in time.
  bool AwaitRequest(absl::Duration timeout, const std::function<bool()>& is_stopping);
  void HeaderIsRead();
  void BodyMayTake(absl::Duration duration) { deadline_ = absl::Now() + duration; }
  void CloseAfterAnswer() { must_close_ = true; }
  /// Sends what is still held of the answer.
  bool Flush();
  bool must_close() const { return must_close_; }
  /// Says goodbye and reads what still comes, within bounds: closing over unread bytes resets the connection, and the answer may
  /// be lost on its way.
  void Linger();

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* out, std::size_t size) override;
  ssize_t write(const char* bytes, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  bool Poll(short events, absl::Duration timeout) const;
  ssize_t Send(const char* bytes, std::size_t size);

  const int socket_;
  const HttpServerOptions& options_;
  std::string buffer_;
  std::size_t position_ = 0;
  std::string held_;  // an answer's header, until the body comes: one packet instead of two
  bool holds_next_write_ = false;
  bool is_in_header_ = true;
  bool must_close_ = false;
  std::size_t header_bytes_ = 0;
  absl::Time deadline_;
};

}  // namespace millwright::gateway
