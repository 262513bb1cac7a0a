#include "trainer-worker/process_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/base/files.h"

namespace millwright::trainer {
namespace {

using ::testing::HasSubstr;

class ProcessGroupTest : public testing::Test {
 protected:
  ProcessGroupTest() { std::filesystem::create_directories(folder_); }

  ProcessSpec Shell(const std::string& script) const {
    return {.argv = {"sh", "-c", script},
            .environment = {{"PATH", "/usr/bin:/bin"}, {"GREETING", "hello"}},
            .folder = folder_,
            .output = folder_ / "output.log",
            .time_limit = absl::Minutes(1)};
  }
  static absl::Status Fine() { return absl::OkStatus(); }
  std::string Output() const { return *base::ReadFile(folder_ / "output.log"); }
  // The process whose id the script left in a file, once it has.
  pid_t ProcessIn(const std::string& file) const {
    while (true) {
      const auto text = base::ReadFile(folder_ / file);
      if (text.ok() && text->ends_with("\n")) return static_cast<pid_t>(std::stol(*text));
      absl::SleepFor(absl::Milliseconds(10));
    }
  }
  // Whether it is gone within a while: the last breath of a killed process takes a moment.
  static bool IsGone(pid_t process) {
    for (int i = 0; i < 500 && kill(process, 0) == 0; ++i) {
      std::string state;
      if (const auto text = base::ReadFile(absl::StrCat("/proc/", process, "/stat")); text.ok())
        state = text->substr(text->rfind(')') + 2, 1);
      if (state == "Z") return true;
      absl::SleepFor(absl::Milliseconds(10));
    }
    return kill(process, 0) != 0;
  }

  const std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / absl::StrCat("process_group_test.", getpid());
};

TEST_F(ProcessGroupTest, RunsInItsFolderWithItsEnvironmentAloneAndAnswersWithTheExitCode) {
  setenv("SECRET_OF_THE_WORKER", "x", 1);
  const auto end = RunProcessGroup(Shell("pwd; echo $GREETING; env; echo problem >&2; exit 3"), &Fine);
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->exit_code, 3);
  EXPECT_EQ(end->signal, 0);
  EXPECT_THAT(Output(), HasSubstr(folder_.string() + "\nhello\n"));
  EXPECT_THAT(Output(), HasSubstr("problem"));
  EXPECT_THAT(Output(), testing::Not(HasSubstr("SECRET_OF_THE_WORKER")));
}

TEST_F(ProcessGroupTest, SaysWhatSignalEndedIt) {
  const auto end = RunProcessGroup(Shell("kill -SEGV $$"), &Fine);
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->signal, SIGSEGV);
}

TEST_F(ProcessGroupTest, AProgramThatIsNotThereIsSaidInItsOutput) {
  ProcessSpec spec = Shell("");
  spec.argv = {"no-such-program"};
  EXPECT_EQ(RunProcessGroup(spec, &Fine)->exit_code, 127);
  EXPECT_EQ(Output(), "cannot start no-such-program: No such file or directory\n");
}

TEST_F(ProcessGroupTest, AProgramIsFoundByThePathOfItsEnvironmentAndNotOfTheWorker) {
  const std::filesystem::path there = folder_ / "bin";
  std::filesystem::create_directories(there);
  ASSERT_TRUE(base::WriteFileAtomically(there / "only-here", "#!/bin/sh\necho found\n", 0755).ok());
  ProcessSpec spec = Shell("");
  spec.argv = {"only-here"};
  spec.environment["PATH"] = there;
  EXPECT_EQ(RunProcessGroup(spec, &Fine)->exit_code, 0);
  EXPECT_EQ(Output(), "found\n");

  const std::string path = getenv("PATH");
  setenv("PATH", there.c_str(), 1);
  spec.environment["PATH"] = "/usr/bin:/bin";
  EXPECT_EQ(RunProcessGroup(spec, &Fine)->exit_code, 127);
  setenv("PATH", path.c_str(), 1);
}

TEST_F(ProcessGroupTest, NothingRunsOutsideTheTasksFolder) {
  ProcessSpec spec = Shell("echo ran");
  spec.folder = folder_ / "not-there";
  EXPECT_EQ(RunProcessGroup(spec, &Fine)->exit_code, 127);
  EXPECT_EQ(Output(), "cannot enter the task's folder\n");
}

TEST_F(ProcessGroupTest, ACancelledGroupDiesWithItsChildren) {
  bool is_cancelled = false;
  const auto end = RunProcessGroup(Shell("sleep 1000 & echo $! > child; sleep 1000"), [&] {
    if (std::filesystem::exists(folder_ / "child")) is_cancelled = true;
    return is_cancelled ? absl::CancelledError("cancelled") : absl::OkStatus();
  });
  EXPECT_EQ(end.status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(IsGone(ProcessIn("child")));
}

TEST_F(ProcessGroupTest, WhatAProgramLeavesBehindDies) {
  EXPECT_TRUE(RunProcessGroup(Shell("sleep 1000 & echo $! > left"), &Fine).ok());
  EXPECT_TRUE(IsGone(ProcessIn("left")));
}

TEST_F(ProcessGroupTest, TheGroupDiesWithTheWorker) {
  const pid_t worker = fork();
  if (worker == 0) {
    (void)RunProcessGroup(Shell("sleep 1000 & echo $! > orphan; sleep 1000"), &Fine);
    _exit(0);
  }
  const pid_t orphan = ProcessIn("orphan");
  kill(worker, SIGKILL);
  waitpid(worker, nullptr, 0);
  EXPECT_TRUE(IsGone(orphan));
}

TEST_F(ProcessGroupTest, LimitsAreKept) {
  ProcessSpec slow = Shell("sleep 1000");
  slow.time_limit = absl::Milliseconds(100);
  EXPECT_THAT(RunProcessGroup(slow, &Fine).status().message(), HasSubstr("longer than 100ms"));
  ProcessSpec loud = Shell("yes");
  loud.output_limit = 1 << 20;
  EXPECT_THAT(RunProcessGroup(loud, &Fine).status().message(), HasSubstr("printed more than 1 MB"));
  // Ends well with 512 MB when nothing stops it.
  ProcessSpec large = Shell("x=0123456789abcdef; i=0; while [ $i -lt 25 ]; do x=$x$x; i=$((i+1)); done");
  large.memory_limit = std::int64_t{64} << 20;
  const auto end = RunProcessGroup(large, &Fine);
  // A shell may die of a refused allocation without a word.
  if (end.ok()) {
    EXPECT_NE(end->exit_code, 0);
  } else {
    EXPECT_THAT(end.status().message(), HasSubstr("64 MB of memory"));
  }
}

}  // namespace
}  // namespace millwright::trainer
