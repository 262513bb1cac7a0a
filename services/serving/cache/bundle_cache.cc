#include "serving/cache/bundle_cache.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/files.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"

namespace millwright::serving {
namespace fs = std::filesystem;
namespace {

constexpr char kPartial[] = ".partial-";
constexpr std::size_t kMaxFiles = 100;
constexpr std::size_t kMaxPathBytes = 250;

// A path inside a bundle comes from outside: plain names only, so that it cannot leave the folder.
absl::Status CheckFile(const BundleFile& file) {
  if (!base::IsSha256Hex(file.sha256))
    return absl::InvalidArgumentError(absl::StrCat("bundle file \"", file.path, "\": sha256 is not 64 hex digits"));
  const absl::Status bad = absl::InvalidArgumentError(
      absl::StrCat("bundle file \"", file.path, "\": a path must be relative, of plain names without \"..\""));
  if (file.path.empty() || file.path.size() > kMaxPathBytes) return bad;
  for (const absl::string_view part : absl::StrSplit(file.path, '/')) {
    if (part.empty() || part[0] == '.') return bad;
    for (const char c : part) {
      if (static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == 0x7f) return bad;
    }
  }
  return absl::OkStatus();
}

absl::Status CheckArm(const Arm& arm, std::uint64_t max_bytes) {
  if (arm.files.empty()) return absl::InvalidArgumentError(absl::StrCat("version ", arm.version, " has no files"));
  if (arm.files.size() > kMaxFiles)
    return absl::InvalidArgumentError(absl::StrCat("version ", arm.version, " has more than ", kMaxFiles, " files"));
  std::uint64_t total = 0;
  for (const BundleFile& file : arm.files) {
    RETURN_IF_ERROR(CheckFile(file));
    if (file.size > max_bytes - total) {
      return absl::InvalidArgumentError(
          absl::StrCat("version ", arm.version, " is larger than ", max_bytes, " bytes (cache.max_bundle_megabytes)"));
    }
    total += file.size;
  }
  return absl::OkStatus();
}

absl::Status Verify(const fs::path& folder, const Arm& arm) {
  for (const BundleFile& file : arm.files) {
    std::ifstream in(folder / file.path, std::ios::binary);
    base::Sha256 hash;
    std::vector<char> buffer(1 << 16);
    while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0) {
      hash.Update(absl::string_view(buffer.data(), static_cast<std::size_t>(in.gcount())));
    }
    if (hash.FinishHex() != file.sha256) return absl::DataLossError(absl::StrCat("cached file ", file.path, " is damaged"));
  }
  return absl::OkStatus();
}

absl::Status SyncFolder(const fs::path& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return base::ErrnoStatus(errno, folder.string());
  const absl::Cleanup close_fd = [fd] { close(fd); };
  return fsync(fd) == 0 ? absl::OkStatus() : base::ErrnoStatus(errno, folder.string());
}

absl::Status WriteAll(int fd, absl::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::ErrnoStatus(errno, path.string());
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status BundleCache::Prepare(const fs::path& root) {
  std::error_code error;
  fs::create_directories(root, error);
  if (error) return base::ErrnoStatus(error.value(), root.string());
  fs::permissions(root, fs::perms::owner_all, error);
  std::vector<fs::path> partial;
  for (const fs::directory_entry& entry : fs::directory_iterator(root, error)) {
    if (entry.path().filename().string().starts_with(kPartial)) partial.push_back(entry.path());
  }
  for (const fs::path& path : partial) fs::remove_all(path, error);
  return absl::OkStatus();
}

void BundleCache::Keep(const std::set<std::string>& bundle_ids) {
  absl::MutexLock lock(&mutex_);
  kept_ = bundle_ids;
}

absl::StatusOr<fs::path> BundleCache::Fetch(const base::WorkspaceId& workspace, const Arm& arm) {
  RETURN_IF_ERROR(CheckArm(arm, max_bundle_bytes_));
  const fs::path target = root_ / BundleId(arm);
  std::error_code error;
  if (fs::exists(target, error)) {
    if (Verify(target, arm).ok()) {
      fs::last_write_time(target, fs::file_time_type::clock::now(), error);
      return target;
    }
    fs::remove_all(target, error);
  }
  RETURN_IF_ERROR(Download(workspace, arm, target));
  Prune();
  return target;
}

absl::Status BundleCache::Download(const base::WorkspaceId& workspace, const Arm& arm, const fs::path& target) {
  const fs::path partial = root_ / absl::StrCat(kPartial, base::RandomHex(8));
  std::error_code error;
  const absl::Cleanup remove = [&] {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
  };
  std::set<fs::path> folders = {partial};
  for (const BundleFile& file : arm.files) {
    const fs::path path = partial / file.path;
    fs::create_directories(path.parent_path(), error);
    if (error) return base::ErrnoStatus(error.value(), path.string());
    folders.insert(path.parent_path());
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return base::ErrnoStatus(errno, path.string());
    const absl::Cleanup close_fd = [fd] { close(fd); };
    base::Sha256 hash;
    std::uint64_t size = 0;
    RETURN_IF_ERROR(blobs_.Read(workspace, file.sha256, [&](absl::string_view bytes) -> absl::Status {
      size += bytes.size();
      if (size > file.size)
        return absl::DataLossError(absl::StrCat("bundle file ", file.path, " is longer than its ", file.size, " bytes"));
      hash.Update(bytes);
      return WriteAll(fd, bytes, path);
    }));
    if (hash.FinishHex() != file.sha256)
      return absl::DataLossError(absl::StrCat("bundle file ", file.path, " does not have the digest ", file.sha256));
    if (fsync(fd) != 0) return base::ErrnoStatus(errno, path.string());
  }
  for (const fs::path& folder : folders) RETURN_IF_ERROR(SyncFolder(folder));
  fs::rename(partial, target, error);
  if (error) return base::ErrnoStatus(error.value(), target.string());
  return SyncFolder(root_);
}

void BundleCache::Prune() {
  std::set<std::string> kept;
  {
    absl::MutexLock lock(&mutex_);
    kept = kept_;
  }
  std::error_code error;
  std::vector<std::pair<fs::file_time_type, fs::path>> bundles;
  for (const fs::directory_entry& entry : fs::directory_iterator(root_, error)) {
    if (base::IsSha256Hex(entry.path().filename().string())) bundles.emplace_back(entry.last_write_time(error), entry.path());
  }
  std::sort(bundles.begin(), bundles.end());
  std::size_t count = bundles.size();
  for (const auto& [used_at, path] : bundles) {
    if (count <= max_bundles_) return;
    if (kept.contains(path.filename().string())) continue;
    fs::remove_all(path, error);
    --count;
  }
}

}  // namespace millwright::serving
