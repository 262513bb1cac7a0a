#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace millwright::tracker {

/// Bytes of a file: `size` of them from `offset` on.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// What a Range header asks of a file of `size` bytes. Nothing, which means all, for no header, several ranges, another unit or
/// what does not read; OutOfRange for a range that has no byte of the file (RFC 9110, 14).
absl::StatusOr<std::optional<ByteRange>> ReadRange(absl::string_view header, std::uint64_t size);

}  // namespace millwright::tracker
