#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace millwright::learn {

/// Bytes that come one part after the other. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills `into` from the left and says how many bytes; 0 is the end.
  virtual absl::StatusOr<std::size_t> Read(std::span<char> into) = 0;
};

/// A file's bytes. NotFound names the path.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::filesystem::path& path);

/// Bytes that the caller keeps alive.
std::unique_ptr<ByteSource> FromBytes(std::string_view bytes);

/// Inflates gzip (several members too) when the bytes begin as gzip does; others pass unchanged. A broken stream is
/// InvalidArgument. `source` must outlive the result.
std::unique_ptr<ByteSource> Inflate(ByteSource& source);

}  // namespace millwright::learn
