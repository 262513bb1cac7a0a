#include "trainer-worker/platform.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/base/files.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"

namespace millwright::trainer {
namespace {

constexpr std::size_t kChunk = 256 << 10;
constexpr absl::Duration kStreamTimeout = absl::Minutes(30);

absl::Status WriteAll(int fd, const std::string& bytes, const std::filesystem::path& path) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::ErrnoStatus(errno, absl::StrCat("cannot write ", path.string()));
    done += static_cast<std::size_t>(n);
  }
  return absl::OkStatus();
}

}  // namespace

Platform::Platform(const std::string& address, const std::string& token)
    : channel_(rpc::ConnectWithToken(address, token)),
      queue_(scheduler::v1::QueueService::NewStub(channel_)),
      tracker_(tracker::v1::TrackerService::NewStub(channel_)),
      mlflow_(mlflow::v1::MlflowTrackingService::NewStub(channel_)),
      artifacts_(tracker::v1::ArtifactService::NewStub(channel_)),
      datasets_(tracker::v1::DatasetService::NewStub(channel_)),
      looks_(tracker::v1::TestLookService::NewStub(channel_)),
      registry_(registry::v1::RegistryService::NewStub(channel_)),
      telemetry_(telemetry::v1::TelemetryService::NewStub(channel_)),
      serving_(serving::v1::ServingService::NewStub(channel_)) {}

bool Platform::IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsAborted(status) ||
         absl::IsResourceExhausted(status) || absl::IsCancelled(status);
}

absl::StatusOr<tracker::v1::Blob> Platform::UploadBlob(absl::string_view bytes, const std::string& name) {
  const std::string sha256 = base::Sha256Hex(bytes);
  tracker::v1::Blob blob;
  RETURN_IF_ERROR(Retry([&] {
    grpc::ClientContext context;
    rpc::Prepare(context, kStreamTimeout);
    blob.Clear();
    const auto stream = artifacts_->UploadBlob(&context, &blob);
    tracker::v1::UploadBlobRequest part;
    part.mutable_header()->set_name(name);
    part.mutable_header()->set_sha256(sha256);
    bool is_open = stream->Write(part);
    for (std::size_t at = 0; is_open && at < bytes.size(); at += kChunk) {
      const absl::string_view chunk = bytes.substr(at, kChunk);
      part.set_bytes(chunk.data(), chunk.size());
      is_open = stream->Write(part);
    }
    stream->WritesDone();
    return rpc::FromGrpc(stream->Finish());
  }));
  return blob;
}

absl::Status Platform::DownloadBlob(const std::string& sha256, const std::filesystem::path& into) {
  return Retry([&]() -> absl::Status {
    const int fd = open(into.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return base::ErrnoStatus(errno, absl::StrCat("cannot write ", into.string()));
    const auto closer = absl::MakeCleanup([fd] { close(fd); });
    grpc::ClientContext context;
    rpc::Prepare(context, kStreamTimeout);
    tracker::v1::DownloadBlobRequest request;
    request.set_sha256(sha256);
    const auto stream = artifacts_->DownloadBlob(&context, request);
    tracker::v1::BlobChunk chunk;
    base::Sha256 hash;
    absl::Status written;
    while (stream->Read(&chunk)) {
      hash.Update(chunk.bytes());
      if (written.ok()) written = WriteAll(fd, chunk.bytes(), into);
      if (!written.ok()) context.TryCancel();
    }
    const absl::Status finished = rpc::FromGrpc(stream->Finish());
    RETURN_IF_ERROR(written);
    RETURN_IF_ERROR(finished);
    if (hash.FinishHex() != sha256) return absl::DataLossError(absl::StrCat("blob ", sha256, " arrived with other bytes"));
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<telemetry::v1::SampleBatch>> Platform::QuerySamples(
    const telemetry::v1::QuerySamplesRequest& request) {
  std::vector<telemetry::v1::SampleBatch> batches;
  RETURN_IF_ERROR(Retry([&] {
    batches.clear();
    grpc::ClientContext context;
    rpc::Prepare(context, kStreamTimeout);
    const auto stream = telemetry_->QuerySamples(&context, request);
    telemetry::v1::SampleBatch batch;
    while (stream->Read(&batch)) batches.push_back(std::move(batch));
    return rpc::FromGrpc(stream->Finish());
  }));
  return batches;
}

}  // namespace millwright::trainer
