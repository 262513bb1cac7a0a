#include "lib/learn/table/byte_source.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "lib/base/files.h"
#include "lib/base/status_macros.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

class FileSource : public ByteSource {
 public:
  FileSource(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~FileSource() override { ::close(fd_); }
  absl::StatusOr<std::size_t> Read(std::span<char> into) override {
    for (;;) {
      const ssize_t n = ::read(fd_, into.data(), into.size());
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) return base::ErrnoStatus(errno, Cat("reading ", path_));
    }
  }

 private:
  int fd_;
  std::string path_;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : rest_(bytes) {}
  absl::StatusOr<std::size_t> Read(std::span<char> into) override {
    const std::size_t n = std::min(into.size(), rest_.size());
    std::memcpy(into.data(), rest_.data(), n);
    rest_.remove_prefix(n);
    return n;
  }

 private:
  std::string_view rest_;
};

class InflateSource : public ByteSource {
 public:
  explicit InflateSource(ByteSource& source) : source_(source), buffer_(std::size_t{1} << 16) {}
  ~InflateSource() override {
    if (mode_ == Mode::kGzip) inflateEnd(&stream_);
  }

  absl::StatusOr<std::size_t> Read(std::span<char> into) override {
    if (into.empty()) return 0;
    if (mode_ == Mode::kUnknown) RETURN_IF_ERROR(Recognise());
    if (mode_ == Mode::kPlain) return ReadPlain(into);
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(into.size(), 1u << 30));
    const uInt wanted = stream_.avail_out;
    while (stream_.avail_out == wanted) {
      if (begin_ == end_) RETURN_IF_ERROR(Refill());
      if (begin_ == end_) {
        if (is_between_members_) return 0;
        return absl::InvalidArgumentError("the gzip data is cut off");
      }
      if (is_between_members_) {
        if (buffer_[begin_] == 0) {  // padding after the last member
          ++begin_;
          continue;
        }
        inflateReset(&stream_);
        is_between_members_ = false;
      }
      stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data() + begin_);
      stream_.avail_in = static_cast<uInt>(end_ - begin_);
      const int result = inflate(&stream_, Z_NO_FLUSH);
      begin_ = end_ - stream_.avail_in;
      if (result == Z_STREAM_END) is_between_members_ = true;
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return absl::InvalidArgumentError(Cat("the gzip data is broken: ", stream_.msg != nullptr ? stream_.msg : "bad stream"));
      }
    }
    return wanted - stream_.avail_out;
  }

 private:
  enum class Mode { kUnknown, kPlain, kGzip };

  absl::Status Refill() {
    ASSIGN_OR_RETURN(end_, source_.Read(buffer_));
    begin_ = 0;
    return absl::OkStatus();
  }

  absl::Status Recognise() {
    // A source may give a single byte at a time, so ask until there are two.
    while (end_ < 2) {
      ASSIGN_OR_RETURN(const std::size_t n, source_.Read(std::span(buffer_).subspan(end_)));
      if (n == 0) break;
      end_ += n;
    }
    if (end_ < 2 || buffer_[0] != '\x1f' || buffer_[1] != '\x8b') {
      mode_ = Mode::kPlain;
      return absl::OkStatus();
    }
    if (inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK) return absl::ResourceExhaustedError("no memory to inflate gzip data");
    mode_ = Mode::kGzip;
    return absl::OkStatus();
  }

  absl::StatusOr<std::size_t> ReadPlain(std::span<char> into) {
    if (begin_ == end_) return source_.Read(into);
    const std::size_t n = std::min(into.size(), end_ - begin_);
    std::memcpy(into.data(), buffer_.data() + begin_, n);
    begin_ += n;
    return n;
  }

  ByteSource& source_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Mode mode_ = Mode::kUnknown;
  bool is_between_members_ = false;
  z_stream stream_{};
};

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return base::ErrnoStatus(errno, Cat("opening ", path.string()));
  return std::make_unique<FileSource>(fd, path.string());
}

std::unique_ptr<ByteSource> FromBytes(std::string_view bytes) { return std::make_unique<MemorySource>(bytes); }

std::unique_ptr<ByteSource> Inflate(ByteSource& source) { return std::make_unique<InflateSource>(source); }

}  // namespace millwright::learn
