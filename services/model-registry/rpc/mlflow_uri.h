#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace millwright::registry {

/// A URI's parts as Python's urlparse sees them; nothing is decoded.
struct MlflowUri {
  std::string scheme;  // lower case; empty: a path
  std::string authority;
  std::string path;
};
MlflowUri SplitUri(absl::string_view uri);

/// Percent-decoded until nothing changes, at most 10 times; '+' is a space when `plus` says so.
std::string Unquoted(std::string text, bool plus);

/// `models:/name/3`, `models:/name/Production`, `models:/name@champion`, `models:/m-…`; the parts that are not meant are empty.
struct ModelUri {
  std::string model_id;
  std::string name;
  std::string version;
  std::string stage;
  std::string alias;
};
std::optional<ModelUri> ParseModelUri(absl::string_view uri);

/// The scheme when it leads to a host that the URI names.
std::optional<std::string> HostScheme(const MlflowUri& uri);
/// Whether the path of `uri` is `root`'s or below it, on the same host.
bool IsWithin(absl::string_view uri, absl::string_view root);
/// No "..", no zero byte, absolute and normal after decoding.
bool IsPlain(absl::string_view uri);

}  // namespace millwright::registry
