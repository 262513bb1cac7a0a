#include "cli/commands/pipelines.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/commands/progress_view.h"
#include "cli/door.h"
#include "lib/base/files.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/client.h"
#include "lib/rpc/convert.h"
#include "millwright/scheduler/v1/scheduler.grpc.pb.h"
#include "millwright/tracker/v1/tracker.grpc.pb.h"

namespace millwright::cli {
namespace {

namespace sched = scheduler::v1;

constexpr absl::Duration kLongestOutage = absl::Minutes(2);  // of the gateway, while a run is followed
constexpr std::size_t kUploadChunk = 256 << 10;

bool HasEnded(const sched::PipelineRun& run) {
  return run.state() == sched::STATE_SUCCEEDED || run.state() == sched::STATE_FAILED || run.state() == sched::STATE_CANCELLED;
}

absl::StatusOr<nlohmann::json> UploadFile(const Door& door, const std::string& path, ProgressView& view) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return base::ErrnoStatus(errno, absl::StrCat("cannot read ", path));
  const auto closer = absl::MakeCleanup([fd] { close(fd); });
  struct stat facts {};
  if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) return absl::InvalidArgumentError(absl::StrCat(path, " is not a file"));
  const std::string name = std::filesystem::path(path).filename().string();

  const auto stub = tracker::v1::ArtifactService::NewStub(door.channel());
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Hours(12));
  tracker::v1::Blob blob;
  const auto writer = stub->UploadBlob(&context, &blob);
  tracker::v1::UploadBlobRequest header;
  header.mutable_header()->set_name(name);
  header.mutable_header()->set_keep(true);  // a pipeline may read it again much later
  bool is_open = writer->Write(header);
  base::Sha256 digest;
  std::string buffer(kUploadChunk, '\0');
  std::uint64_t sent = 0;
  while (is_open) {
    const ssize_t n = read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      context.TryCancel();
      writer->Finish();
      return base::ErrnoStatus(errno, absl::StrCat("cannot read ", path));
    }
    if (n == 0) break;
    tracker::v1::UploadBlobRequest part;
    part.set_bytes(buffer.data(), static_cast<std::size_t>(n));
    digest.Update(part.bytes());
    is_open = writer->Write(part);
    sent += static_cast<std::uint64_t>(n);
    view.ShowTransfer(name, sent, static_cast<std::uint64_t>(facts.st_size));
  }
  writer->WritesDone();
  RETURN_IF_ERROR(door.Explain(writer->Finish()));
  view.Clear();
  if (blob.sha256() != digest.FinishHex()) return absl::DataLossError(absl::StrCat(path, " arrived changed; try again"));
  return nlohmann::json{{"sha256", blob.sha256()}, {"name", name}};
}

// Whether a file of a folder belongs to a dataset, by its name.
bool IsData(const std::filesystem::path& path) {
  const std::string name = absl::AsciiStrToLower(path.filename().string());
  const absl::string_view plain = absl::StripSuffix(name, ".gz");
  return absl::EndsWith(plain, ".csv") || absl::EndsWith(plain, ".tsv") || absl::EndsWith(plain, ".txt");
}

absl::StatusOr<nlohmann::json> UploadFileOrFolder(const Door& door, const std::string& path, ProgressView& view) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return UploadFile(door, path, view);
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file(error) && IsData(at->path())) files.push_back(at->path());
  }
  if (error) return absl::InvalidArgumentError(absl::StrCat("cannot read ", path, ": ", error.message()));
  if (files.empty())
    return absl::InvalidArgumentError(absl::StrCat(path, " has no file that ends in .csv, .tsv, .txt, or these with .gz"));
  std::sort(files.begin(), files.end());
  nlohmann::json sent = nlohmann::json::array();
  for (const std::filesystem::path& file : files) {
    ASSIGN_OR_RETURN(sent.emplace_back(), UploadFile(door, file.string(), view));
  }
  return sent;
}

absl::StatusOr<google::protobuf::Struct> ReadParameters(const Door& door, const sched::Pipeline& pipeline,
                                                        const std::vector<std::string>& settings, ProgressView& view) {
  nlohmann::json parameters = nlohmann::json::object();
  for (const std::string& text : settings) {
    ASSIGN_OR_RETURN(const auto setting, SplitSetting(text));
    const auto& [name, value] = setting;
    sched::ParameterType type = sched::PARAMETER_TYPE_UNSPECIFIED;
    std::string known;
    for (const sched::PipelineParameter& parameter : pipeline.parameters()) {
      absl::StrAppend(&known, known.empty() ? "" : ", ", parameter.name());
      if (parameter.name() == name) type = parameter.type();
    }
    if (type == sched::PARAMETER_TYPE_UNSPECIFIED) {
      return absl::InvalidArgumentError(
          absl::StrCat("pipeline \"", pipeline.name(), "\" has no parameter \"", name, "\"; it has ", known));
    }
    if (type == sched::PARAMETER_TYPE_FILE) {
      ASSIGN_OR_RETURN(parameters[name], UploadFileOrFolder(door, value, view));
    } else {
      ASSIGN_OR_RETURN(parameters[name], ReadParameter(name, type, value));
    }
  }
  return rpc::ToStruct(parameters);
}

