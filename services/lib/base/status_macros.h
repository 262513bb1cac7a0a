#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

/// Returns the status of `expr` from the enclosing function unless it is OK. `expr` is an absl::Status.
#define RETURN_IF_ERROR(expr)                                                                          \
  do {                                                                                                 \
    if (absl::Status millwright_status_ = (expr); !millwright_status_.ok()) return millwright_status_; \
  } while (false)

#define MILLWRIGHT_CONCAT_INNER_(a, b) a##b
#define MILLWRIGHT_CONCAT_(a, b) MILLWRIGHT_CONCAT_INNER_(a, b)

/// Assigns the value of an absl::StatusOr to `lhs` (a declaration or an lvalue), or returns its status.
#define ASSIGN_OR_RETURN(lhs, expr) ASSIGN_OR_RETURN_IMPL_(MILLWRIGHT_CONCAT_(millwright_value_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_IMPL_(value, lhs, expr)     \
  auto value = (expr);                               \
  if (!value.ok()) return std::move(value).status(); \
  lhs = *std::move(value)
