#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace millwright::e2e {

/// What a program printed and how it ended.
struct Ended {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// Runs a program to its end with its output captured.
Ended RunProgram(const std::vector<std::string>& command, const std::vector<std::string>& environment = {});

/// An answer of an HTTP door; `body` is null when the answer is not JSON.
struct HttpAnswer {
  int status = 0;  // 0: no answer
  nlohmann::json body;
  std::string text;
};

/// The whole platform as a user starts it: `millwright up` in a data folder and on ports of its own. Down and removed at the end;
/// the folder is kept, and named, when the test failed. Down too when the test's process dies, however it does.
class Platform {
 public:
  /// `environment`: "NAME=value" for `up` and what it starts.
  explicit Platform(std::vector<std::string> environment = {});
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  /// `millwright up`; true when everything is ready. Explains itself in `Ended` otherwise.
  Ended Up(const std::vector<std::string>& more = {});
  Ended Down();
  /// Writes <home>/config/<service>.yaml, before Up.
  void Configure(const std::string& service, const std::string& yaml);
  /// `millwright ARGS…` as the user who ran `up`.
  Ended Cli(const std::vector<std::string>& arguments, const std::string& token = "");
  /// The same with `--output json`, parsed; fails the test when it did not exit with 0.
  nlohmann::json CliJson(std::vector<std::string> arguments);

  /// The gateway's HTTP door and the inference door. `token` empty: the admin's (gateway) or the inference token; "-": none.
  HttpAnswer Get(const std::string& path, const std::string& token = "");
  HttpAnswer Post(const std::string& path, const nlohmann::json& body, const std::string& token = "");
  HttpAnswer Infer(const std::string& path, const std::string& body, const std::string& token = "");
  HttpAnswer InferGet(const std::string& path, const std::string& token = "");

  /// The process of a service now, as `millwright status` tells; 0 when none runs. "supervisor" is `millwright up` itself.
  int Pid(const std::string& service);
  std::string Secret(const std::string& name) const;
  std::string HttpAddress() const;
  std::string GrpcAddress() const;
  std::string InferenceAddress() const;
  int Port(int default_port) const { return default_port + offset_; }
  const std::string& home() const { return home_; }

 private:
  std::vector<std::string> environment_;
  std::string home_;
  int offset_ = 0;
  int guard_ = -1;  // while it is open the guard waits
};

/// Looks again every 50 ms until `is_true` or the time is over; says which.
bool WaitUntil(absl::Duration limit, const std::function<bool()>& is_true);

/// The folder of the real data sets (MILLWRIGHT_TEST_DATA, else ../shared/data beside the checkout), or nothing.
std::optional<std::string> DataFolder();

}  // namespace millwright::e2e
