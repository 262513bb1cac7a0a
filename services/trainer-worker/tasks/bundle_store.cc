#include "trainer-worker/tasks/bundle_store.h"

#include "absl/strings/str_cat.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "trainer-worker/tasks/artifact.h"

namespace millwright::trainer {

absl::StatusOr<nlohmann::json> StoreBundle(const learn::Bundle& bundle, const std::string& run_id, TaskContext& context) {
  using Files = std::map<std::string, std::string>;
  ASSIGN_OR_RETURN(const Files files, bundle.Files());
  nlohmann::json manifest = nlohmann::json::array();
  for (const auto& [path, content] : files) {
    ASSIGN_OR_RETURN(const tracker::v1::Blob blob, StoreArtifact(content, absl::StrCat("model/", path), run_id, context));
    manifest.push_back({{"path", path}, {"sha256", blob.sha256()}, {"size", blob.size()}});
  }
  return manifest;
}

absl::StatusOr<learn::Bundle> LoadBundle(const nlohmann::json& files, const std::string& folder_name, TaskContext& context) {
  const std::filesystem::path folder = context.folder / folder_name;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::InternalError(absl::StrCat("cannot make ", folder.string(), ": ", error.message()));
  for (const nlohmann::json& file : files) {
    const bool is_file = file.is_object() && file.contains("path") && file["path"].is_string() && file.contains("sha256") &&
                         file["sha256"].is_string() && base::IsSha256Hex(file["sha256"].get<std::string>());
    // Bundles are flat folders: a path with a slash or a dot name is none of ours.
    const std::string path = is_file ? file["path"].get<std::string>() : "";
    if (path.empty() || path.find('/') != std::string::npos || path == "." || path == "..") {
      return absl::InvalidArgumentError(
          absl::StrCat("with.files has ", file.dump(), "; each must be {\"path\": a file name, \"sha256\": its digest}"));
    }
    RETURN_IF_ERROR(context.platform.DownloadBlob(file["sha256"].get<std::string>(), folder / path));
  }
  return learn::Bundle::Load(folder);
}

}  // namespace millwright::trainer
