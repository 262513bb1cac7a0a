#pragma once

#include <cstddef>
#include <string>

namespace millwright::base {

/// `bytes` bytes from the kernel's generator, as 2 × `bytes` lower-case hex digits. 16 bytes make a run id. Thread-safe.
std::string RandomHex(std::size_t bytes);

}  // namespace millwright::base
