#include "gateway/doors/http_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "gateway/doors/blocking_pool.h"
#include "gateway/doors/http_connection.h"

namespace millwright::gateway {
namespace {

thread_local HttpConnection* current_connection = nullptr;
thread_local bool is_overloaded = false;

// The library's interface to threads over ours. It cannot refuse a connection, so that one is answered on the accepting thread.
class ConnectionQueue final : public httplib::TaskQueue {
 public:
  ConnectionQueue(int threads, int max_waiting) : pool_(threads, static_cast<std::size_t>(max_waiting)) {}
  void enqueue(std::function<void()> serve) override {
    if (pool_.Run(serve)) return;
    is_overloaded = true;
    serve();
    is_overloaded = false;
  }
  void shutdown() override { pool_.Stop(); }

 private:
  BlockingPool pool_;
};

void CloseSocket(int socket) {
  shutdown(socket, SHUT_RDWR);
  close(socket);
}

}  // namespace

HttpServer::HttpServer(const HttpServerOptions& options) : options_(options) {
  new_task_queue = [this] { return new ConnectionQueue(options_.threads, options_.max_waiting); };
  // Without the library's SO_REUSEPORT, with which a taken port would go unnoticed.
  set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  set_tcp_nodelay(true);
  // For the Keep-Alive header; the loop below is ours.
  set_keep_alive_max_count(static_cast<std::size_t>(options_.max_requests_per_connection));
  set_keep_alive_timeout(options_.keep_alive_seconds);
  set_payload_max_length(std::size_t{1} << 40);  // handlers count what they read
}

void HttpServer::HeaderIsRead() {
  if (current_connection != nullptr) current_connection->HeaderIsRead();
}

void HttpServer::BodyMayTake(absl::Duration duration) {
  if (current_connection != nullptr) current_connection->BodyMayTake(duration);
}

bool HttpServer::ReadBody(std::size_t length, std::string* body) {
  char piece[4096];
  while (current_connection != nullptr && body->size() < length) {
    const ssize_t got = current_connection->read(piece, std::min(sizeof(piece), length - body->size()));
    if (got <= 0) return false;
    body->append(piece, static_cast<std::size_t>(got));
  }
  return body->size() == length;
}

void HttpServer::CloseAfterAnswer(const httplib::Request& request) {
  // The library's object is not const; it answers "Connection: close" to a request that asked for it.
  auto& headers = const_cast<httplib::Request&>(request).headers;
  headers.erase("Connection");
  headers.emplace("Connection", "close");
  if (current_connection != nullptr) current_connection->CloseAfterAnswer();
}

bool HttpServer::process_and_close_socket(socket_t socket) {
  HttpConnection connection(socket, options_);
  if (is_overloaded) {
    static constexpr char kBusy[] =
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
    connection.write(kBusy, sizeof(kBusy) - 1);
    CloseSocket(socket);
    return false;
  }
  current_connection = &connection;
  const auto is_stopping = [this] { return svr_sock_ == INVALID_SOCKET; };
  bool goes_on = true;
  for (int left = options_.max_requests_per_connection; goes_on && left > 0; --left) {
    if (!connection.AwaitRequest(absl::Seconds(options_.keep_alive_seconds), is_stopping)) break;
    bool is_closed = false;
    goes_on = process_request(connection, /*close_connection=*/left == 1, is_closed, [](httplib::Request&) {});
    goes_on = connection.Flush() && goes_on && !is_closed && !connection.must_close();
  }
  current_connection = nullptr;
  if (connection.must_close()) connection.Linger();
  CloseSocket(socket);
  return true;
}

}  // namespace millwright::gateway
