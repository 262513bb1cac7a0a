#include "cli/commands/artifacts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/commands/progress_view.h"
#include "cli/door.h"
#include "lib/base/files.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/client.h"
#include "millwright/tracker/v1/tracker.grpc.pb.h"

namespace millwright::cli {
namespace {

namespace fs = std::filesystem;
using tracker::v1::ArtifactService;

constexpr std::size_t kPiece = 256 << 10;
constexpr absl::Duration kLongest = absl::Hours(24);

/// What one command works with.
struct Work {
  const Door& door;
  ArtifactService::Stub& stub;
  const std::string& run_id;
  ProgressView& view;
};

absl::Status WriteAll(int fd, absl::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return base::ErrnoStatus(errno, absl::StrCat("cannot write ", name));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status Download(const Work& work, const std::string& path, int fd, const std::string& name) {
  grpc::ClientContext context;
  rpc::Prepare(context, kLongest);
  tracker::v1::DownloadArtifactRequest request;
  request.set_run_id(work.run_id);
  request.set_path(path);
  const auto reader = work.stub.DownloadArtifact(&context, request);
  tracker::v1::ArtifactBytes message;
  std::string etag;
  std::int64_t size = 0;
  std::int64_t received = 0;
  base::Sha256 hash;
  while (reader->Read(&message)) {
    if (!message.etag().empty()) {
      etag = message.etag();
      size = message.content_length();
    }
    hash.Update(message.data());
    received += static_cast<std::int64_t>(message.data().size());
    if (const absl::Status status = WriteAll(fd, message.data(), name); !status.ok()) {
      context.TryCancel();
      reader->Finish();
      return status;
    }
    work.view.ShowTransfer(path, static_cast<std::uint64_t>(received), static_cast<std::uint64_t>(size));
  }
  RETURN_IF_ERROR(work.door.Explain(reader->Finish()));
  if (absl::StrCat("\"", hash.FinishHex(), "\"") != etag)
    return absl::DataLossError(absl::StrCat("artifact \"", path, "\" arrived with other bytes; try again"));
  return absl::OkStatus();
}

// Under its name only once it is whole.
absl::Status DownloadTo(const Work& work, const std::string& path, const fs::path& target) {
  std::error_code error;
  if (target.has_parent_path()) fs::create_directories(target.parent_path(), error);
  const std::string part = absl::StrCat(target.string(), ".part");
  const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return base::ErrnoStatus(errno, absl::StrCat("cannot write ", part));
  absl::Status status = Download(work, path, fd, part);
  if (close(fd) != 0 && status.ok()) status = base::ErrnoStatus(errno, absl::StrCat("cannot write ", part));
  if (status.ok() && rename(part.c_str(), target.c_str()) != 0)
    status = base::ErrnoStatus(errno, absl::StrCat("cannot rename ", part));
  if (!status.ok()) unlink(part.c_str());
  return status;
}

// The artifact's path below `folder`; names in a listing are the server's word, and none may lead out of the target.
absl::StatusOr<std::string> Below(const std::string& folder, const std::string& path) {
  absl::string_view rest = path;
  const bool is_below = folder.empty() || (absl::ConsumePrefix(&rest, folder) && absl::ConsumePrefix(&rest, "/"));
  const fs::path relative = fs::path(std::string(rest)).lexically_normal();
  if (!is_below || relative.empty() || relative.is_absolute() || *relative.begin() == "..")
    return absl::InternalError(absl::StrCat("the server lists \"", path, "\" below \"", folder, "\""));
  return relative.string();
}

absl::Status Get(const Work& work, const ArtifactTransfer& transfer) {
  if (transfer.local == "-") return Download(work, transfer.path, STDOUT_FILENO, "standard output");
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Minutes(1));
  tracker::v1::ListArtifactsRequest request;
  request.set_run_id(work.run_id);
  request.set_path(transfer.path);
  tracker::v1::ListArtifactsResponse listed;
  RETURN_IF_ERROR(work.door.Explain(work.stub.ListArtifacts(&context, request, &listed)));
  const std::string name = fs::path(transfer.path).filename().string();
  const fs::path target = transfer.local.empty() ? fs::path(name.empty() ? work.run_id : name) : fs::path(transfer.local);
  const auto& artifacts = listed.artifacts();
  if (artifacts.empty()) {
    return absl::NotFoundError(absl::StrCat("run ", work.run_id, " has no artifact \"", transfer.path,
                                            "\"; `millwright runs artifacts list ", work.run_id, "` lists them"));
  }
  for (const tracker::v1::Artifact& artifact : artifacts) {
    if (artifact.path() == transfer.path)
      return DownloadTo(work, artifact.path(), fs::is_directory(target) ? target / name : target);
  }
  for (const tracker::v1::Artifact& artifact : artifacts) {
    ASSIGN_OR_RETURN(const std::string below, Below(transfer.path, artifact.path()));
    RETURN_IF_ERROR(DownloadTo(work, artifact.path(), target / below));
  }
  return absl::OkStatus();
}

absl::StatusOr<tracker::v1::Artifact> Upload(const Work& work, const fs::path& file, const std::string& path) {
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return base::ErrnoStatus(errno, absl::StrCat("cannot read ", file.string()));
  const auto closer = absl::MakeCleanup([fd] { close(fd); });
  struct stat facts {};
  if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode))
    return absl::InvalidArgumentError(absl::StrCat(file.string(), " is not a file"));

