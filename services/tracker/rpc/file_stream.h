#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/mlflow/content_disposition.h"
#include "lib/mlflow/media_type.h"
#include "tracker/domain/artifact_store.h"
#include "tracker/domain/byte_range.h"

namespace millwright::tracker {

/// A file on its way to a caller: which bytes of it, under which headers.
struct FileAnswer {
  Blob blob;
  std::string path;   // the last part is the file's name
  std::string range;  // as the Range header; empty: all
  std::string if_range;
};

inline std::string EtagOf(const Blob& blob) { return absl::StrCat("\"", blob.sha256, "\""); }

inline constexpr std::size_t kSentAtOnce = 256 << 10;
inline constexpr std::size_t kMaxTakenAtOnce = 1 << 20;

/// Sends a file as ArtifactBytes, of this package or of MLflow's: headers first, then the bytes, never held whole.
template <typename Bytes>
absl::Status SendFile(BlobStore& blobs, const FileAnswer& file, grpc::ServerWriter<Bytes>& writer) {
  const std::string etag = EtagOf(file.blob);
  const bool asks_for_range = file.if_range.empty() || file.if_range == etag;
  const absl::StatusOr<std::optional<ByteRange>> range = ReadRange(asks_for_range ? file.range : "", file.blob.size);
  Bytes message;
  if (!range.ok()) {
    message.set_content_range(absl::StrCat("bytes */", file.blob.size));
    writer.Write(message);
    return range.status();
  }
  const ByteRange sent = range->value_or(ByteRange{0, file.blob.size});
  ASSIGN_OR_RETURN(const std::unique_ptr<BlobReader> reader, blobs.Open(file.blob, sent.offset));
  message.set_content_length(static_cast<std::int64_t>(sent.size));
  message.set_content_type(mlflow::MediaTypeOf(file.path));
  message.set_content_disposition(mlflow::AttachmentNamed(file.path));
  message.set_etag(etag);
  message.set_accept_ranges("bytes");
  if (*range) {
    message.set_content_range(absl::StrCat("bytes ", sent.offset, "-", sent.offset + sent.size - 1, "/", file.blob.size));
  }
  for (std::uint64_t left = sent.size;;) {
    ASSIGN_OR_RETURN(*message.mutable_data(), reader->Read(static_cast<std::size_t>(std::min<std::uint64_t>(left, kSentAtOnce))));
    if (message.data().empty() && left > 0)
      return absl::DataLossError(absl::StrCat("blob ", file.blob.sha256, " ended early in the store"));
    left -= message.data().size();
    if (!writer.Write(message)) return absl::CancelledError("the caller went away");
    if (left == 0) return absl::OkStatus();
    message.Clear();
  }
}

/// Takes the bytes of a raw upload, whose first message `message` is, into a new blob: sealed, not published.
template <typename Request>
absl::StatusOr<Blob> ReceiveFile(grpc::ServerContext& context, Request& message, grpc::ServerReader<Request>& reader,
                                 BlobWriter& writer, const std::string& sha256 = "") {
  do {
    if (message.data().size() > kMaxTakenAtOnce) {
      return absl::InvalidArgumentError(
          absl::StrCat("data: a message has ", message.data().size(), " bytes; at most ", kMaxTakenAtOnce));
    }
    RETURN_IF_ERROR(writer.Append(message.data()));
  } while (reader.Read(&message));
  // A caller that died ends the stream as one that finished does.
  if (context.IsCancelled()) return absl::CancelledError("the upload was given up");
  return writer.Seal(sha256);
}

}  // namespace millwright::tracker
