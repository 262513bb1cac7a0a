#include "cli/commands/progress_view.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/rpc/convert.h"

namespace millwright::cli {
namespace {

using scheduler::v1::Step;

constexpr int kBarWidth = 24;

std::string Title(const Step& step) { return step.title().empty() ? step.step_id() : step.title(); }

std::string Numbered(const scheduler::v1::PipelineRun& run, int index) {
  std::size_t width = 0;
  for (const Step& step : run.steps()) width = std::max(width, Title(step).size());
  return absl::StrFormat("[%d/%d] %-*s", index + 1, run.steps_size(), static_cast<int>(width), Title(run.steps(index)));
}

absl::Duration Took(const Step& step) { return rpc::FromProto(step.ended_at()) - rpc::FromProto(step.started_at()); }

// What there is to say of a step that has ended, in one line.
std::string Ending(const Step& step) {
  switch (step.state()) {
    case scheduler::v1::STATE_SUCCEEDED: {
      std::string text = absl::StrCat("done in ", ShortDuration(Took(step)));
      if (!step.progress().message().empty()) absl::StrAppend(&text, ": ", step.progress().message());
      return text;
    }
    case scheduler::v1::STATE_FAILED:
      return absl::StrCat("failed: ", step.error());
    case scheduler::v1::STATE_CANCELLED:
      return "cancelled";
    case scheduler::v1::STATE_SKIPPED:
      return "skipped";
    default:
      return "";
  }
}

}  // namespace

std::string Bar(std::int64_t done, std::int64_t total, const std::string& unit) {
  const std::int64_t part = std::clamp<std::int64_t>(done, 0, total);
  const int filled = total == 0 ? 0 : static_cast<int>(part * kBarWidth / total);
  return absl::StrCat("[", std::string(static_cast<std::size_t>(filled), '#'),
                      std::string(static_cast<std::size_t>(kBarWidth - filled), '-'), "] ", done, "/", total,
                      unit.empty() ? "" : " ", unit);
}

std::string ShortDuration(absl::Duration duration) {
  const double seconds = std::max(0.0, absl::ToDoubleSeconds(duration));
  if (seconds < 60) return absl::StrFormat("%.1f s", seconds);
  const int whole = static_cast<int>(seconds);
  return absl::StrCat(whole / 60, " min ", whole % 60, " s");
}

void ProgressView::Show(const scheduler::v1::PipelineRun& run, absl::Time now) {
  std::string drawn;
  for (int i = 0; i < run.steps_size(); ++i) {
    const Step& step = run.steps(i);
    Seen& seen = seen_[step.step_id()];
    const std::string ending = Ending(step);
    if (!ending.empty()) {
      if (seen.state != step.state()) Say(absl::StrCat(Numbered(run, i), " ", ending));
    } else if (step.state() == scheduler::v1::STATE_RUNNING) {
      const scheduler::v1::Progress& progress = step.progress();
      if (step.attempt() > std::max(1, seen.attempt)) {
        Say(absl::StrCat(Numbered(run, i), " trying again, attempt ", step.attempt(), step.error().empty() ? "" : ": ",
                         step.error()));
      } else if (!is_terminal_ && seen.state != step.state()) {
        Say(absl::StrCat(Numbered(run, i), " started"));
      }
      const int quarter = progress.total() > 0 ? static_cast<int>(progress.done() * 4 / progress.total()) : 0;
      if (!is_terminal_ && quarter > seen.quarter && progress.done() < progress.total()) {
        Say(absl::StrCat(Numbered(run, i), " ", Bar(progress.done(), progress.total(), progress.unit())));
      }
      seen.quarter = std::max(seen.quarter, quarter);
      seen.attempt = std::max(seen.attempt, step.attempt());
      if (drawn.empty()) {
        drawn = absl::StrCat(Numbered(run, i), " ",
                             progress.total() > 0 ? Bar(progress.done(), progress.total(), progress.unit())
                                                  : ShortDuration(now - rpc::FromProto(step.started_at())),
                             progress.message().empty() ? "" : "  ", progress.message());
      }
    }
    seen.state = step.state();
  }
  if (is_terminal_ && !drawn.empty()) Draw(drawn);
}

void ProgressView::ShowTransfer(const std::string& name, std::uint64_t done, std::uint64_t total) {
  if (!is_terminal_) return;
  Draw(absl::StrCat(name, " ",
                    Bar(static_cast<std::int64_t>(done >> 10), static_cast<std::int64_t>(total >> 10), "KiB")));
}

void ProgressView::Draw(const std::string& line) {
  std::fprintf(stderr, "\r\x1b[2K%.*s", 110, line.c_str());
  std::fflush(stderr);
  is_drawn_ = true;
}

void ProgressView::Clear() {
  if (is_drawn_) std::fputs("\r\x1b[2K", stderr);
  is_drawn_ = false;
}

void ProgressView::Say(const std::string& line) {
  Clear();
  std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace millwright::cli
