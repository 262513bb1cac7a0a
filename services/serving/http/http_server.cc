#include "serving/http/http_server.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <list>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::serving {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::milliseconds kTick(100);
constexpr std::size_t kReadBytes = 16 << 10;
constexpr std::size_t kSmallBody = 64 << 10;
constexpr std::size_t kMaxDiscarded = 64 << 20;
constexpr absl::Duration kLinger = absl::Seconds(2);
constexpr auto kUseAwaitable = asio::use_awaitable;

absl::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// One connection. Lives on its worker's thread alone.
struct Connection {
  explicit Connection(tcp::socket s) : socket(std::move(s)) {}

  tcp::socket socket;
  boost::beast::flat_buffer buffer;
  SteadyTime deadline = SteadyTime::max();  // the worker's tick cancels what runs over it
  bool is_expired = false;
  bool is_idle = false;
  std::list<Connection*>::iterator place;

  void Allow(absl::Duration time) {
    is_expired = false;
    deadline = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(time);
  }
  void AllowForever() {
    is_expired = false;
    deadline = SteadyTime::max();
  }
};

/// A network thread with its connections.
struct Worker {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard = asio::make_work_guard(context);
  asio::steady_timer tick{context};
  std::list<Connection*> connections;
  bool is_draining = false;
  std::thread thread;

  void Tick() {
    tick.expires_after(kTick);
    tick.async_wait([this](error_code error) {
      if (error) return;
      const SteadyTime now = std::chrono::steady_clock::now();
      for (Connection* connection : connections) {
        error_code ignored;
        if (connection->deadline < now) {
          connection->is_expired = true;
          connection->socket.cancel(ignored);
        } else if (is_draining && connection->is_idle && connection->socket.available(ignored) == 0) {
          connection->socket.cancel(ignored);
        }
      }
      Tick();
    });
  }
};

/// Bytes of large bodies that are held, given back when it goes.
class Hold {
 public:
  Hold(std::atomic<std::size_t>& held, std::size_t bytes, std::size_t max) : held_(held), bytes_(bytes) {
    if (held_.fetch_add(bytes_) + bytes_ <= max) return;
    held_ -= bytes_;
    bytes_ = 0;
    is_refused_ = true;
  }
  ~Hold() { held_ -= bytes_; }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  bool is_refused() const { return is_refused_; }

 private:
  std::atomic<std::size_t>& held_;
  std::size_t bytes_;
  bool is_refused_ = false;
};

class BeastServer : public HttpServer {
 public:
  BeastServer(const HttpOptions& options, InferenceRoutes& routes)
      : options_(options), routes_(routes), pool_(static_cast<std::size_t>(options.compute_threads)) {
    for (int i = 0; i < options.io_threads; ++i) workers_.push_back(std::make_unique<Worker>());
    acceptor_.emplace(workers_[0]->context);
  }
  ~BeastServer() override { Stop(); }

  absl::Status Listen() {
    const std::size_t colon = options_.address.rfind(':');
    unsigned port = 0;
    error_code error;
    if (colon == std::string::npos || !absl::SimpleAtoi(options_.address.substr(colon + 1), &port) || port > 65535) {
      return absl::InvalidArgumentError(absl::StrCat("inference.address: \"", options_.address, "\" is not host:port"));
    }
    std::string host = options_.address.substr(0, colon);
    if (host == "localhost") host = "127.0.0.1";
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    const asio::ip::address address = asio::ip::make_address(host, error);
    if (error) return absl::InvalidArgumentError(absl::StrCat("inference.address: \"", host, "\" is not an IP address"));
    const tcp::endpoint endpoint(address, static_cast<std::uint16_t>(port));
    acceptor_->open(endpoint.protocol(), error);
    if (!error) acceptor_->set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_->bind(endpoint, error);
    if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options_.address, " (inference.address): ", error.message(),
                                                 "; stop what uses it or choose another"));
    }
    const std::string shown = address.is_v6() ? absl::StrCat("[", host, "]") : host;
    address_ = absl::StrCat(shown, ":", acceptor_->local_endpoint().port());
    return absl::OkStatus();
  }

  void Start() override {
    for (const std::unique_ptr<Worker>& worker : workers_) {
      worker->Tick();
      worker->thread = std::thread([w = worker.get()] { w->context.run(); });
    }
    asio::co_spawn(workers_[0]->context, Accept(), asio::detached);
  }

  void Stop() override;
  std::string address() const override { return address_; }
  HttpLoad load() const override {
    return {.connections = connections_, .queued = queued_, .rejected = rejected_, .answered = answered_};
  }

 private:
  asio::awaitable<void> Accept();
  asio::awaitable<void> Serve(Worker& worker, std::unique_ptr<Connection> connection);
  asio::awaitable<bool> ServeOne(Worker& worker, Connection& connection);
  asio::awaitable<bool> AwaitRequest(Worker& worker, Connection& connection);
  asio::awaitable<bool> Send(Connection& connection, const Reply& reply, unsigned version, bool keep_alive);
  asio::awaitable<void> Linger(Connection& connection);
  asio::awaitable<Reply> Score(Worker& worker, PredictionTask task, std::string body);
  std::optional<Reply> ReplyToReadError(const Connection& connection, error_code error);

  const HttpOptions options_;
  InferenceRoutes& routes_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::optional<tcp::acceptor> acceptor_;
  asio::thread_pool pool_;
  std::string address_;
  std::atomic<std::int64_t> connections_{0};
  std::atomic<std::int64_t> queued_{0};
  std::atomic<std::uint64_t> rejected_{0};
  std::atomic<std::uint64_t> answered_{0};
  std::atomic<std::size_t> held_{0};
  bool is_stopped_ = false;
};

