#pragma once

#include <compare>
#include <ostream>
#include <string>
#include <utility>

namespace millwright::base {

/// A string id of one kind of thing; ids of different tags do not convert into each other.
template <typename Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string value) : value_(std::move(value)) {}

  const std::string& value() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend auto operator<=>(const Id&, const Id&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.value_; }

  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  std::string value_;
};

/// The tenant that every root row belongs to; a number as text.
using WorkspaceId = Id<struct WorkspaceTag>;

}  // namespace millwright::base
