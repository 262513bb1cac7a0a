#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cmath>
#include <optional>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/base/files.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"
#include "lib/learn/table/csv.h"
#include "trainer-worker/process_group.h"
#include "trainer-worker/tasks/dataset.h"
#include "trainer-worker/tasks/look.h"
#include "trainer-worker/tasks/run_log.h"
#include "trainer-worker/tasks/spec.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {
namespace {

constexpr std::size_t kMaxArguments = 256;
constexpr std::size_t kMaxArgumentBytes = 64 << 10;
constexpr std::size_t kMaxFiles = 100;
constexpr std::size_t kTailBytes = 2000;
constexpr std::size_t kMaxResultBytes = 1 << 20;
constexpr std::size_t kMaxLogBytes = 512 << 20;

// A step's `with`, checked.
struct CommandSpec {
  std::vector<std::string> argv;
  nlohmann::json files;  // name → {"sha256", "name"}
  nlohmann::json params;
  nlohmann::json environment;  // name → text
  std::string dataset_version_id;
  std::string metric;
  std::string experiment;
  std::string run_name;
  absl::Duration time_limit;
  std::int64_t memory_limit = 0;
};

// NAME of MILLWRIGHT_PARAM_NAME: "heads.rul.params.eta" → "HEADS_RUL_PARAMS_ETA".
std::string VariableName(const std::string& key) {
  std::string name;
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    name += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return name;
}

bool IsVariable(const std::string& name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

std::string AsText(const nlohmann::json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

absl::StatusOr<CommandSpec> ReadSpec(const nlohmann::json& json, const CommandPolicy& policy) {
  SpecReader reader(json);
  CommandSpec spec{.argv = reader.Texts("argv")};
  spec.files = reader.ObjectOr("files", nlohmann::json::object());
  spec.params = reader.ObjectOr("params", nlohmann::json::object());
  spec.environment = reader.ObjectOr("environment", nlohmann::json::object());
  spec.dataset_version_id = reader.Text("dataset_version_id", "");
  spec.metric = reader.Text("metric", "");
  spec.experiment = reader.Text("experiment", "Default");
  spec.run_name = reader.Text("run_name", "");
  spec.time_limit = absl::Seconds(reader.Int("max_seconds", policy.max_seconds, 1, policy.max_seconds));
  spec.memory_limit = reader.Int("max_memory_mb", policy.max_memory_mb, 16, policy.max_memory_mb) << 20;
  RETURN_IF_ERROR(reader.Finish());
  std::size_t bytes = 0;
  for (const std::string& argument : spec.argv) bytes += argument.size();
  if (spec.argv.empty() || spec.argv[0].empty() || spec.argv.size() > kMaxArguments || bytes > kMaxArgumentBytes)
    return absl::InvalidArgumentError(absl::StrCat("with.argv must be the program and its arguments, 1 to ", kMaxArguments,
                                                   " texts of ", kMaxArgumentBytes, " bytes together"));
  for (const auto& [name, value] : spec.environment.items()) {
    if (!IsVariable(name) || !value.is_string())
      return absl::InvalidArgumentError(
          absl::StrCat("with.environment.", name.substr(0, 100), " must be a variable's name and a text"));
  }
  if (spec.files.size() > kMaxFiles)
    return absl::InvalidArgumentError(absl::StrCat("with.files has ", spec.files.size(), " files; at most ", kMaxFiles));
  return spec;
}

absl::Status FetchFiles(const CommandSpec& spec, const std::filesystem::path& folder, TaskContext& context) {
  for (const auto& [name, file] : spec.files.items()) {
    const std::string path = absl::StrCat("with.files.", name.substr(0, 100));
    if (name.empty() || name.find('/') != std::string::npos || name == "." || name == ".." || name.size() > 200)
      return absl::InvalidArgumentError(absl::StrCat(path, ": must be a file's name, without folders"));
    SpecReader reader(file, path);
    const std::string sha256 = reader.Text("sha256");
    reader.Ignore("name");
    RETURN_IF_ERROR(reader.Finish());
    if (!base::IsSha256Hex(sha256))
      return absl::InvalidArgumentError(absl::StrCat(path, ".sha256 must be 64 lower-case hex digits"));
    RETURN_IF_ERROR(context.platform.DownloadBlob(sha256, folder / name));
    std::error_code ignored;
    std::filesystem::permissions(folder / name, std::filesystem::perms(0755), ignored);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, std::string>> Environment(const CommandSpec& spec, const std::filesystem::path& folder,
                                                               const std::string& run_id, TaskContext& context) {
  std::map<std::string, std::string> variables{{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"LANG", "C.UTF-8"}};
  for (const auto& [name, value] : spec.environment.items()) variables[name] = value.get<std::string>();
  for (const auto& [key, value] : spec.params.items()) variables["MILLWRIGHT_PARAM_" + VariableName(key)] = AsText(value);
  for (auto& [name, value] : variables) {
    if (value.find('\0') != std::string::npos)
      return absl::InvalidArgumentError(absl::StrCat("the value of ", name, " has a zero byte"));
  }
  variables["HOME"] = variables["TMPDIR"] = folder;
  variables["MLFLOW_TRACKING_URI"] = context.commands.tracking_uri;
  variables["MLFLOW_TRACKING_TOKEN"] = context.commands.token;
  variables["MLFLOW_RUN_ID"] = run_id;
  variables["MILLWRIGHT_TASK_ID"] = context.task.task_id();
  if (!context.task.study_id().empty()) variables["MILLWRIGHT_TRIAL_NUMBER"] = absl::StrCat(context.task.trial_number());
  variables["MILLWRIGHT_PARAMS"] = folder / "params.json";
  RETURN_IF_ERROR(base::WriteFileAtomically(folder / "params.json", spec.params.dump(1)));
  variables["MILLWRIGHT_RESULT"] = folder / "result.json";
  if (spec.dataset_version_id.empty()) return variables;
  context.lease.SetProgress(0, 0, "", "reading the dataset");
  ASSIGN_OR_RETURN(const LoadedDataset dataset, LoadDataset(spec.dataset_version_id, context));
  // Which of the rows the program measures itself on is not known.
  const Look look{.dataset_version_id = spec.dataset_version_id,
                  .split = "all",
                  .run_id = run_id,
                  .subject = "command",
                  .is_of_attempt = true};
  RETURN_IF_ERROR(RecordLook(look, context).status());
  variables["MILLWRIGHT_DATASET"] = folder / "dataset.csv";
  RETURN_IF_ERROR(base::WriteFileAtomically(folder / "dataset.csv", learn::WriteCsv(dataset.table)));
  return variables;
}

// The last lines of what the script printed, for a person: UTF-8, whole lines.
std::string Tail(const std::string& output) {
  std::string tail = output.size() > kTailBytes ? output.substr(output.size() - kTailBytes) : output;
  if (tail.size() < output.size()) tail = tail.substr(std::min(tail.find('\n'), tail.size() - 1) + 1);
  while (!tail.empty() && std::isspace(static_cast<unsigned char>(tail.back())) != 0) tail.pop_back();
  for (char& c : tail) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < ' ' && c != '\n' && c != '\t') || byte == 127) c = '?';
  }
  return base::IsUtf8(tail) ? tail : base::Utf8Excerpt(tail, kTailBytes);
}

// What the script left at MILLWRIGHT_RESULT; nothing when it left none. It may have left anything there: a pipe that never ends,
// a link to somebody's file.
absl::StatusOr<std::optional<std::string>> ReadResult(const std::filesystem::path& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return std::nullopt;
  const auto closer = absl::MakeCleanup([fd] {
    if (fd >= 0) close(fd);
  });
  struct stat about = {};
  if (fd < 0 || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
    return absl::FailedPreconditionError("MILLWRIGHT_RESULT must be a regular file");
  std::string text(kMaxResultBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = read(fd, text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::ErrnoStatus(errno, "reading MILLWRIGHT_RESULT");
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > kMaxResultBytes)
    return absl::FailedPreconditionError(absl::StrCat("MILLWRIGHT_RESULT is larger than ", kMaxResultBytes, " bytes"));
  text.resize(size);
  return text;
}

// Metrics that the script left in its result file: {"metrics": {name: number}}.
absl::StatusOr<std::map<std::string, double>> ResultMetrics(const std::filesystem::path& path) {
  std::map<std::string, double> metrics;
  ASSIGN_OR_RETURN(const std::optional<std::string> text, ReadResult(path));
  if (!text) return metrics;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object() || !json.contains("metrics") || !json["metrics"].is_object())
    return absl::FailedPreconditionError("MILLWRIGHT_RESULT must be a JSON object such as {\"metrics\": {\"rmse\": 12.5}}");
  for (const auto& [name, value] : json["metrics"].items()) {
    if (!value.is_number() || name.empty() || name.size() > 250)
      return absl::FailedPreconditionError(absl::StrCat("MILLWRIGHT_RESULT: metrics.", name.substr(0, 100), " must be a number"));
    metrics[name] = value.get<double>();
  }
  return metrics;
}

absl::StatusOr<nlohmann::json> RunMetrics(const std::string& run_id, TaskContext& context) {
  tracker::v1::GetRunRequest request;
  request.set_run_id(run_id);
  tracker::v1::Run run;
  RETURN_IF_ERROR(context.platform.Call(&tracker::v1::TrackerService::Stub::GetRun, context.platform.tracker(), request, &run));
  nlohmann::json metrics = nlohmann::json::object();
  for (const tracker::v1::Metric& metric : run.metrics()) {
    if (std::isfinite(metric.value())) metrics[metric.key()] = metric.value();
  }
  return metrics;
}

absl::StatusOr<nlohmann::json> RunInRun(const CommandSpec& spec, RunLog& run, TaskContext& context) {
  RETURN_IF_ERROR(run.LogParams(spec.params));
  if (!spec.dataset_version_id.empty()) RETURN_IF_ERROR(run.LogTag("millwright.dataset_version_id", spec.dataset_version_id));
  const std::filesystem::path folder = context.folder / "work";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return base::ErrnoStatus(error.value(), absl::StrCat("making ", folder.string()));
  RETURN_IF_ERROR(FetchFiles(spec, folder, context));
  ProcessSpec process{.argv = spec.argv,
                      .folder = folder,
                      .output = context.folder / "output.log",
                      .time_limit = spec.time_limit,
                      .memory_limit = spec.memory_limit};
  ASSIGN_OR_RETURN(process.environment, Environment(spec, folder, run.run_id(), context));
  context.lease.SetProgress(0, 0, "", absl::StrCat("running ", base::Utf8Excerpt(spec.argv[0], 100)));
  const absl::StatusOr<ProcessEnd> end = RunProcessGroup(process, [&] { return context.lease.EnsureHeld(); });
  const std::string output = base::ReadFile(process.output, kMaxLogBytes).value_or("");
  // A task that is lost or cancelled keeps nothing.
  if (!end.ok() && !absl::IsFailedPrecondition(end.status())) return end.status();
  RETURN_IF_ERROR(context.lease.EnsureHeld());
  RETURN_IF_ERROR(run.LogArtifact("output.log", output));
  std::string problem;
  if (!end.ok()) {
    problem = absl::StrCat("was stopped: ", std::string(end.status().message()));
  } else if (end->signal != 0) {
    problem = absl::StrCat("was ended by signal ", end->signal);
  } else if (end->exit_code != 0) {
    problem = absl::StrCat("ended with exit code ", end->exit_code);
  }
  if (!problem.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("the script ", problem,
                                                      "; the last of what it printed (the whole is output.log of run ",
                                                      run.run_id(), "):\n", Tail(output)));
  }
  ASSIGN_OR_RETURN(const auto from_file, ResultMetrics(folder / "result.json"));
  RETURN_IF_ERROR(run.LogNewMetrics(from_file));
  ASSIGN_OR_RETURN(const nlohmann::json metrics, RunMetrics(run.run_id(), context));
  if (!spec.metric.empty() && !metrics.contains(spec.metric)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the script ended well and left no finite metric \"", spec.metric,
                     "\": log it into the run of MLFLOW_RUN_ID, or write it to MILLWRIGHT_RESULT"));
  }
  return nlohmann::json{{"run_id", run.run_id()}, {"metrics", metrics}};
}

}  // namespace

absl::StatusOr<nlohmann::json> Command(const nlohmann::json& json, TaskContext& context) {
  if (!context.commands.is_allowed) {
    return absl::FailedPreconditionError(
        "this worker runs no commands: its configuration must have command.allowed: true (`millwright up --allow-commands`)");
  }
  ASSIGN_OR_RETURN(const CommandSpec spec, ReadSpec(json, context.commands));
  ASSIGN_OR_RETURN(RunLog run, RunLog::Open(spec.experiment, spec.run_name, context));
  absl::StatusOr<nlohmann::json> outputs = RunInRun(spec, run, context);
  const absl::Status finished = run.Finish(outputs.status());
  RETURN_IF_ERROR(outputs.status());
  RETURN_IF_ERROR(finished);
  return outputs;
}

}  // namespace millwright::trainer
