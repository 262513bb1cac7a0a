#pragma once

#include <exception>

#include "absl/status/status.h"

namespace millwright::pg {

/// What an exception of libpqxx means, as Database::Transact documents it. `statement` is the name of what ran.
absl::Status ToStatus(const std::exception& error, const char* statement);

/// Whether the connection is of no more use after this exception (lost, or ended by the server).
bool IsBroken(const std::exception& error);

}  // namespace millwright::pg
