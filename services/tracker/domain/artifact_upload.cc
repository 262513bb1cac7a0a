#include "tracker/domain/artifact_upload.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kPiece = 256 << 10;

absl::string_view WithoutQuotes(absl::string_view etag) {
  absl::ConsumePrefix(&etag, "\"");
  absl::ConsumeSuffix(&etag, "\"");
  return etag;
}

absl::Status CheckParts(const ArtifactUpload& upload, const std::map<int, Blob>& parts,
                        const std::map<std::int64_t, std::string>& etags) {
  for (int number = 1; number <= upload.part_count; ++number) {
    const auto part = parts.find(number);
    if (part == parts.end()) return absl::InvalidArgumentError(absl::StrCat("parts: part ", number, " has not been uploaded"));
    const auto etag = etags.find(number);
    if (etag == etags.end()) return absl::InvalidArgumentError(absl::StrCat("parts: part ", number, " is missing"));
    if (WithoutQuotes(etag->second) != part->second.sha256) {
      return absl::InvalidArgumentError(
          absl::StrCat("parts: part ", number, " has the ETag \"", part->second.sha256, "\", not ", etag->second.substr(0, 100)));
    }
  }
  if (etags.size() == static_cast<std::size_t>(upload.part_count)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("parts: names ", etags.size(), " parts; the upload was made for ", upload.part_count));
}

absl::Status Append(BlobStore& blobs, const Blob& blob, BlobWriter& writer) {
  ASSIGN_OR_RETURN(const std::unique_ptr<BlobReader> reader, blobs.Open(blob));
  for (;;) {
    ASSIGN_OR_RETURN(const std::string bytes, reader->Read(kPiece));
    if (bytes.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(writer.Append(bytes));
  }
}

}  // namespace

absl::StatusOr<std::string> ArtifactUploads::Create(const base::WorkspaceId& workspace, const std::string& path,
                                                    std::int64_t part_count) {
  if (part_count < 1 || part_count > kMaxParts) {
    return absl::InvalidArgumentError(absl::StrCat("num_parts: is ", part_count, "; an upload has 1 to ", kMaxParts, " parts"));
  }
  const std::string upload_id = base::RandomHex(kSecretBytes);
  const ArtifactUpload upload{.workspace = workspace, .path = path, .part_count = static_cast<int>(part_count)};
  RETURN_IF_ERROR(uploads_.Create(base::Sha256Hex(upload_id), upload, clock_.Now() + kUploadLasts));
  return upload_id;
}

absl::StatusOr<ArtifactUpload> ArtifactUploads::FindForPart(const std::string& upload_id, std::int64_t number) {
  ASSIGN_OR_RETURN(ArtifactUpload upload, uploads_.Find(base::Sha256Hex(upload_id), clock_.Now()));
  if (number >= 1 && number <= upload.part_count) return upload;
  return absl::InvalidArgumentError(
      absl::StrCat("part_number: is ", number, "; the upload was made for parts 1 to ", upload.part_count));
}

absl::Status ArtifactUploads::PutPart(const ArtifactUpload& upload, std::int64_t number, const Blob& blob, BlobWriter& writer) {
  return uploads_.PutPart(upload, static_cast<int>(number), blob, writer);
}

absl::StatusOr<ArtifactUpload> ArtifactUploads::FindOf(const base::WorkspaceId& workspace, const std::string& path,
                                                       const std::string& upload_id) {
  ASSIGN_OR_RETURN(ArtifactUpload upload, uploads_.Find(base::Sha256Hex(upload_id), clock_.Now()));
  if (upload.workspace == workspace && upload.path == path) return upload;
  return absl::NotFoundError("upload_id: is not of an upload to this path");
}

absl::Status ArtifactUploads::Complete(const base::WorkspaceId& workspace, const std::string& path, const std::string& upload_id,
                                       const std::map<std::int64_t, std::string>& etags) {
  ASSIGN_OR_RETURN(const ArtifactUpload upload, FindOf(workspace, path, upload_id));
  if (upload.is_completed) return absl::OkStatus();  // the answer was lost on its way
  using Parts = std::map<int, Blob>;
  ASSIGN_OR_RETURN(const Parts parts, uploads_.Parts(upload));
  RETURN_IF_ERROR(CheckParts(upload, parts, etags));
  ASSIGN_OR_RETURN(const std::unique_ptr<BlobWriter> writer, blobs_.Create());
  for (const auto& [number, blob] : parts) RETURN_IF_ERROR(Append(blobs_, blob, *writer));
  ASSIGN_OR_RETURN(const Blob whole, writer->Seal(""));
  return uploads_.Complete(upload, whole, *writer);
}

absl::Status ArtifactUploads::Abort(const base::WorkspaceId& workspace, const std::string& path, const std::string& upload_id) {
  ASSIGN_OR_RETURN(const ArtifactUpload upload, FindOf(workspace, path, upload_id));
  return uploads_.Drop(upload);
}

absl::StatusOr<std::string> ArtifactUploads::Grant(const DownloadGrant& grant) {
  const std::string token = base::RandomHex(kSecretBytes);
  RETURN_IF_ERROR(uploads_.Grant(base::Sha256Hex(token), grant, clock_.Now() + kGrantLasts));
  return token;
}

absl::StatusOr<DownloadGrant> ArtifactUploads::FindGrant(const std::string& token) {
  return uploads_.FindGrant(base::Sha256Hex(token), clock_.Now());
}

}  // namespace millwright::tracker
