// The tracker under load, beside MLflow's server. Started by tests/bench/tracking/run, which fills both databases before.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/report.h"
#include "bench/tracking/load.h"
#include "bench/tracking/memory.h"
#include "lib/base/files.h"
#include "lib/base/status_macros.h"
#include "lib/pg/database.h"
#include "lib/rpc/client.h"
#include "millwright/tracker/v1/tracker.grpc.pb.h"

namespace millwright::bench {
namespace {

constexpr int kClients = 8;
constexpr int kRounds = 3;
constexpr char kApi[] = "/api/2.0/mlflow/";
constexpr std::int64_t kStartMs = 1767225600000;

struct Options {
  Target ours{"Millwright", "", ""};
  Target peer{"MLflow", "", ""};
  std::string ours_grpc;
  std::string ours_database;
  std::string peer_database;
  std::string home;
  int peer_group = 0;  // of processes
  std::int64_t runs = 100000;
  double seconds = 8;  // of a round
  std::int64_t history = 1000000;
  std::int64_t growth = 20000000;
};

struct Bound {
  double value = 0;
  bool is_most = true;  // else the least
};

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

std::string CreateRun(Client& client) {
  const nlohmann::json body{{"experiment_id", "0"}, {"start_time", kStartMs}};
  return client.PostJson(absl::StrCat(kApi, "runs/create"), body).at("run").at("info").at("run_id");
}

/// Bodies of log-batch with 1,000 metrics of `keys` keys, put together fast: the load generator runs on the same cores.
class Batches {
 public:
  explicit Batches(int keys) : keys_(keys) {
    for (int k = 0; k < kMetrics; ++k)
      heads_[static_cast<std::size_t>(k)] =
          absl::StrCat(k == 0 ? "" : ",", "{\"key\":\"loss_", k % keys, "\",\"value\":", 0.001 * k + 0.25, ",\"timestamp\":");
  }
  static constexpr int kMetrics = 1000;

  std::string Body(const std::string& run, int n) const {
    std::string body = absl::StrCat("{\"run_id\":\"", run, "\",\"metrics\":[");
    body.reserve(100 * kMetrics);
    for (int k = 0; k < kMetrics; ++k) {
      const std::int64_t step = keys_ == 1 ? std::int64_t{n} * kMetrics + k : n;
      body += heads_[static_cast<std::size_t>(k)];
      AppendNumber(body, kStartMs + step);
      body += ",\"step\":";
      AppendNumber(body, step);
      body += '}';
    }
    return body += "]}";
  }

 private:
  static void AppendNumber(std::string& text, std::int64_t number) {
    char digits[24];
    text.append(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
  }
  const int keys_;
  std::array<std::string, kMetrics> heads_;
};

class Bench {
 public:
  explicit Bench(Options options) : options_(std::move(options)) {}

  std::vector<Row> Run() {
    Memory("idle memory of tracker, registry and gateway");
    DatabaseSize();
    Search();
    LogMetric();
    CreateAndFinish();
    LogBatch("log-batch, 1,000 different keys, 8 clients", 1000, 30);
    LogBatch("log-batch, 1,000 steps of one key, 8 clients", 1, 15);
    Chart();
    Stream();
    return rows_;
  }

 private:
  /// Ours and the peer's figures of one case.
  struct Pair {
    LoadResult ours;
    LoadResult peer;
  };

  void Say(const std::string& what) { std::fprintf(stderr, "  %s\n", what.c_str()); }

  void AddRatio(const std::string& name, const std::string& unit, double ours, double peer, double least, bool is_cost = false) {
    Row row{.name = name, .ours = ours, .peer = peer, .unit = unit, .is_cost = is_cost, .goal = absl::StrCat("ratio >= ", least)};
    row.met = *Ratio(row) >= least;
    rows_.push_back(row);
  }
  void AddBound(const std::string& name, const std::string& unit, double ours, std::optional<double> peer, Bound bound) {
    rows_.push_back({.name = name,
                     .ours = ours,
                     .peer = peer,
                     .unit = unit,
                     .is_cost = bound.is_most,
                     .goal = absl::StrCat(bound.is_most ? "<= " : ">= ", bound.value, " ", unit),
                     .met = bound.is_most ? ours <= bound.value : ours >= bound.value});
  }

  // In turns, so that what else the machine does falls on both.
  Pair InTurns(int clients, const Call& call) {
    std::vector<LoadResult> ours, peer;
    for (int round = 0; round < kRounds; ++round) {
      ours.push_back(Load(options_.ours, clients, options_.seconds, call));
      peer.push_back(Load(options_.peer, clients, options_.seconds, call));
    }
    return {MedianRound(ours), MedianRound(peer)};
  }

