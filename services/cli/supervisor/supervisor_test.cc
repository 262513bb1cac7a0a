#include "cli/supervisor/supervisor.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "cli/supervisor/lock.h"
#include "lib/base/files.h"
#include "lib/base/random.h"

namespace millwright::cli {
namespace {

// Real processes under a folder of their own.
class SupervisorTest : public testing::Test {
 protected:
  SupervisorTest() : home_("/tmp/mw-" + base::RandomHex(6)) {
    EXPECT_TRUE(PrepareHome(home_).ok());
    patience_.first_backoff = absl::Milliseconds(20);
    patience_.longest_backoff = absl::Milliseconds(80);
    patience_.drain = absl::Seconds(1);
    patience_.check = absl::Milliseconds(50);
  }
  ~SupervisorTest() override {
    for (const auto& [name, process] : FindSupervised(home_.root())) Signal(process, SIGKILL, true);
    std::filesystem::remove_all(home_.root());
  }

  ServiceSpec Shell(const std::string& name, const std::string& script) {
    ServiceSpec spec{.name = name};
    spec.program = {.path = "/bin/sh",
                    .arguments = {"-c", script},
                    .environment = {SupervisedMark(home_.root(), name)},
                    .log = home_.Log(name)};
    spec.is_healthy = [] { return true; };
    return spec;
  }
  ServiceSpec Sleeper(const std::string& name) { return Shell(name, "exec sleep 1000"); }

  static ServiceRecord Record(const Supervisor& supervisor, const std::string& name) {
    for (const ServiceRecord& record : supervisor.State().services) {
      if (record.name == name) return record;
    }
    ADD_FAILURE() << "no service " << name;
    return {};
  }
  // Until `holds`, at most 10 s.
  static bool Eventually(const std::function<bool()>& holds) {
    for (const absl::Time end = absl::Now() + absl::Seconds(10); absl::Now() < end; absl::SleepFor(absl::Milliseconds(5))) {
      if (holds()) return true;
    }
    return false;
  }
  static absl::Status AwaitReady(const Supervisor& supervisor) {
    return supervisor.AwaitReady(absl::Seconds(10), [](const ServiceRecord&) {});
  }