// Reads the stream until the run has ended; a new stream whenever the door closes.
absl::StatusOr<sched::PipelineRun> Follow(const Door& door, const std::string& id, ProgressView& view) {
  const auto stub = sched::PipelineService::NewStub(door.channel());
  sched::GetPipelineRunRequest request;
  request.set_pipeline_run_id(id);
  absl::Time heard = absl::Now();
  bool is_lost = false;
  while (true) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Hours(24));
    const auto reader = stub->WatchPipelineRun(&context, request);
    sched::PipelineRun run;
    while (reader->Read(&run)) {
      heard = absl::Now();
      if (is_lost) view.Say("connected again");
      is_lost = false;
      view.Show(run, heard);
      if (HasEnded(run)) {
        context.TryCancel();
        reader->Finish();
        view.Clear();
        return run;
      }
    }
    const grpc::Status end = reader->Finish();
    const bool may_return = end.ok() || end.error_code() == grpc::StatusCode::UNAVAILABLE ||
                            end.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED ||
                            end.error_code() == grpc::StatusCode::CANCELLED;
    if (!may_return || absl::Now() - heard > kLongestOutage) {
      return end.ok() ? absl::UnavailableError("the platform keeps ending the stream") : door.Explain(end);
    }
    if (!is_lost) view.Say("the connection was lost; waiting for the platform (the run goes on)");
    is_lost = true;
    absl::SleepFor(absl::Milliseconds(500));
  }
}

absl::StatusOr<Door> OpenDoor(const Session& session) {
  ASSIGN_OR_RETURN(const Home home, Home::Find(session.home));
  return Door::Open(home, session.address, session.token);
}

// The same request id, so a call whose answer was lost can be made again.
absl::StatusOr<sched::PipelineRun> StartRun(const Door& door, const sched::RunPipelineRequest& request) {
  const auto stub = sched::PipelineService::NewStub(door.channel());
  for (int attempt = 1;; ++attempt) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    sched::PipelineRun run;
    const grpc::Status status = stub->RunPipeline(&context, request, &run);
    if (status.ok()) return run;
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE || attempt == 20) return door.Explain(status);
    absl::SleepFor(absl::Milliseconds(500));
  }
}

absl::StatusOr<sched::Pipeline> FindPipeline(const Door& door, const std::string& name) {
  const auto stub = sched::PipelineService::NewStub(door.channel());
  sched::GetPipelineRequest request;
  request.set_name(name);
  sched::Pipeline pipeline;
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Seconds(30));
  RETURN_IF_ERROR(door.Explain(stub->GetPipeline(&context, request, &pipeline)));
  return pipeline;
}

}  // namespace

absl::StatusOr<nlohmann::json> ReadParameter(const std::string& name, sched::ParameterType type, const std::string& text) {
  const auto wrong = [&](absl::string_view right) {
    return absl::InvalidArgumentError(absl::StrCat("--set ", name, ": \"", text, "\" is not ", right));
  };
  switch (type) {
    case sched::PARAMETER_TYPE_INT: {
      std::int64_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) return wrong("a whole number");
      return nlohmann::json(value);
    }
    case sched::PARAMETER_TYPE_FLOAT: {
      double value = 0;
      if (!absl::SimpleAtod(text, &value)) return wrong("a number");
      return nlohmann::json(value);
    }
    case sched::PARAMETER_TYPE_BOOL: {
      const std::string lower = absl::AsciiStrToLower(text);
      if (lower == "true" || lower == "yes" || lower == "1") return nlohmann::json(true);
      if (lower == "false" || lower == "no" || lower == "0") return nlohmann::json(false);
      return wrong("true or false");
    }
    default:
      return nlohmann::json(text);
  }
}

nlohmann::ordered_json Summary(const sched::PipelineRun& run) {
  nlohmann::ordered_json summary;
  summary["status"] = ShortEnumName(*sched::State_descriptor()->FindValueByNumber(run.state()));
  summary["pipeline_run_id"] = run.pipeline_run_id();
  if (!run.error().empty()) summary["error"] = run.error();
  const absl::StatusOr<nlohmann::json> outputs = rpc::ToJson(run.outputs(), "outputs");
  if (!outputs.ok()) return summary;
  for (const auto& [key, value] : outputs->items()) summary[key] = value;
  return summary;
}