asio::awaitable<void> BeastServer::Accept() {
  std::size_t next = 0;
  asio::steady_timer pause(workers_[0]->context);
  while (acceptor_->is_open()) {
    Worker& worker = *workers_[next++ % workers_.size()];
    error_code error;
    tcp::socket socket(worker.context);
    co_await acceptor_->async_accept(socket, asio::redirect_error(kUseAwaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // out of file descriptors, or the client has gone: do not spin
      pause.expires_after(kTick);
      co_await pause.async_wait(asio::redirect_error(kUseAwaitable, error));
      continue;
    }
    if (connections_ >= options_.max_connections) {
      ++rejected_;
      continue;  // closes it
    }
    socket.set_option(tcp::no_delay(true), error);
    ++connections_;
    asio::co_spawn(worker.context, Serve(worker, std::make_unique<Connection>(std::move(socket))), asio::detached);
  }
}

asio::awaitable<void> BeastServer::Serve(Worker& worker, std::unique_ptr<Connection> connection) {
  connection->place = worker.connections.insert(worker.connections.end(), connection.get());
  try {
    while (co_await ServeOne(worker, *connection)) {
    }
  } catch (const std::exception&) {  // out of memory: this connection ends, the others go on
  }
  worker.connections.erase(connection->place);
  connection.reset();
  --connections_;
}

asio::awaitable<bool> BeastServer::AwaitRequest(Worker& worker, Connection& connection) {
  if (connection.buffer.size() > 0) co_return true;
  error_code error;
  if (worker.is_draining && connection.socket.available(error) == 0) co_return false;
  connection.buffer.shrink_to_fit();
  connection.Allow(options_.idle_timeout);
  connection.is_idle = true;
  const std::size_t n = co_await connection.socket.async_read_some(connection.buffer.prepare(kReadBytes),
                                                                   asio::redirect_error(kUseAwaitable, error));
  connection.is_idle = false;
  connection.buffer.commit(n);
  co_return n > 0;
}

std::optional<Reply> BeastServer::ReplyToReadError(const Connection& connection, error_code error) {
  if (connection.is_expired) return ErrorReply(408, "the request took too long to arrive");
  if (error == http::error::header_limit) {
    return ErrorReply(431, absl::StrCat("the request's header is larger than ", options_.max_header_bytes, " bytes"));
  }
  if (error == http::error::body_limit)
    return ErrorReply(413, absl::StrCat("the body is larger than ", options_.max_body_bytes, " bytes"));
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() == http::make_error_code(http::error::bad_method).category()) {
    return ErrorReply(400, absl::StrCat("this is not an HTTP request: ", error.message()));
  }
  return std::nullopt;
}

