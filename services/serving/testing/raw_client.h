#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace millwright::serving {

/// What came back; `status` is 0 when the connection ended before a whole answer.
struct RawReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

/// A TCP connection that says exactly the bytes it is told to. Ends its waits after 10 s.
class RawClient {
 public:
  explicit RawClient(const std::string& address);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool Send(absl::string_view bytes);
  RawReply Receive();
  /// Whether the server closes the connection, with nothing more to read.
  bool IsClosed();

  RawReply Get(absl::string_view path, absl::string_view token = "");
  RawReply Post(absl::string_view path, absl::string_view body, absl::string_view token);

 private:
  bool Fill();

  int fd_;
  std::string buffer_;
};

/// The bytes of a request.
std::string RequestBytes(absl::string_view verb, absl::string_view path, absl::string_view token, absl::string_view body,
                         absl::string_view headers = "");

}  // namespace millwright::serving
