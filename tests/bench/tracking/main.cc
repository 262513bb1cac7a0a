// The tracker under load, beside MLflow's server. Started by tests/bench/run, which fills both databases before.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/report.h"
#include "bench/tracking/load.h"
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

struct Options {
  Target ours{"Millwright", "", ""};
  Target peer{"MLflow", "", ""};
  std::string ours_grpc;
  std::string ours_database;
  std::string peer_database;
  std::string home;
  double seconds = 8;  // of a round
  std::int64_t history = 1000000;
  std::int64_t growth = 20000000;
};

std::string AtLeast(double ratio) { return absl::StrCat("ratio >= ", ratio); }

class Bench {
 public:
  explicit Bench(Options options) : options_(std::move(options)) {}

  std::vector<Row> Run() {
    IdleMemory();
    DatabaseSize();
    Search();
    LogBatch("log-batch, 1,000 different keys, 8 clients", 1000, 30);
    LogBatch("log-batch, 1,000 steps of one key, 8 clients", 1, 15);
    LogMetric();
    CreateAndFinish();
    Chart();
    Growth();
    return rows_;
  }

 private:
  void Say(const std::string& what) { std::fprintf(stderr, "  %s\n", what.c_str()); }

  // A row of rates of both, and whether the ratio is reached.
  void AddRates(const std::string& name, const std::string& unit, double ours, double peer, double goal) {
    Row row{.name = name, .ours = ours, .peer = peer, .unit = unit, .goal = AtLeast(goal)};
    row.met = *Ratio(row) >= goal;
    rows_.push_back(row);
  }
  void AddCosts(const std::string& name, const std::string& unit, double ours, double peer, double goal) {
    Row row{.name = name, .ours = ours, .peer = peer, .unit = unit, .is_cost = true, .goal = AtLeast(goal)};
    row.met = *Ratio(row) >= goal;
    rows_.push_back(row);
  }
  void AddBound(const std::string& name, const std::string& unit, double ours, double bound, bool at_most) {
    rows_.push_back({.name = name,
                     .ours = ours,
                     .peer = std::nullopt,
                     .unit = unit,
                     .is_cost = at_most,
                     .goal = absl::StrCat(at_most ? "<= " : ">= ", bound, " ", unit),
                     .met = at_most ? ours <= bound : ours >= bound});
  }

  // Ours and the peer in turns, so that what else the machine does falls on both.
  std::pair<LoadResult, LoadResult> InTurns(int clients, const std::function<void(const Target&, Client&, int, int)>& call) {
    std::vector<LoadResult> ours, peer;
    for (int round = 0; round < kRounds; ++round) {
      const auto bind = [&](const Target& target) {
        return Load(target, clients, options_.seconds, [&](Client& client, int i, int n) { call(target, client, i, n); });
      };
      ours.push_back(bind(options_.ours));
      peer.push_back(bind(options_.peer));
    }
    return {Middle(ours), Middle(peer)};
  }

  std::string NewRun(const Target& target) {
    Client client(target);
    return client.PostJson(absl::StrCat(kApi, "runs/create"), {{"experiment_id", "0"}, {"start_time", 1767225600000}})
        .at("run")
        .at("info")
        .at("run_id");
  }

  void LogBatch(const std::string& name, int keys, double goal) {
    Say(name);
    std::map<std::string, std::vector<std::string>> runs;
    for (const Target* target : {&options_.ours, &options_.peer})
      for (int i = 0; i < kClients; ++i) runs[target->name].push_back(NewRun(*target));
    std::map<std::string, std::vector<std::int64_t>> steps{{options_.ours.name, std::vector<std::int64_t>(kClients)},
                                                           {options_.peer.name, std::vector<std::int64_t>(kClients)}};
    const auto [ours, peer] = InTurns(kClients, [&](const Target& target, Client& client, int i, int) {
      const auto at = static_cast<std::size_t>(i);
      std::int64_t& step = steps.at(target.name)[at];
      std::string body = absl::StrCat("{\"run_id\":\"", runs.at(target.name)[at], "\",\"metrics\":[");
      for (int k = 0; k < 1000; ++k) {
        const std::int64_t own = keys == 1 ? step * 1000 + k : step;
        absl::StrAppend(&body, k == 0 ? "" : ",", "{\"key\":\"loss_", k % keys, "\",\"value\":", 0.001 * k + 0.25,
                        ",\"timestamp\":", 1767225600000 + own, ",\"step\":", own, "}");
      }
      body += "]}";
      ++step;
      client.Post(absl::StrCat(kApi, "runs/log-batch"), body);
    });
    AddRates(name, "metrics/s", ours.calls_per_second * 1000, peer.calls_per_second * 1000, goal);
  }

