#include "tracker/storage/file_blob_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "lib/base/files.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

namespace fs = std::filesystem;

constexpr char kIncoming[] = "incoming";
constexpr std::size_t kSweptAtOnce = 500;

/// An open file that closes itself.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

absl::Status SyncFolder(const fs::path& folder) {
  const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.fd() < 0 || ::fsync(opened.fd()) != 0)
    return base::ErrnoStatus(errno, absl::StrCat("sync folder ", folder.string()));
  return absl::OkStatus();
}

absl::Status MakeFolder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return base::ErrnoStatus(errno, absl::StrCat("make folder ", folder.string()));
  return absl::OkStatus();
}

fs::path FolderOf(const fs::path& root, const std::string& sha256) { return root / sha256.substr(0, 2) / sha256.substr(2, 2); }

class FileWriter : public BlobWriter {
 public:
  FileWriter(const FileBlobOptions& options, fs::path temporary, int fd)
      : options_(options), temporary_(std::move(temporary)), file_(fd) {}
  ~FileWriter() override {
    if (!is_published_) ::unlink(temporary_.c_str());
  }

  absl::Status Append(absl::string_view bytes) override {
    size_ += bytes.size();
    if (size_ > options_.max_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the blob is larger than the store's limit of ", options_.max_bytes, " bytes"));
    }
    if (size_ >= next_check_) RETURN_IF_ERROR(CheckSpace());
    hash_.Update(bytes);
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_.fd(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0 && errno == EFBIG) return absl::ResourceExhaustedError("write blob: the file system takes no larger file");
      if (written < 0) return base::ErrnoStatus(errno, "write blob");
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Blob> Seal(const std::string& expected_sha256) override {
    sha256_ = hash_.FinishHex();
    if (!expected_sha256.empty() && expected_sha256 != sha256_) {
      return absl::InvalidArgumentError(
          absl::StrCat("sha256: the ", size_, " bytes that came have the SHA-256 ", sha256_, ", not ", expected_sha256));
    }
    if (::fsync(file_.fd()) != 0) return base::ErrnoStatus(errno, "flush blob");
    return Blob{sha256_, size_};
  }

  absl::Status Publish() override {
    const fs::path& root = options_.folder;
    const fs::path folder = FolderOf(root, sha256_);
    if (!is_published_) {
      RETURN_IF_ERROR(MakeFolder(folder.parent_path()));
      RETURN_IF_ERROR(MakeFolder(folder));
      const fs::path target = folder / sha256_;
      if (::rename(temporary_.c_str(), target.c_str()) != 0)
        return base::ErrnoStatus(errno, absl::StrCat("rename blob to ", target.string()));
      is_published_ = true;
    }
    for (const fs::path& changed : {folder, folder.parent_path(), root}) RETURN_IF_ERROR(SyncFolder(changed));
    return absl::OkStatus();
  }

 private:
  // An upload must not take the last of a disk from the database: that could only stop.
  absl::Status CheckSpace() {
    constexpr std::uint64_t kCheckEvery = 4 << 20;
    next_check_ = size_ + kCheckEvery;
    struct statvfs facts {};
    if (::fstatvfs(file_.fd(), &facts) != 0) return base::ErrnoStatus(errno, "look at the disk of the blob store");
    const std::uint64_t free = static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
    if (free >= options_.reserve_bytes) return absl::OkStatus();
    return absl::ResourceExhaustedError(absl::StrCat("the disk is full: ", free >> 20, " MiB are free where the blobs are (",
                                                     options_.folder.string(), "), and ", options_.reserve_bytes >> 20,
                                                     " MiB are kept free. Free some space and try again"));
  }

  const FileBlobOptions& options_;
  fs::path temporary_;
  File file_;
  std::uint64_t next_check_ = 0;
  std::uint64_t size_ = 0;
  base::Sha256 hash_;
  std::string sha256_;  // since Seal
  bool is_published_ = false;
};

class FileReader : public BlobReader {
 public:
  explicit FileReader(int fd) : file_(fd) {}
  int fd() const { return file_.fd(); }

  absl::StatusOr<std::string> Read(std::size_t most) override {
    std::string bytes(most, '\0');
    std::size_t filled = 0;
    while (filled < most) {
      const ssize_t count = ::read(file_.fd(), bytes.data() + filled, most - filled);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return base::ErrnoStatus(errno, "read blob");
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    bytes.resize(filled);
    return bytes;
  }

 private:
  File file_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FileBlobStore>> FileBlobStore::Create(FileBlobOptions options) {
  if (options.folder.empty()) return absl::InvalidArgumentError("blobs.folder: is empty");
  std::error_code error;
  fs::create_directories(options.folder.parent_path(), error);
  RETURN_IF_ERROR(MakeFolder(options.folder));
  RETURN_IF_ERROR(MakeFolder(options.folder / kIncoming));
  return std::unique_ptr<FileBlobStore>(new FileBlobStore(std::move(options)));
}

absl::StatusOr<std::unique_ptr<BlobWriter>> FileBlobStore::Create() {
  fs::path temporary = options_.folder / kIncoming / base::RandomHex(16);
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return base::ErrnoStatus(errno, "make a file for the blob");
  return std::make_unique<FileWriter>(options_, std::move(temporary), fd);
}

absl::StatusOr<std::unique_ptr<BlobReader>> FileBlobStore::Open(const Blob& blob, std::uint64_t offset) {
  const fs::path path = FolderOf(options_.folder, blob.sha256) / blob.sha256;
  auto reader = std::make_unique<FileReader>(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat facts {};
  if (reader->fd() < 0 || ::fstat(reader->fd(), &facts) != 0) {
    return absl::DataLossError(absl::StrCat("blob ", blob.sha256, " is missing from the store"));
  }
  if (static_cast<std::uint64_t>(facts.st_size) != blob.size) {
    return absl::DataLossError(
        absl::StrCat("blob ", blob.sha256, " has ", facts.st_size, " bytes in the store, not ", blob.size));
  }
  if (::lseek(reader->fd(), static_cast<off_t>(offset), SEEK_SET) < 0) return base::ErrnoStatus(errno, "seek in blob");
  return reader;
}

absl::Status FileBlobStore::Remove(const std::string& sha256) {
  const fs::path folder = FolderOf(options_.folder, sha256);
  if (::unlink((folder / sha256).c_str()) != 0 && errno != ENOENT)
    return base::ErrnoStatus(errno, absl::StrCat("remove blob ", sha256));
  return absl::OkStatus();
}

absl::Status FileBlobStore::Sweep(absl::Time until, const std::function<absl::Status(const std::vector<std::string>&)>& each) {
  std::error_code error;
  std::vector<std::string> found;
  for (fs::recursive_directory_iterator at(options_.folder, error), end; !error && at != end; at.increment(error)) {
    struct stat facts {};
    // What vanishes meanwhile is not ours to report.
    if (::lstat(at->path().c_str(), &facts) != 0 || !S_ISREG(facts.st_mode) || absl::TimeFromTimespec(facts.st_mtim) >= until)
      continue;
    const std::string name = at->path().filename();
    if (at->path().parent_path().filename() == kIncoming) {
      ::unlink(at->path().c_str());
    } else if (base::IsSha256Hex(name)) {
      found.push_back(name);
    }
    if (found.size() < kSweptAtOnce) continue;
    RETURN_IF_ERROR(each(found));
    found.clear();
  }
  if (error) return absl::InternalError(absl::StrCat("walk the blob store ", options_.folder.string(), ": ", error.message()));
  return found.empty() ? absl::OkStatus() : each(found);
}

}  // namespace millwright::tracker