int ShowEnd(const sched::PipelineRun& run, const Session& session) {
  const nlohmann::ordered_json summary = Summary(run);
  if (session.format == OutputFormat::kJson) {
    std::printf("%s\n", summary.dump(2).c_str());
  } else {
    std::vector<std::vector<std::string>> lines;
    for (const auto& [key, value] : summary.items()) {
      if (!value.is_object()) {
        lines.push_back({key, value.is_string() ? value.get<std::string>() : value.dump()});
        continue;
      }
      for (const auto& [inner, number] : value.items())
        lines.push_back({key + "." + inner, number.is_string() ? number.get<std::string>() : number.dump()});
    }
    std::fputs(Align(lines).c_str(), stdout);
  }
  return run.state() == sched::STATE_SUCCEEDED ? kOk : kRefused;
}

absl::StatusOr<nlohmann::json> UploadInput(const std::string& path, const Session& session) {
  ASSIGN_OR_RETURN(const Door door, OpenDoor(session));
  ProgressView view(isatty(STDERR_FILENO) == 1);
  return UploadFileOrFolder(door, path, view);
}

int RunPipeline(const RunOptions& options, const Session& session) {
  const absl::StatusOr<Door> door = OpenDoor(session);
  if (!door.ok()) return Report(door.status());
  ProgressView view(isatty(STDERR_FILENO) == 1);
  const absl::StatusOr<sched::Pipeline> pipeline = FindPipeline(*door, options.pipeline);
  if (!pipeline.ok()) return Report(pipeline.status());
  sched::RunPipelineRequest request;
  request.set_name(options.pipeline);
  request.set_request_id(base::RandomHex(16));
  absl::StatusOr<google::protobuf::Struct> parameters = ReadParameters(*door, *pipeline, options.settings, view);
  if (!parameters.ok()) return Report(parameters.status());
  *request.mutable_parameters() = *std::move(parameters);
  const absl::StatusOr<sched::PipelineRun> started = StartRun(*door, request);
  if (!started.ok()) return Report(started.status());
  if (!options.wait) {
    std::fputs(Show(*started, session.format).c_str(), stdout);
    return kOk;
  }
  view.Say(absl::StrCat("pipeline ", options.pipeline, ", run ", started->pipeline_run_id()));
  const absl::StatusOr<sched::PipelineRun> ended = Follow(*door, started->pipeline_run_id(), view);
  if (!ended.ok()) return Report(ended.status());
  return ShowEnd(*ended, session);
}

absl::StatusOr<sched::PipelineRun> RunToEnd(const std::string& pipeline, const std::string& definition,
                                            const nlohmann::json& parameters, const Session& session) {
  ASSIGN_OR_RETURN(const Door door, OpenDoor(session));
  if (const absl::Status found = FindPipeline(door, pipeline).status(); absl::IsNotFound(found)) {
    sched::PutPipelineRequest put;
    put.set_definition(definition);
    sched::Pipeline made;
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    RETURN_IF_ERROR(door.Explain(sched::PipelineService::NewStub(door.channel())->PutPipeline(&context, put, &made)));
  } else if (!found.ok()) {
    return found;
  }
  sched::RunPipelineRequest request;
  request.set_name(pipeline);
  request.set_request_id(base::RandomHex(16));
  *request.mutable_parameters() = rpc::ToStruct(parameters);
  ProgressView view(isatty(STDERR_FILENO) == 1);
  ASSIGN_OR_RETURN(const sched::PipelineRun started, StartRun(door, request));
  view.Say(absl::StrCat("pipeline ", pipeline, ", run ", started.pipeline_run_id()));
  return Follow(door, started.pipeline_run_id(), view);
}

int WatchPipeline(const std::string& pipeline_run_id, const Session& session) {
  const absl::StatusOr<Door> door = OpenDoor(session);
  if (!door.ok()) return Report(door.status());
  ProgressView view(isatty(STDERR_FILENO) == 1);
  const absl::StatusOr<sched::PipelineRun> ended = Follow(*door, pipeline_run_id, view);
  if (!ended.ok()) return Report(ended.status());
  return ShowEnd(*ended, session);
}

int PutPipeline(const std::string& file, const Session& session) {
  const absl::StatusOr<std::string> definition = base::ReadFile(file, 256 << 10);
  if (!definition.ok()) return Report(definition.status());
  const absl::StatusOr<Door> door = OpenDoor(session);
  if (!door.ok()) return Report(door.status());
  const auto stub = sched::PipelineService::NewStub(door->channel());
  sched::PutPipelineRequest request;
  request.set_definition(*definition);
  sched::Pipeline pipeline;
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Seconds(30));
  if (const grpc::Status status = stub->PutPipeline(&context, request, &pipeline); !status.ok()) {
    const absl::Status explained = door->Explain(status);
    return Report(absl::Status(explained.code(), absl::StrCat(file, ": ", explained.message())));
  }
  std::fputs(Show(pipeline, session.format).c_str(), stdout);
  return kOk;
}

}  // namespace millwright::cli
