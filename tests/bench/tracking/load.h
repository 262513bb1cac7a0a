#pragma once

#include <httplib.h>

#include <functional>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace millwright::bench {

/// A server with MLflow's REST surface.
struct Target {
  std::string name;
  std::string url;    // "http://127.0.0.1:5000"
  std::string token;  // empty: none is sent
};

/// One keep-alive connection to a target. One thread at a time. A request that is not answered 200 ends the program with the
/// request and the answer: a benchmark of errors measures nothing.
class Client {
 public:
  explicit Client(const Target& target);
  const Target& target() const { return target_; }
  std::string Post(const std::string& path, const std::string& body);
  nlohmann::json PostJson(const std::string& path, const nlohmann::json& body);

 private:
  const Target& target_;
  httplib::Client http_;
};

/// What a number of clients got done together.
struct LoadResult {
  double calls_per_second = 0;
  double p50_ms = 0;
  double p95_ms = 0;
};

/// Client `client`'s n-th call, both from 0.
using Call = std::function<void(Client& connection, int client, int n)>;

/// Makes calls on `clients` connections at once for `seconds`; at least one each. Latency is of whole calls.
LoadResult Load(const Target& target, int clients, double seconds, const Call& call);

/// The round whose rate is the median.
LoadResult MedianRound(std::vector<LoadResult> rounds);

}  // namespace millwright::bench