  // A run for each client, by the target's name.
  std::map<std::string, std::vector<std::string>> RunsOfClients() {
    std::map<std::string, std::vector<std::string>> runs;
    for (const Target* target : {&options_.ours, &options_.peer}) {
      Client client(*target);
      for (int i = 0; i < kClients; ++i) runs[target->name].push_back(CreateRun(client));
    }
    return runs;
  }

  void LogBatch(const std::string& name, int keys, double goal) {
    Say(name);
    const Batches batches(keys);
    auto runs = RunsOfClients();
    std::map<std::string, std::array<int, kClients>> steps{{options_.ours.name, {}}, {options_.peer.name, {}}};
    const Pair rates = InTurns(kClients, [&](Client& client, int i, int) {
      const auto at = static_cast<std::size_t>(i);
      const std::string& target = client.target().name;
      client.Post(absl::StrCat(kApi, "runs/log-batch"), batches.Body(runs.at(target)[at], steps.at(target)[at]++));
    });
    AddRatio(name, "metrics/s", rates.ours.calls_per_second * Batches::kMetrics, rates.peer.calls_per_second * Batches::kMetrics,
             goal);
  }

  void LogMetric() {
    Say("log-metric");
    const auto runs = RunsOfClients();
    const Pair rates = InTurns(kClients, [&](Client& client, int i, int n) {
      client.Post(absl::StrCat(kApi, "runs/log-metric"),
                  absl::StrCat("{\"run_id\":\"", runs.at(client.target().name)[static_cast<std::size_t>(i)],
                               "\",\"key\":\"loss\",\"value\":0.5,\"timestamp\":", absl::ToUnixMillis(absl::Now()),
                               ",\"step\":", n, "}"));
    });
    AddRatio("log-metric, 8 clients", "calls/s", rates.ours.calls_per_second, rates.peer.calls_per_second, 20);
    AddBound("log-metric, 8 clients, p50", "ms", rates.ours.p50_ms, rates.peer.p50_ms, {.value = 3});
  }

  void CreateAndFinish() {
    Say("create and finish a run");
    const Pair rates = InTurns(kClients, [](Client& client, int, int) {
      const nlohmann::json end{{"run_id", CreateRun(client)}, {"status", "FINISHED"}, {"end_time", kStartMs + 1000}};
      client.Post(absl::StrCat(kApi, "runs/update"), end.dump());
    });
    AddRatio("create and finish a run, 8 clients", "runs/s", rates.ours.calls_per_second, rates.peer.calls_per_second, 20);
  }

  static std::string ExperimentOf(const Target& target) {
    const nlohmann::json query{{"max_results", 10}, {"filter", "name = 'bench'"}};
    return Client(target).PostJson(absl::StrCat(kApi, "experiments/search"), query).at("experiments").at(0).at("experiment_id");
  }

  // The values that a page is ordered by, in its order.
  static std::vector<double> OrderOf(const nlohmann::json& page) {
    std::vector<double> values;
    for (const nlohmann::json& run : page.at("runs")) {
      for (const nlohmann::json& metric : run.at("data").at("metrics"))
        if (metric.at("key") == "metric_0") values.push_back(metric.at("value"));
    }
    return values;
  }

  void Search() {
    Say("runs/search");
    const std::string path = absl::StrCat(kApi, "runs/search");
    const std::map<std::string, std::string> experiments{{options_.ours.name, ExperimentOf(options_.ours)},
                                                         {options_.peer.name, ExperimentOf(options_.peer)}};
    const auto query = [&](const Target& target, int size, int n) {
      return nlohmann::json{{"experiment_ids", {experiments.at(target.name)}},
                            {"filter", absl::StrCat("metrics.metric_1 > 0.", 2 + n % 5, n % 10)},
                            {"order_by", {"metrics.metric_0 ASC"}},
                            {"max_results", size}};
    };
    const auto order = [&](const Target& target) { return OrderOf(Client(target).PostJson(path, query(target, 100, 0))); };
    if (order(options_.ours) != order(options_.peer)) Fail("the two servers find different runs: nothing can be compared");

    const auto call = [&](int size) {
      return [&, size](Client& client, int, int n) { client.Post(path, query(client.target(), size, n).dump()); };
    };
    const Pair one = InTurns(1, call(100));
    const std::string name = absl::StrCat("runs/search in ", options_.runs, " runs, page of 100");
    AddBound(absl::StrCat(name, ", p95"), "ms", one.ours.p95_ms, one.peer.p95_ms, {.value = 30});
    AddRatio("the same, 1 client, p50", "ms", one.ours.p50_ms, one.peer.p50_ms, 10, /*is_cost=*/true);
    const Pair eight = InTurns(kClients, call(100));
    AddRatio("the same, 8 clients", "pages/s", eight.ours.calls_per_second, eight.peer.calls_per_second, 30);
    const Pair large = InTurns(1, call(1000));
    AddRatio("the same, page of 1,000, 1 client, p50", "ms", large.ours.p50_ms, large.peer.p50_ms, 20, /*is_cost=*/true);
    PageNumber(path, query(options_.ours, 100, 0));
  }

