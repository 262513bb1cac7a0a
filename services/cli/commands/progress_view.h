#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"
#include "millwright/scheduler/v1/scheduler.pb.h"

namespace millwright::cli {

/// Shows a pipeline run on stderr as it goes on: on a terminal a line that is redrawn, with a bar where a total is known;
/// elsewhere a line when a step starts, for each quarter of a known total, and when it ends.
class ProgressView {
 public:
  explicit ProgressView(bool is_terminal) : is_terminal_(is_terminal) {}
  ~ProgressView() { Clear(); }

  void Show(const scheduler::v1::PipelineRun& run, absl::Time now);
  /// A file on its way to the platform or from it; drawn on a terminal only.
  void ShowTransfer(const std::string& name, std::uint64_t done, std::uint64_t total);
  void Say(const std::string& line);
  void Clear();

 private:
  struct Seen {
    scheduler::v1::State state = scheduler::v1::STATE_UNSPECIFIED;
    int quarter = 0;
    int attempt = 0;
  };
  void Draw(const std::string& line);

  const bool is_terminal_;
  bool is_drawn_ = false;
  std::map<std::string, Seen> seen_;
};

/// "[######----------]  7/20 trials".
std::string Bar(std::int64_t done, std::int64_t total, const std::string& unit);

/// "3.2 s", "2 min 5 s".
std::string ShortDuration(absl::Duration duration);

}  // namespace millwright::cli
