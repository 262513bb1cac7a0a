#include "trainer-worker/tasks/upload.h"

#include <algorithm>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "trainer-worker/tasks/spec.h"

namespace millwright::trainer {
namespace {

constexpr std::size_t kMaxFiles = 10'000;

struct Upload {
  std::string sha256;
  std::string name;
};

absl::StatusOr<Upload> ReadUpload(const nlohmann::json& file, const std::string& path) {
  if (!file.is_object()) return absl::InvalidArgumentError(absl::StrCat(path, " must be an uploaded file, or a list of such"));
  SpecReader spec(file, path);
  Upload upload{.sha256 = spec.Text("sha256"), .name = spec.Text("name", "file")};
  RETURN_IF_ERROR(spec.Finish());
  if (!base::IsSha256Hex(upload.sha256))
    return absl::InvalidArgumentError(absl::StrCat(path, ".sha256 must be 64 lower-case hex digits"));
  return upload;
}

}  // namespace

std::filesystem::path TableFile(const std::string& path, const TaskContext& context) {
  return context.folder / absl::StrCat(path, ".mwt");
}

absl::StatusOr<learn::CsvDataset> ReadUploads(const nlohmann::json& files, const learn::CsvOptions& options,
                                              const std::string& path, TaskContext& context) {
  std::vector<Upload> uploads;
  if (!files.is_array()) {
    ASSIGN_OR_RETURN(uploads.emplace_back(), ReadUpload(files, path));
  } else {
    if (files.empty() || files.size() > kMaxFiles)
      return absl::InvalidArgumentError(absl::StrCat(path, " has ", files.size(), " files; there must be 1 to ", kMaxFiles));
    for (std::size_t i = 0; i < files.size(); ++i) {
      ASSIGN_OR_RETURN(uploads.emplace_back(), ReadUpload(files[i], absl::StrCat(path, "[", i, "]")));
    }
    std::stable_sort(uploads.begin(), uploads.end(), [](const Upload& a, const Upload& b) { return a.name < b.name; });
  }
  std::vector<learn::CsvFile> inputs;
  const auto remove = absl::MakeCleanup([&] {  // the bytes are in the table by then
    std::error_code ignored;
    for (const learn::CsvFile& input : inputs) std::filesystem::remove(input.path, ignored);
  });
  std::int64_t done = 0;
  for (const Upload& upload : uploads) {
    context.lease.SetProgress(done++, static_cast<std::int64_t>(uploads.size()), "files", absl::StrCat("fetching ", upload.name));
    inputs.push_back({.name = upload.name, .path = context.folder / absl::StrCat(upload.sha256, ".csv")});
    if (!std::filesystem::exists(inputs.back().path))
      RETURN_IF_ERROR(context.platform.DownloadBlob(upload.sha256, inputs.back().path));
    RETURN_IF_ERROR(context.lease.EnsureHeld());
  }
  context.lease.SetProgress(0, 0, "", absl::StrCat("reading ", uploads.front().name));
  return learn::ReadCsvFiles(inputs, options, TableFile(path, context));
}

}  // namespace millwright::trainer