  // The hundredth page against the first; in turns too.
  void PageNumber(const std::string& path, nlohmann::json body) {
    body["filter"] = "metrics.metric_1 > 0.01";
    const std::string first = body.dump();
    Client client(options_.ours);
    for (int i = 1; i < 100; ++i) {
      const nlohmann::json answer = client.PostJson(path, body);
      if (!answer.contains("next_page_token")) break;
      body["page_token"] = answer["next_page_token"];
    }
    const std::string last = body.dump();
    std::vector<LoadResult> firsts, lasts;
    for (int round = 0; round < kRounds; ++round) {
      const double seconds = options_.seconds / 2;
      firsts.push_back(Load(options_.ours, 1, seconds, [&](Client& own, int, int) { own.Post(path, first); }));
      lasts.push_back(Load(options_.ours, 1, seconds, [&](Client& own, int, int) { own.Post(path, last); }));
    }
    AddBound("the cost of page 100 against page 1", "times", MedianRound(lasts).p50_ms / MedianRound(firsts).p50_ms, std::nullopt,
             {.value = 1.3});
  }

  // One stream's share of a run's points, from `begin` to `end`.
  void StreamShare(const std::string& run, int keys, std::int64_t begin, std::int64_t end) {
    const auto stub = tracker::v1::TrackerService::NewStub(rpc::ConnectWithToken(options_.ours_grpc, options_.ours.token));
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Hours(1));
    tracker::v1::LogMetricsResponse reply;
    const auto writer = stub->LogMetrics(&context, &reply);
    tracker::v1::LogMetricsRequest request;
    for (std::int64_t point = begin; point < end;) {
      request.clear_metrics();
      request.set_run_id(run);
      for (int n = 0; n < 5000 && point < end; ++n, ++point) {
        tracker::v1::Metric& metric = *request.add_metrics();
        metric.set_key(absl::StrCat("stream_", point % keys));
        metric.set_value(0.001 * static_cast<double>(point % 100000));
        metric.set_step(point / keys);
        metric.set_timestamp_ms(kStartMs + point);
      }
      if (!writer->Write(request)) break;
    }
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    if (!status.ok()) Fail(absl::StrCat("LogMetrics: ", status.error_message()));
  }

  // Streams `count` points of a new run over gRPC; points a second until all are acknowledged.
  double StreamRate(const std::string& run, int keys, std::int64_t count) {
    constexpr std::int64_t kStreams = 4;
    const absl::Time start = absl::Now();
    std::vector<std::thread> threads;
    for (std::int64_t t = 0; t < kStreams; ++t)
      threads.emplace_back([&, t] { StreamShare(run, keys, t * count / kStreams, (t + 1) * count / kStreams); });
    for (std::thread& thread : threads) thread.join();
    return static_cast<double>(count) / absl::ToDoubleSeconds(absl::Now() - start);
  }

  void Chart() {
    Say("a metric of a long history");
    Client client(options_.ours);
    const std::string run = CreateRun(client);
    StreamRate(run, 1, options_.history);
    const std::string body = nlohmann::json{{"run_ids", {run}}, {"keys", {"stream_0"}}, {"max_points", 2000}}.dump();
    std::vector<LoadResult> rounds;
    for (int round = 0; round < kRounds; ++round)
      rounds.push_back(
          Load(options_.ours, 1, options_.seconds / 2, [&](Client& own, int, int) { own.Post("/v1/metrics:chart", body); }));
    AddBound(absl::StrCat("history of ", options_.history, " points for a chart of 2,000, p50"), "ms", MedianRound(rounds).p50_ms,
             std::nullopt, {.value = 100});
  }

