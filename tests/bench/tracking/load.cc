#include "bench/tracking/load.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace millwright::bench {

Client::Client(const Target& target) : target_(target), http_(target.url) {
  http_.set_keep_alive(true);
  http_.set_tcp_nodelay(true);
  http_.set_read_timeout(300);
  if (!target.token.empty()) http_.set_bearer_token_auth(target.token);
}

std::string Client::Post(const std::string& path, const std::string& body) {
  const httplib::Result result = http_.Post(path, body, "application/json");
  if (result && result->status == 200) return result->body;
  std::fprintf(stderr, "%s: POST %s %s\nanswered %s\n", target_.name.c_str(), path.c_str(), body.substr(0, 500).c_str(),
               result ? result->body.c_str() : httplib::to_string(result.error()).c_str());
  std::exit(1);
}

nlohmann::json Client::PostJson(const std::string& path, const nlohmann::json& body) {
  return nlohmann::json::parse(Post(path, body.dump()));
}

LoadResult Load(const Target& target, int clients, double seconds, const Call& call) {
  std::vector<std::vector<double>> latencies(static_cast<std::size_t>(clients));
  const absl::Time start = absl::Now();
  const absl::Time end = start + absl::Seconds(seconds);
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      Client client(target);
      absl::Time before = absl::Now();
      for (int n = 0; n == 0 || before < end; ++n) {
        call(client, i, n);
        const absl::Time after = absl::Now();
        latencies[static_cast<std::size_t>(i)].push_back(absl::ToDoubleMilliseconds(after - before));
        before = after;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double elapsed = absl::ToDoubleSeconds(absl::Now() - start);
  std::vector<double> all;
  for (const std::vector<double>& own : latencies) all.insert(all.end(), own.begin(), own.end());
  std::sort(all.begin(), all.end());
  const auto at = [&](double share) { return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))]; };
  return {static_cast<double>(all.size()) / elapsed, at(0.5), at(0.95)};
}

LoadResult MedianRound(std::vector<LoadResult> rounds) {
  std::sort(rounds.begin(), rounds.end(),
            [](const LoadResult& a, const LoadResult& b) { return a.calls_per_second < b.calls_per_second; });
  return rounds[rounds.size() / 2];
}

}  // namespace millwright::bench