asio::awaitable<bool> BeastServer::ServeOne(Worker& worker, Connection& connection) {
  if (!co_await AwaitRequest(worker, connection)) co_return false;
  error_code error;
  http::request_parser<http::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(options_.max_header_bytes));
  parser.body_limit(options_.max_body_bytes);
  connection.Allow(options_.header_timeout);
  co_await http::async_read_header(connection.socket, connection.buffer, parser, asio::redirect_error(kUseAwaitable, error));
  std::optional<Reply> refusal;
  std::variant<Reply, PredictionTask> begun;
  if (error) {
    refusal = ReplyToReadError(connection, error);
    if (!refusal) co_return false;
    ++rejected_;
  } else {
    const auto& head = parser.get();
    begun = routes_.Begin({.verb = View(head.method_string()),
                           .target = View(head.target()),
                           .authorization = View(head[http::field::authorization]),
                           .has_binary_tensors = head.find("Inference-Header-Content-Length") != head.end()});
    if (const Reply* reply = std::get_if<Reply>(&begun); reply != nullptr && !parser.is_done()) refusal = *reply;
  }
  std::size_t expected = 0;
  if (!refusal && !parser.is_done()) {
    expected = parser.content_length() ? static_cast<std::size_t>(*parser.content_length()) : options_.max_body_bytes;
  }
  const Hold hold(held_, expected > kSmallBody ? expected : 0, options_.max_held_bytes);
  if (hold.is_refused()) {
    ++rejected_;
    refusal = ErrorReply(429, "too many large requests at once; try again");
  }
  if (!refusal && !parser.is_done()) {
    connection.Allow(options_.body_timeout);
    if (boost::beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      static constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(connection.socket, asio::buffer(kContinue, sizeof(kContinue) - 1),
                                 asio::redirect_error(kUseAwaitable, error));
      if (error) co_return false;
    }
    co_await http::async_read(connection.socket, connection.buffer, parser, asio::redirect_error(kUseAwaitable, error));
    if (error) {
      refusal = ReplyToReadError(connection, error);
      if (!refusal) co_return false;
      ++rejected_;
    }
  }
  if (refusal) {  // what the client still sends is not a request any more
    co_await Send(connection, *refusal, 11, false);
    co_await Linger(connection);
    co_return false;
  }
  const unsigned version = parser.get().version();
  const bool wants_keep_alive = parser.get().keep_alive();
  Reply reply;
  if (PredictionTask* task = std::get_if<PredictionTask>(&begun)) {
    reply = co_await Score(worker, std::move(*task), std::move(parser.get().body()));
  } else {
    reply = std::move(std::get<Reply>(begun));
  }
  const boost::beast::string_view request_id = parser.get()["X-Request-Id"];
  if (!request_id.empty() && request_id.size() <= 128)
    absl::StrAppend(&reply.headers, "X-Request-Id: ", View(request_id), "\r\n");
  const bool keep_alive = wants_keep_alive && !routes_.is_draining();
  if (!co_await Send(connection, reply, version, keep_alive)) co_return false;
  if (!keep_alive) co_await Linger(connection);
  co_return keep_alive;
}

asio::awaitable<Reply> BeastServer::Score(Worker& worker, PredictionTask task, std::string body) {
  if (queued_.fetch_add(1) >= options_.max_queue) {
    --queued_;
    ++rejected_;
    co_return ErrorReply(429, absl::StrCat("more than ", options_.max_queue, " predictions are waiting; try again"));
  }
  const absl::Time began = absl::Now();
  auto run = [this, began, task = std::move(task), body = std::move(body)]() mutable {
    Reply reply;
    try {
      reply = absl::Now() - began > options_.queue_timeout
                  ? ErrorReply(503, "the prediction waited too long for its turn; try again")
                  : routes_.Run(task, body, began);
    } catch (const std::exception& failure) {
      reply = ErrorReply(500, absl::StrCat("the prediction failed: ", failure.what()));
    }
    --queued_;
    return reply;
  };
  auto initiate = [this, &worker](auto handler, auto work) {
    asio::post(pool_, [&worker, handler = std::move(handler), work = std::move(work)]() mutable {
      asio::post(worker.context, [handler = std::move(handler), reply = work()]() mutable { handler(std::move(reply)); });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Reply)>(std::move(initiate), kUseAwaitable,
                                                                                      std::move(run));
}

asio::awaitable<bool> BeastServer::Send(Connection& connection, const Reply& reply, unsigned version, bool keep_alive) {
  const std::string bytes = Serialize(reply, version, keep_alive);
  error_code error;
  connection.Allow(options_.write_timeout);
  co_await asio::async_write(connection.socket, asio::buffer(bytes), asio::redirect_error(kUseAwaitable, error));
  connection.AllowForever();
  ++answered_;
  co_return !error;
}

// Closing with unread bytes would reset the connection and could destroy the answer on its way: say goodbye first, then
// read what still comes, within bounds.
asio::awaitable<void> BeastServer::Linger(Connection& connection) {
  error_code error;
  connection.socket.shutdown(tcp::socket::shutdown_send, error);
  connection.buffer.clear();
  connection.Allow(kLinger);
  std::size_t discarded = 0;
  while (!error && discarded < kMaxDiscarded) {
    discarded += co_await connection.socket.async_read_some(connection.buffer.prepare(kReadBytes),
                                                            asio::redirect_error(kUseAwaitable, error));
  }
}

void BeastServer::Stop() {
  if (std::exchange(is_stopped_, true)) return;
  routes_.Drain();
  const bool is_running = workers_[0]->thread.joinable();
  if (is_running) {
    absl::SleepFor(options_.drain_notice);
    asio::post(workers_[0]->context, [this] {
      error_code ignored;
      acceptor_->close(ignored);
    });
    for (const std::unique_ptr<Worker>& worker : workers_) {
      asio::post(worker->context, [w = worker.get()] { w->is_draining = true; });
    }
    const absl::Time end = absl::Now() + options_.drain_timeout;
    while (connections_ > 0 && absl::Now() < end) absl::SleepFor(absl::Milliseconds(10));
  }
  pool_.join();
  for (const std::unique_ptr<Worker>& worker : workers_) {
    worker->guard.reset();
    worker->context.stop();
    if (worker->thread.joinable()) worker->thread.join();
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Create(const HttpOptions& options, InferenceRoutes& routes) {
  auto server = std::make_unique<BeastServer>(options, routes);
  RETURN_IF_ERROR(server->Listen());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace millwright::serving