  // A new run of 100 metrics each slice, as plants make them. Each begins when the one before is folded into the history: what is
  // compared is the size of the tables, not what is left to do.
  void Stream() {
    Say("gRPC streaming, and growth");
    constexpr int kSlices = 20;
    constexpr int kCompared = 3;  // slices at either end
    std::vector<double> rates;
    Client client(options_.ours);
    AwaitFolded();
    const absl::Time start = absl::Now();
    for (int i = 0; i < kSlices; ++i) {
      rates.push_back(StreamRate(CreateRun(client), 100, options_.growth / kSlices));
      AwaitFolded();
    }
    const double sustained = static_cast<double>(options_.growth) / absl::ToDoubleSeconds(absl::Now() - start);
    const auto median = [](std::vector<double> some) {
      std::sort(some.begin(), some.end());
      return some[some.size() / 2];
    };
    const double first = median({rates.begin(), rates.begin() + kCompared});
    const double last = median({rates.end() - kCompared, rates.end()});
    AddBound("gRPC streaming, 4 streams, durable", "metrics/s", first, std::nullopt, {.value = 200000, .is_most = false});
    AddBound("the same, until folded into the history", "metrics/s", sustained, std::nullopt,
             {.value = 200000, .is_most = false});
    AddBound(absl::StrCat("the rate at ", options_.growth, " points against the first"), "times", last / first, std::nullopt,
             {.value = 0.8, .is_most = false});
  }

  void AwaitFolded() {
    static constexpr pg::Statement kLeft{"metric_log_left", "SELECT EXISTS (SELECT FROM tracker.metric_log)"};
    pg::Database database({.url = options_.ours_database, .pool_size = 1});
    for (bool is_left = true; is_left;) {
      absl::SleepFor(absl::Milliseconds(50));
      const absl::StatusOr<pg::Row> row = database.Read([](pg::Tx& tx) { return tx.One(kLeft); });
      if (!row.ok()) Fail(row.status().ToString());
      is_left = row->Bool(0);
    }
  }

  static double DatabaseBytes(const std::string& url) {
    static constexpr pg::Statement kSize{"database_size", "SELECT pg_database_size(current_database())"};
    pg::Database database({.url = url, .pool_size = 1});
    const absl::StatusOr<std::int64_t> bytes = database.Read([](pg::Tx& tx) -> absl::StatusOr<std::int64_t> {
      ASSIGN_OR_RETURN(const pg::Row row, tx.One(kSize));
      return row.Int(0);
    });
    if (!bytes.ok()) Fail(bytes.status().ToString());
    return static_cast<double>(*bytes);
  }

  void DatabaseSize() {
    AddRatio(absl::StrCat("database of ", options_.runs, " runs, 20 params, 20 metrics"), "MB",
             DatabaseBytes(options_.ours_database) / 1e6, DatabaseBytes(options_.peer_database) / 1e6, 2, /*is_cost=*/true);
  }

  void Memory(const std::string& name) {
    double ours = 0;
    double peer = 0;
    for (const Process& process : Processes()) {
      const bool is_idle_part = absl::EndsWith(process.program, "-tracker") ||
                                absl::EndsWith(process.program, "-model-registry") || absl::EndsWith(process.program, "-gateway");
      if (is_idle_part && absl::StrContains(process.command, options_.home)) ours += process.megabytes;
      if (process.group == options_.peer_group) peer += process.megabytes;
    }
    AddBound(name, "MB", ours, peer, {.value = 150});
  }

  const Options options_;
  std::vector<Row> rows_;
};

int Main(int argc, char** argv) {
  CLI::App app("The tracker beside MLflow's server");
  Options options;
  std::string token_file, json, peer_name;
  app.add_option("--ours", options.ours.url)->required();
  app.add_option("--ours-grpc", options.ours_grpc)->required();
  app.add_option("--token-file", token_file)->required();
  app.add_option("--peer", options.peer.url)->required();
  app.add_option("--peer-name", peer_name)->required();
  app.add_option("--peer-group", options.peer_group)->required();
  app.add_option("--ours-database", options.ours_database)->required();
  app.add_option("--peer-database", options.peer_database)->required();
  app.add_option("--home", options.home)->required();
  app.add_option("--runs", options.runs)->required();
  app.add_option("--seconds", options.seconds)->required();
  app.add_option("--history", options.history)->required();
  app.add_option("--growth", options.growth)->required();
  app.add_option("--json", json);
  CLI11_PARSE(app, argc, argv);
  const absl::StatusOr<std::string> token = base::ReadFile(token_file);
  if (!token.ok()) Fail(token.status().ToString());
  options.ours.token = std::string(absl::StripAsciiWhitespace(*token));
  const std::vector<Row> rows = Bench(std::move(options)).Run();
  std::printf("ours: Millwright; peer: %s\n", peer_name.c_str());
  Print(rows);
  if (json.empty()) return 0;
  if (const absl::Status status = WriteJson(rows, json); !status.ok()) Fail(status.ToString());
  return 0;
}

}  // namespace
}  // namespace millwright::bench

int main(int argc, char** argv) { return millwright::bench::Main(argc, argv); }
