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
  std::string Post(const std::string& path, const std::string& body);
  nlohmann::json PostJson(const std::string& path, const nlohmann::json& body);

 private:
  const Target target_;
  httplib::Client http_;
};

/// What a number of clients got done together.
struct LoadResult {
  double calls_per_second = 0;
  double p50_ms = 0;
  double p95_ms = 0;
};

/// Runs `call(client, i, n)` (client i's n-th call, both from 0) on `clients` connections at once for `seconds`; at least one
/// call each. Latency is of whole calls.
LoadResult Load(const Target& target, int clients, double seconds, const std::function<void(Client&, int, int)>& call);

/// The median of the middle, by `calls_per_second`, of several rounds.
LoadResult Middle(std::vector<LoadResult> rounds);

}  // namespace millwright::bench
