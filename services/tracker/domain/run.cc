#include "tracker/domain/run.h"

#include <array>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/random.h"

namespace millwright::tracker {
namespace {

constexpr std::array<const char*, 5> kNames = {"scheduled", "running", "finished", "failed", "killed"};
constexpr std::array<const char*, 16> kQualities = {"brisk", "calm",  "steady", "bright", "quiet", "keen",  "bold", "amber",
                                                    "early", "exact", "fresh",  "grand",  "lucky", "swift", "warm", "wry"};
constexpr std::array<const char*, 16> kThings = {"turbine", "rotor",    "bearing",  "gear",    "valve",  "piston",
                                                 "spindle", "flywheel", "impeller", "shaft",   "nozzle", "crank",
                                                 "lathe",   "anvil",    "bellows",  "governor"};

}  // namespace

const char* Name(RunStatus status) { return kNames[static_cast<std::size_t>(status)]; }

RunStatus ParseRunStatus(absl::string_view name) {
  std::size_t i = 0;
  while (i < kNames.size() && name != kNames[i]) ++i;
  CHECK(i < kNames.size());
  return static_cast<RunStatus>(i);
}

bool IsFinal(RunStatus status) {
  return status == RunStatus::kFinished || status == RunStatus::kFailed || status == RunStatus::kKilled;
}

bool CanMove(RunStatus from, RunStatus to) { return from == to || !IsFinal(from); }

const std::string& TagOf(const Run& run, absl::string_view key) {
  static const std::string* none = new std::string;
  for (const KeyValue& tag : run.tags) {
    if (tag.key == key) return tag.value;
  }
  return *none;
}

absl::StatusOr<RunId> ParseRunId(absl::string_view text) {
  bool is_id = text.size() == 32;
  for (const char c : text) is_id = is_id && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  if (!is_id)
    return absl::InvalidArgumentError(
        absl::StrCat("run_id: \"", text.substr(0, 100), "\" is not a run's id (32 lower-case hex digits)"));
  return RunId(std::string(text));
}

RunId NewRunId() { return RunId(base::RandomHex(16)); }

std::string MakeUpName() {
  const unsigned long draw = std::strtoul(base::RandomHex(4).c_str(), nullptr, 16);
  return absl::StrCat(kQualities[draw % 16], "-", kThings[draw / 16 % 16], "-", draw / 256 % 1000);
}

}  // namespace millwright::tracker