  void LogMetric() {
    Say("log-metric");
    std::map<std::string, std::vector<std::string>> runs;
    for (const Target* target : {&options_.ours, &options_.peer})
      for (int i = 0; i < kClients; ++i) runs[target->name].push_back(NewRun(*target));
    const auto [ours, peer] = InTurns(kClients, [&](const Target& target, Client& client, int i, int n) {
      client.Post(absl::StrCat(kApi, "runs/log-metric"),
                  absl::StrCat("{\"run_id\":\"", runs.at(target.name)[static_cast<std::size_t>(i)],
                               "\",\"key\":\"loss\",\"value\":0.5,\"timestamp\":", absl::ToUnixMicros(absl::Now()) / 1000,
                               ",\"step\":", n, "}"));
    });
    AddRates("log-metric, 8 clients", "calls/s", ours.calls_per_second, peer.calls_per_second, 20);
    AddBound("log-metric, 8 clients, p50", "ms", ours.p50_ms, 3, true);
  }

  void CreateAndFinish() {
    Say("create and finish a run");
    const auto [ours, peer] = InTurns(kClients, [&](const Target&, Client& client, int, int) {
      const std::string run = client.PostJson(absl::StrCat(kApi, "runs/create"),
                                              {{"experiment_id", "0"}, {"start_time", 1767225600000}})["run"]["info"]["run_id"];
      client.PostJson(absl::StrCat(kApi, "runs/update"), {{"run_id", run}, {"status", "FINISHED"}, {"end_time", 1767225601000}});
    });
    AddRates("create and finish a run, 8 clients", "runs/s", ours.calls_per_second, peer.calls_per_second, 20);
  }

  std::string ExperimentOf(const Target& target) {
    Client client(target);
    const nlohmann::json found =
        client.PostJson(absl::StrCat(kApi, "experiments/search"), {{"max_results", 10}, {"filter", "name = 'bench'"}});
    return found.at("experiments").at(0).at("experiment_id");
  }

  void Search() {
    Say("runs/search");
    std::map<std::string, std::string> experiments;
    for (const Target* target : {&options_.ours, &options_.peer}) experiments[target->name] = ExperimentOf(*target);
    const auto query = [&](const Target& target, int size, int n) {
      return nlohmann::json{{"experiment_ids", {experiments.at(target.name)}},
                            {"filter", absl::StrCat("metrics.metric_1 > 0.", 2 + n % 5, n % 10)},
                            {"order_by", {"metrics.metric_0 ASC"}},
                            {"max_results", size}};
    };
    const std::string path = absl::StrCat(kApi, "runs/search");
    // Both answer the same, or there is nothing to compare.
    const auto page = [&](const Target& target) {
      return Client(target).PostJson(path, query(target, 100, 0)).at("runs").size();
    };
    if (page(options_.ours) != page(options_.peer)) {
      std::fprintf(stderr, "the two servers find different runs\n");
      std::exit(1);
    }
    const auto call = [&](int size) {
      return [&, size](const Target& target, Client& client, int, int n) { client.Post(path, query(target, size, n).dump()); };
    };
    const auto [one, peer_one] = InTurns(1, call(100));
    AddBound("runs/search of 100,000 by metric, page of 100, p95", "ms", one.p95_ms, 30, true);
    AddCosts("the same, 1 client, p50", "ms", one.p50_ms, peer_one.p50_ms, 10);
    const auto [eight, peer_eight] = InTurns(kClients, call(100));
    AddRates("the same, 8 clients", "pages/s", eight.calls_per_second, peer_eight.calls_per_second, 30);
    const auto [large, peer_large] = InTurns(1, call(1000));
    AddCosts("the same, page of 1,000, p50", "ms", large.p50_ms, peer_large.p50_ms, 20);

    // The hundredth page against the first.
    Client client(options_.ours);
    nlohmann::json body = query(options_.ours, 100, 0);
    body["filter"] = "metrics.metric_1 > 0.01";
    const nlohmann::json first = body;
    for (int i = 0; i < 100; ++i) {
      const nlohmann::json answer = client.PostJson(path, body);
      if (!answer.contains("next_page_token")) break;
      body["page_token"] = answer["next_page_token"];
    }
    const LoadResult at_first =
        Load(options_.ours, 1, options_.seconds, [&](Client& own, int, int) { own.Post(path, first.dump()); });
    const LoadResult at_last =
        Load(options_.ours, 1, options_.seconds, [&](Client& own, int, int) { own.Post(path, body.dump()); });
    AddBound("cost of page 100 against page 1", "times", at_last.p50_ms / at_first.p50_ms, 1.3, true);
  }

