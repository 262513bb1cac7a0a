#pragma once

#include "absl/status/status.h"

/// Ends the process with the place and the text when an invariant of our own is broken. Never for bad input.
#define CHECK(condition)                                                               \
  do {                                                                                 \
    if (!(condition)) ::millwright::base::CheckFailed(__FILE__, __LINE__, #condition); \
  } while (false)

#define CHECK_OK(status_expr)                                                                    \
  do {                                                                                           \
    if (const absl::Status millwright_check_ = (status_expr); !millwright_check_.ok())           \
      ::millwright::base::CheckFailed(__FILE__, __LINE__, millwright_check_.ToString().c_str()); \
  } while (false)

namespace millwright::base {

[[noreturn]] void CheckFailed(const char* file, int line, const char* what);

}  // namespace millwright::base
