#pragma once

#include <httplib.h>

#include <atomic>

#include "absl/time/time.h"

namespace millwright::gateway {

struct HttpServerOptions {
  int threads = 128;      // connections served at once; a kept-alive one holds its thread for keep_alive_seconds
  int max_waiting = 512;  // connections that wait for a thread; beyond them 503
  std::size_t max_header_bytes = 64 << 10;
  int header_seconds = 10;   // for the whole header
  int body_seconds = 300;    // for the whole body
  int silence_seconds = 10;  // between two pieces of a body, or of an answer that is not taken
  int keep_alive_seconds = 5;
  int max_requests_per_connection = 10000;
};

/// cpp-httplib's server over connections with bounds of their own: total header size, time for header and body, and connections
/// that end when what remains of a request was not read.
class HttpServer final : public httplib::Server {
 public:
  explicit HttpServer(const HttpServerOptions& options);

  /// For handlers, on their thread: the header of the current request has been read; its body follows.
  static void HeaderIsRead();
  /// For handlers, on their thread: the current request's body may take so long from now on, instead of body_seconds.
  static void BodyMayTake(absl::Duration duration);
  /// For handlers, on their thread: the body of a request whose verb has none to the library; false when it did not come whole.
  static bool ReadBody(std::size_t length, std::string* body);
  /// For handlers, on their thread: the connection ends after this answer, which says so.
  static void CloseAfterAnswer(const httplib::Request& request);

 private:
  bool process_and_close_socket(socket_t socket) override;

  const HttpServerOptions options_;
};

}  // namespace millwright::gateway