  // Streams `count` points of one run over gRPC from 4 connections; seconds until all are acknowledged.
  double Stream(const std::string& run, int keys, std::int64_t first_step, std::int64_t count) {
    constexpr int kStreams = 4;
    const absl::Time start = absl::Now();
    std::vector<std::thread> threads;
    for (int t = 0; t < kStreams; ++t) {
      threads.emplace_back([&, t] {
        const auto channel = rpc::ConnectWithToken(options_.ours_grpc, options_.ours.token);
        const auto stub = tracker::v1::TrackerService::NewStub(channel);
        grpc::ClientContext context;
        rpc::Prepare(context, absl::Hours(1));
        tracker::v1::LogMetricsResponse reply;
        const auto writer = stub->LogMetrics(&context, &reply);
        tracker::v1::LogMetricsRequest request;
        const std::int64_t own = count / kStreams;
        for (std::int64_t i = 0; i < own;) {
          request.clear_metrics();
          request.set_run_id(run);
          for (int n = 0; n < 5000 && i < own; ++n, ++i) {
            tracker::v1::Metric& metric = *request.add_metrics();
            const std::int64_t point = t * own + i;
            metric.set_key(absl::StrCat("stream_", point % keys));
            metric.set_value(0.001 * static_cast<double>(point % 100000));
            metric.set_step(first_step + point / keys);
            metric.set_timestamp_ms(1767225600000 + point);
          }
          if (!writer->Write(request)) break;
        }
        writer->WritesDone();
        const grpc::Status status = writer->Finish();
        if (!status.ok()) {
          std::fprintf(stderr, "LogMetrics: %s\n", status.error_message().c_str());
          std::exit(1);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    return absl::ToDoubleSeconds(absl::Now() - start);
  }

  void Chart() {
    Say("a metric of a long history");
    const std::string run = NewRun(options_.ours);
    Stream(run, 1, 0, options_.history);
    Client client(options_.ours);
    const nlohmann::json body{{"run_ids", {run}}, {"keys", {"stream_0"}}, {"max_points", 2000}};
    client.PostJson("/v1/metrics:chart", body);
    const LoadResult result =
        Load(options_.ours, 1, options_.seconds, [&](Client& own, int, int) { own.Post("/v1/metrics:chart", body.dump()); });
    AddBound(absl::StrCat("history of ", options_.history, " points for a chart of 2,000, p50"), "ms", result.p50_ms, 100, true);
  }

  void Growth() {
    Say("gRPC streaming, and growth");
    const std::int64_t slice = options_.growth / 20;
    double first = 0, last = 0;
    for (std::int64_t i = 0; i < 20; ++i) {
      // A new run each slice, as plants make them: 100 metrics each.
      const double seconds = Stream(NewRun(options_.ours), 100, 0, slice);
      const double rate = static_cast<double>(slice) / seconds;
      if (i == 0) first = rate;
      last = rate;
    }
    AddBound("gRPC streaming, 4 streams, durable", "metrics/s", first, 200000, false);
    AddBound(absl::StrCat("the same at ", options_.growth, " points against the first twentieth"), "times", last / first, 0.8,
             false);
  }

  static double DatabaseBytes(const std::string& url) {
    static constexpr pg::Statement kSize{"database_size", "SELECT pg_database_size(current_database())"};
    pg::Database database({.url = url, .pool_size = 1});
    const absl::StatusOr<std::int64_t> bytes = database.Transact([](pg::Tx& tx) -> absl::StatusOr<std::int64_t> {
      ASSIGN_OR_RETURN(const pg::Row row, tx.One(kSize));
      return row.Int(0);
    });
    if (bytes.ok()) return static_cast<double>(*bytes);
    std::fprintf(stderr, "%s\n", bytes.status().ToString().c_str());
    std::exit(1);
  }

  void DatabaseSize() {
    AddCosts("database of 100,000 runs × 20 params × 20 metrics", "MB", DatabaseBytes(options_.ours_database) / 1e6,
             DatabaseBytes(options_.peer_database) / 1e6, 2);
  }

  // Resident memory of our tracker, registry and gateway, before anything is asked of them.
  void IdleMemory() {
    double megabytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream command_file(entry.path() / "cmdline");
      const std::string command((std::istreambuf_iterator<char>(command_file)), {});
      if (!absl::StrContains(command, options_.home)) continue;
      const std::string program = command.substr(0, command.find('\0'));
      if (!absl::EndsWith(program, "-tracker") && !absl::EndsWith(program, "-model-registry") &&
          !absl::EndsWith(program, "-gateway"))
        continue;
      std::ifstream status(entry.path() / "status");
      for (std::string line; std::getline(status, line);)
        if (absl::StartsWith(line, "VmRSS:")) megabytes += std::stod(line.substr(6)) / 1024;
    }
    AddBound("idle memory of tracker, registry and gateway", "MB", megabytes, 150, true);
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
  app.add_option("--peer-name", peer_name);
  app.add_option("--ours-database", options.ours_database)->required();
  app.add_option("--peer-database", options.peer_database)->required();
  app.add_option("--home", options.home)->required();
  app.add_option("--seconds", options.seconds);
  app.add_option("--history", options.history);
  app.add_option("--growth", options.growth);
  app.add_option("--json", json);
  CLI11_PARSE(app, argc, argv);
  const absl::StatusOr<std::string> token = base::ReadFile(token_file);
  if (!token.ok()) {
    std::fprintf(stderr, "%s\n", token.status().ToString().c_str());
    return 1;
  }
  options.ours.token = std::string(absl::StripAsciiWhitespace(*token));
  const std::vector<Row> rows = Bench(std::move(options)).Run();
  std::printf("ours: Millwright; peer: %s\n", peer_name.c_str());
  Print(rows);
  if (!json.empty()) {
    if (const absl::Status status = WriteJson(rows, json); !status.ok()) {
      std::fprintf(stderr, "%s\n", status.ToString().c_str());
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace millwright::bench

int main(int argc, char** argv) { return millwright::bench::Main(argc, argv); }
