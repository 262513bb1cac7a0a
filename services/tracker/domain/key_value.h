#pragma once

#include <string>

namespace millwright::tracker {

/// A param or a tag.
struct KeyValue {
  std::string key;
  std::string value;
};

}  // namespace millwright::tracker