  grpc::ClientContext context;
  rpc::Prepare(context, kLongest);
  tracker::v1::Artifact artifact;
  const auto writer = work.stub.UploadArtifact(&context, &artifact);
  tracker::v1::UploadArtifactRequest message;
  message.set_run_id(work.run_id);
  message.set_path(path);
  bool is_open = writer->Write(message);
  message.Clear();
  std::string buffer(kPiece, '\0');
  base::Sha256 hash;
  std::uint64_t sent = 0;
  while (is_open) {
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      context.TryCancel();
      writer->Finish();
      return base::ErrnoStatus(errno, absl::StrCat("cannot read ", file.string()));
    }
    if (count == 0) break;
    message.set_data(buffer.data(), static_cast<std::size_t>(count));
    hash.Update(message.data());
    is_open = writer->Write(message);
    sent += static_cast<std::uint64_t>(count);
    work.view.ShowTransfer(path, sent, static_cast<std::uint64_t>(facts.st_size));
  }
  writer->WritesDone();
  RETURN_IF_ERROR(work.door.Explain(writer->Finish()));
  if (artifact.blob().sha256() != hash.FinishHex())
    return absl::DataLossError(absl::StrCat(file.string(), " arrived with other bytes; try again"));
  return artifact;
}

absl::StatusOr<tracker::v1::ListArtifactsResponse> Put(const Work& work, const ArtifactTransfer& transfer) {
  const fs::path local(transfer.local);
  const std::string name = (local.has_filename() ? local : local.parent_path()).filename().string();
  const std::string path = transfer.path.empty() ? name : transfer.path;
  tracker::v1::ListArtifactsResponse done;
  std::error_code error;
  if (!fs::is_directory(local, error)) {
    ASSIGN_OR_RETURN(*done.add_artifacts(), Upload(work, local, path));
    return done;
  }
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator at(local, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file(error)) files.push_back(at->path());
  }
  if (error) return absl::InvalidArgumentError(absl::StrCat("cannot read ", local.string(), ": ", error.message()));
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const std::string below = file.lexically_relative(local).generic_string();
    ASSIGN_OR_RETURN(*done.add_artifacts(), Upload(work, file, absl::StrCat(path, "/", below)));
  }
  return done;
}

template <typename F>
int WithWork(const ArtifactTransfer& transfer, const Session& session, F&& run) {
  const absl::StatusOr<Home> home = Home::Find(session.home);
  if (!home.ok()) return Report(home.status());
  const absl::StatusOr<Door> door = Door::Open(*home, session.address, session.token);
  if (!door.ok()) return Report(door.status());
  const auto stub = ArtifactService::NewStub(door->channel());
  ProgressView view(isatty(STDERR_FILENO) == 1);
  const absl::Status status = run(Work{*door, *stub, transfer.run_id, view});
  view.Clear();
  return status.ok() ? kOk : Report(status);
}

}  // namespace

int GetArtifact(const ArtifactTransfer& transfer, const Session& session) {
  return WithWork(transfer, session, [&](const Work& work) { return Get(work, transfer); });
}

int PutArtifact(const ArtifactTransfer& transfer, const Session& session) {
  return WithWork(transfer, session, [&](const Work& work) -> absl::Status {
    ASSIGN_OR_RETURN(const tracker::v1::ListArtifactsResponse done, Put(work, transfer));
    work.view.Clear();
    std::fputs(Show(done, session.format).c_str(), stdout);
    return absl::OkStatus();
  });
}

}  // namespace millwright::cli