  Home home_;
  Patience patience_;
};

TEST_F(SupervisorTest, StartsEveryServiceInASessionOfItsOwnAndStopsThem) {
  Supervisor supervisor(home_, {}, {Sleeper("a"), Sleeper("b")}, {}, patience_);
  supervisor.Start();
  ASSERT_TRUE(AwaitReady(supervisor).ok());
  const ProcessId a = Record(supervisor, "a").process;
  EXPECT_EQ(Inspect(a.pid)->session, a.pid);
  EXPECT_EQ(FindSupervised(home_.root()).size(), 2u);
  supervisor.Stop();
  EXPECT_TRUE(FindSupervised(home_.root()).empty());
  EXPECT_EQ(ReadState(home_)->services[0].state, ServiceState::kStopped);
}

TEST_F(SupervisorTest, StartsAKilledServiceAgainAndSaysHowItEnded) {
  Supervisor supervisor(home_, {}, {Sleeper("a")}, {}, patience_);
  supervisor.Start();
  ASSERT_TRUE(AwaitReady(supervisor).ok());
  const ProcessId first = Record(supervisor, "a").process;
  Signal(first, SIGKILL);
  ASSERT_TRUE(
      Eventually([&] { return Record(supervisor, "a").state == ServiceState::kReady && Record(supervisor, "a").restarts == 1; }));
  EXPECT_NE(Record(supervisor, "a").process, first);
  EXPECT_EQ(Record(supervisor, "a").last_exit, "signal 9 (Killed)");
  EXPECT_EQ(ReadState(home_)->services[0].restarts, 1);
}

TEST_F(SupervisorTest, ANewSupervisorTakesOverWhatTheOldOneLeftRunning) {
  // The old supervisor is a process of its own, killed without a chance to stop its services.
  const pid_t old = fork();
  if (old == 0) {
    Supervisor supervisor(home_, {}, {Sleeper("a"), Sleeper("b")}, {}, patience_);
    supervisor.Start();
    pause();
    _exit(0);
  }
  ASSERT_TRUE(Eventually([&] { return FindSupervised(home_.root()).size() == 2; }));
  const absl::StatusOr<SystemState> recorded = ReadState(home_);
  kill(old, SIGKILL);
  waitpid(old, nullptr, 0);
  const std::map<std::string, ProcessId> left = FindSupervised(home_.root());
  ASSERT_EQ(left.size(), 2u);

  Supervisor supervisor(home_, ReadState(home_).value_or(SystemState{}), {Sleeper("a"), Sleeper("b")}, left, patience_);
  supervisor.Start();
  ASSERT_TRUE(AwaitReady(supervisor).ok());
  EXPECT_EQ(Record(supervisor, "a").process, left.at("a"));
  EXPECT_EQ(Record(supervisor, "a").restarts, 0);
  // It is not its child, and still its end is noticed.
  Signal(left.at("a"), SIGKILL);
  ASSERT_TRUE(
      Eventually([&] { return Record(supervisor, "a").restarts == 1 && Record(supervisor, "a").state == ServiceState::kReady; }));
  supervisor.Stop();
  EXPECT_TRUE(FindSupervised(home_.root()).empty());
}

TEST_F(SupervisorTest, AServiceThatEndedWhileNoSupervisorWasThereCountsAsRestarted) {
  SystemState old;
  old.services.push_back({.name = "a", .process = {.pid = 1 << 22, .start_ticks = 1}, .restarts = 2});
  Supervisor supervisor(home_, old, {Sleeper("a")}, {}, patience_);
  supervisor.Start();
  ASSERT_TRUE(AwaitReady(supervisor).ok());
  EXPECT_EQ(Record(supervisor, "a").restarts, 3);
}

TEST_F(SupervisorTest, AServiceThatKeepsEndingIsReportedWithTheEndOfItsLog) {
  ServiceSpec broken = Shell("broken", "echo the port is taken; exit 3");
  broken.is_healthy = [] { return false; };
  Supervisor supervisor(home_, {}, {Sleeper("a"), broken}, {}, patience_);
  supervisor.Start();
  const absl::Status status = AwaitReady(supervisor);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("broken does not come up (exit 3)"), absl::string_view::npos) << status;
  EXPECT_NE(status.message().find("the port is taken"), absl::string_view::npos) << status;
}

TEST_F(SupervisorTest, AMissingProgramIsAnErrorThatNamesIt) {
  ServiceSpec spec = Sleeper("a");
  spec.program.path = "/no/such/program";
  EXPECT_NE(CheckPrograms({spec}).message().find("/no/such/program"), absl::string_view::npos);
  const absl::StatusOr<ProcessId> started = Start(spec.program);
  EXPECT_EQ(started.status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SupervisorTest, ServicesWaitForTheOneThatIsNeededFirst) {
  std::atomic<bool> is_up = false;
  ServiceSpec first = Sleeper("database");
  first.needs_first = true;
  first.is_healthy = [&] { return is_up.load(); };
  Supervisor supervisor(home_, {}, {first, Sleeper("a")}, {}, patience_);
  supervisor.Start();
  ASSERT_TRUE(Eventually([&] { return Record(supervisor, "database").process.pid != 0; }));
  EXPECT_EQ(Record(supervisor, "a").process.pid, 0);
  is_up = true;
  EXPECT_TRUE(AwaitReady(supervisor).ok());
}

TEST_F(SupervisorTest, AServiceThatMissesItsHealthChecksIsUnhealthyAndComesBack) {
  std::atomic<bool> answers = true;
  ServiceSpec spec = Sleeper("a");
  spec.is_healthy = [&] { return answers.load(); };
  Supervisor supervisor(home_, {}, {spec}, {}, patience_);
  supervisor.Start();
  ASSERT_TRUE(AwaitReady(supervisor).ok());
  answers = false;
  EXPECT_TRUE(Eventually([&] { return Record(supervisor, "a").state == ServiceState::kUnhealthy; }));
  answers = true;
  EXPECT_TRUE(Eventually([&] { return Record(supervisor, "a").state == ServiceState::kReady; }));
  EXPECT_EQ(Record(supervisor, "a").restarts, 0);
}

TEST_F(SupervisorTest, AServiceThatIgnoresTheStopSignalIsKilledAfterItsDrainTime) {
  Supervisor supervisor(home_, {}, {Shell("stubborn", "trap '' TERM; echo set; while :; do sleep 0.05; done")}, {}, patience_);
  supervisor.Start();
  ASSERT_TRUE(AwaitReady(supervisor).ok());
  ASSERT_TRUE(Eventually([&] { return Tail(home_.Log("stubborn"), 1) == "set"; }));
  const absl::Time began = absl::Now();
  supervisor.Stop();
  EXPECT_GE(absl::Now() - began, patience_.drain);
  EXPECT_TRUE(FindSupervised(home_.root()).empty());
}

TEST_F(SupervisorTest, WavesStopOneAfterTheOther) {
  ServiceSpec database = Shell("database", "trap 'date +%s%N >> " + home_.root() + "/ends; echo database >> " + home_.root() +
                                               "/order; exit 0' TERM; echo set; while :; do sleep 0.02; done");
  database.stop_wave = 2;
  ServiceSpec tracker = Shell("tracker", "trap 'sleep 0.2; echo tracker >> " + home_.root() +
                                             "/order; exit 0' TERM; echo set; while :; do sleep 0.02; done");
  Supervisor supervisor(home_, {}, {database, tracker}, {}, patience_);
  supervisor.Start();
  ASSERT_TRUE(Eventually([&] { return Tail(home_.Log("database"), 1) == "set" && Tail(home_.Log("tracker"), 1) == "set"; }));
  supervisor.Stop();
  EXPECT_EQ(Tail(home_.root() + "/order", 5), "tracker\ndatabase");
}

TEST_F(SupervisorTest, OnlyOneSupervisorHoldsTheLock) {
  const std::string path = home_.Path("run/supervisor.lock");
  absl::StatusOr<SupervisorLock> first = SupervisorLock::TryTake(path);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(SupervisorLock::TryTake(path).status().code(), absl::StatusCode::kAborted);
  EXPECT_FALSE(*SupervisorLock::IsFree(path));
}

TEST_F(SupervisorTest, SecretsAreMadeOnceAndReadableByTheirOwnerOnly) {
  const std::string before = *base::ReadFile(home_.Secret("cli.token"));
  EXPECT_EQ(before.substr(0, 3), "mw_");
  EXPECT_EQ(before.size(), 3 + 64 + 1u);
  ASSERT_TRUE(PrepareHome(home_).ok());
  EXPECT_EQ(*base::ReadFile(home_.Secret("cli.token")), before);
  EXPECT_EQ(std::filesystem::status(home_.Secret("cli.token")).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(std::filesystem::status(home_.Path("secrets")).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(SupervisorTest, AFullDiskIsSaidWithThePath) {
  const absl::Status status = CheckFreeSpace(home_.root(), std::uint64_t{1} << 62);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(status.message().find(home_.root()), absl::string_view::npos);
}

TEST_F(SupervisorTest, ALogOverItsBoundIsKeptAsideAndTheWriterGoesOn) {
  const std::string log = home_.Log("a");
  ASSERT_TRUE(base::WriteFileAtomically(log, std::string(5000, 'x')).ok());
  RotateLog(log, 10'000);
  EXPECT_EQ(base::ReadFile(log)->size(), 5000u);
  RotateLog(log, 4'000);
  EXPECT_EQ(base::ReadFile(log)->size(), 0u);
  EXPECT_EQ(base::ReadFile(log + ".1")->size(), 5000u);
}

TEST(Home, ADeepDataFolderHasItsSocketsWhereTheirPathsFit) {
  const Home home("/" + std::string(120, 'd'));
  EXPECT_LE(home.SupervisorSocket().size(), 107u);
  EXPECT_LE(home.DatabaseSocketFolder().size(), 80u);
  EXPECT_NE(home.SupervisorSocket(), Home("/" + std::string(121, 'd')).SupervisorSocket());
}

TEST(Process, ANumberUsedAgainIsNotTakenForTheProcessBefore) {
  ProcessId self = Inspect(getpid())->id;
  EXPECT_TRUE(IsRunning(self));
  ++self.start_ticks;
  EXPECT_FALSE(IsRunning(self));
  EXPECT_EQ(OpenPidFd(self), -1);
}

}  // namespace
}  // namespace millwright::cli
