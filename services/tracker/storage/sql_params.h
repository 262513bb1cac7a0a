#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/pg/database.h"

namespace millwright::tracker {

/// The parameters of a statement that is put together from what a caller asks: values never stand in its text.
class SqlParams {
 public:
  /// Adds the value; how the text names it, with its type.
  std::string Bind(pg::Param value, const char* type) {
    values_.push_back(std::move(value));
    return absl::StrCat("$", values_.size(), "::", type);
  }
  const std::vector<pg::Param>& values() const { return values_; }

 private:
  std::vector<pg::Param> values_;
};

}  // namespace millwright::tracker
