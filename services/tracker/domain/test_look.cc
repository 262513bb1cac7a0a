#include "tracker/domain/test_look.h"

#include "absl/strings/str_cat.h"

namespace millwright::tracker {
namespace {

constexpr std::size_t kMaxSplit = 100;
constexpr std::size_t kMaxText = 250;
constexpr std::size_t kMaxMetrics = 1000;

}  // namespace

absl::Status Check(const NewTestLook& look) {
  if (look.split.empty() || look.split.size() > kMaxSplit) {
    return absl::InvalidArgumentError(
        absl::StrCat("split: has ", look.split.size(), " bytes; it must have 1 to ", kMaxSplit, ", such as test"));
  }
  for (const auto& [field, text] : {std::pair<const char*, const std::string&>("run_id", look.run_id),
                                    {"subject", look.subject},
                                    {"pipeline_run_id", look.pipeline_run_id},
                                    {"request_id", look.request_id}}) {
    if (text.size() > kMaxText)
      return absl::InvalidArgumentError(absl::StrCat(field, ": has ", text.size(), " bytes; at most ", kMaxText, " are allowed"));
  }
  if (look.metrics.size() > kMaxMetrics) {
    return absl::InvalidArgumentError(
        absl::StrCat("metrics: ", look.metrics.size(), " metrics; at most ", kMaxMetrics, " are allowed"));
  }
  for (const auto& [name, value] : look.metrics) {
    if (name.empty() || name.size() > kMaxText)
      return absl::InvalidArgumentError(
          absl::StrCat("metrics: a name has ", name.size(), " bytes; it must have 1 to ", kMaxText));
  }
  return absl::OkStatus();
}

}  // namespace millwright::tracker
