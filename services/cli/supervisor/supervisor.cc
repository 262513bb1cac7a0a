#include "cli/supervisor/supervisor.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "lib/rpc/log.h"

namespace millwright::cli {
namespace {

constexpr int kHopelessAfter = 4;   // ends in a row, before it was ever ready
constexpr int kUnhealthyAfter = 3;  // missed checks in a row
constexpr std::uint64_t kLogBound = 32 << 20;
constexpr absl::Duration kNap = absl::Milliseconds(100);

}  // namespace

Supervisor::Supervisor(Home home, SystemState state, std::vector<ServiceSpec> plan, std::map<std::string, ProcessId> taken_over,
                       Patience patience)
    : home_(std::move(home)), patience_(patience), state_(std::move(state)), wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  for (ServiceSpec& spec : plan) {
    Managed managed;
    for (const ServiceRecord& old : state_.services) {
      if (old.name == spec.name) managed.record = old;
    }
    ServiceRecord& record = managed.record;
    record.name = spec.name;
    record.address = spec.address;
    record.version = spec.version;
    record.log = spec.program.log;
    record.stop_signal = spec.stop_signal;
    record.stop_wave = spec.stop_wave;
    record.state = ServiceState::kStarting;
    const bool ran = record.process.pid != 0;
    if (const auto found = taken_over.find(spec.name); found != taken_over.end()) {
      if (record.process != found->second) record.started_at = absl::Now();
      record.process = found->second;
      managed.pid_fd = OpenPidFd(record.process);
    } else {
      if (ran) {  // ended while no supervisor was there
        ++record.restarts;
        record.last_exit = "ended while the supervisor was away";
      }
      record.process = {};
    }
    managed.spec = std::move(spec);
    managed_.push_back(std::move(managed));
  }
  state_.services.clear();
}

Supervisor::~Supervisor() {
  {
    absl::MutexLock lock(&mutex_);
    is_stopping_ = true;
    is_done_ = true;
  }
  Wake();
  if (runner_.joinable()) runner_.join();
  if (checker_.joinable()) checker_.join();
  absl::MutexLock lock(&mutex_);
  for (const Managed& managed : managed_) {
    if (managed.pid_fd >= 0) close(managed.pid_fd);
  }
  close(wake_fd_);
}

void Supervisor::Start() {
  {
    absl::MutexLock lock(&mutex_);
    Save();
  }
  runner_ = std::thread([this] { Run(); });
  checker_ = std::thread([this] { CheckHealth(); });
}

void Supervisor::Wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = write(wake_fd_, &one, sizeof one);
}

void Supervisor::Save() {
  SystemState state = state_;
  for (const Managed& managed : managed_) state.services.push_back(managed.record);
  if (const absl::Status status = WriteState(home_, state); !status.ok()) {
    rpc::LogWarning("state not written", {{"error", std::string(status.message())}});
  }
}

SystemState Supervisor::State() const {
  absl::MutexLock lock(&mutex_);
  SystemState state = state_;
  for (const Managed& managed : managed_) state.services.push_back(managed.record);
  return state;
}

bool Supervisor::HasEnded(const Managed& managed) const {
  if (managed.pid_fd < 0) return !IsRunning(managed.record.process);
  pollfd ended{.fd = managed.pid_fd, .events = POLLIN, .revents = 0};
  return poll(&ended, 1, 0) == 1;
}

bool Supervisor::MayStart(const Managed& managed) const {
  for (const Managed& other : managed_) {
    if (&other == &managed) return true;
    if (other.spec.needs_first && !other.was_ready) return false;
  }
  return true;
}

void Supervisor::StartOne(Managed& managed) {
  ServiceRecord& record = managed.record;
  record.started_at = absl::Now();
  record.state = ServiceState::kStarting;
  managed.missed_checks = 0;
  const absl::StatusOr<ProcessId> process = cli::Start(managed.spec.program);
  if (!process.ok()) {
    record.last_exit = std::string(process.status().message());
    record.state = ServiceState::kRestarting;
    ++managed.failures;
    managed.next_start = absl::Now() + patience_.longest_backoff;
    rpc::LogError("not started", {{"name", record.name}, {"error", record.last_exit}});
    Save();
    return;
  }
  record.process = *process;
  managed.is_child = true;
  managed.pid_fd = OpenPidFd(record.process);
  rpc::LogInfo("started", {{"name", record.name}, {"pid", record.process.pid}});
  Save();
}

void Supervisor::NoteEnd(Managed& managed) {
  ServiceRecord& record = managed.record;
  record.last_exit = "ended";
  if (managed.is_child) {
    int status = 0;
    if (waitpid(record.process.pid, &status, 0) == record.process.pid) record.last_exit = ExitText(status);
  }
  if (managed.pid_fd >= 0) close(managed.pid_fd);
  managed.pid_fd = -1;
  managed.is_child = false;
  record.process = {};
  if (is_stopping_) {
    record.state = ServiceState::kStopped;
  } else {
    if (absl::Now() - record.started_at >= patience_.settled) managed.failures = 0;
    ++managed.failures;
    ++record.restarts;
    record.state = ServiceState::kRestarting;
    absl::Duration backoff = patience_.first_backoff;
    for (int i = 1; i < managed.failures && backoff < patience_.longest_backoff; ++i) backoff *= 2;
    managed.next_start = absl::Now() + std::min(backoff, patience_.longest_backoff);
    rpc::LogWarning("ended", {{"name", record.name}, {"how", record.last_exit}, {"restarts", record.restarts}});
  }
  Save();
}

void Supervisor::Run() {
  absl::Time next_rotation = absl::Now();
  while (true) {
    std::vector<pollfd> waits = {{.fd = wake_fd_, .events = POLLIN, .revents = 0}};
    absl::Time wake_at = absl::Now() + patience_.check;
    {
      absl::MutexLock lock(&mutex_);
      if (is_done_) return;
      for (Managed& managed : managed_) {
        if (managed.record.process.pid != 0 && HasEnded(managed)) NoteEnd(managed);
        if (managed.record.process.pid == 0 && !is_stopping_ && absl::Now() >= managed.next_start && MayStart(managed))
          StartOne(managed);
        if (managed.record.process.pid == 0) {
          if (!is_stopping_) wake_at = std::min(wake_at, std::max(managed.next_start, absl::Now() + absl::Milliseconds(20)));
        } else if (managed.pid_fd >= 0) {
          waits.push_back({.fd = managed.pid_fd, .events = POLLIN, .revents = 0});
        }
      }
      if (absl::Now() >= next_rotation) {
        for (const Managed& managed : managed_) RotateLog(managed.spec.program.log, kLogBound);
        RotateLog(home_.Log("supervisor"), kLogBound);
        next_rotation = absl::Now() + absl::Seconds(10);
      }
    }
    poll(waits.data(), waits.size(),
         static_cast<int>(std::max<std::int64_t>(1, absl::ToInt64Milliseconds(wake_at - absl::Now()))));
    std::uint64_t drained;
    [[maybe_unused]] const ssize_t n = read(wake_fd_, &drained, sizeof drained);
  }
}

void Supervisor::CheckHealth() {
  std::size_t count;
  {
    absl::MutexLock lock(&mutex_);
    count = managed_.size();
  }
  while (true) {
    bool all_ready = true;
    for (std::size_t i = 0; i < count; ++i) {
      ProcessId process;
      std::function<bool()> is_healthy;
      {
        absl::MutexLock lock(&mutex_);
        if (is_done_) return;
        process = managed_[i].record.process;
        is_healthy = managed_[i].spec.is_healthy;
      }
      if (process.pid == 0) {
        all_ready = false;
        continue;
      }
      const bool healthy = is_healthy();
      absl::MutexLock lock(&mutex_);
      Managed& managed = managed_[i];
      if (managed.record.process != process || is_stopping_) continue;
      managed.missed_checks = healthy ? 0 : managed.missed_checks + 1;
      ServiceState next = managed.record.state;
      if (healthy) {
        next = ServiceState::kReady;
      } else if (managed.record.state == ServiceState::kReady && managed.missed_checks >= kUnhealthyAfter) {
        next = ServiceState::kUnhealthy;
      }
      all_ready = all_ready && next == ServiceState::kReady;
      if (next == managed.record.state) continue;
      managed.record.state = next;
      if (next == ServiceState::kReady && !managed.was_ready) {
        managed.was_ready = true;
        Wake();  // others may have waited for it
      }
      rpc::LogInfo(Name(next), {{"name", managed.record.name}});
      Save();
    }
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&is_done_), all_ready ? patience_.check : kNap)) return;
  }
}

absl::Status Supervisor::AwaitReady(absl::Duration timeout, const std::function<void(const ServiceRecord&)>& on_ready) const {
  const absl::Time give_up = absl::Now() + timeout;
  std::set<std::string> told;
  while (true) {
    const ServiceRecord* waited = nullptr;
    std::vector<ServiceRecord> fresh;
    ServiceRecord blocking;
    bool hopeless = false;
    {
      absl::MutexLock lock(&mutex_);
      if (is_stopping_) return absl::CancelledError("told to stop");
      for (const Managed& managed : managed_) {
        if (managed.record.state == ServiceState::kReady) {
          if (told.insert(managed.record.name).second) fresh.push_back(managed.record);
          continue;
        }
        const bool lost = managed.failures >= kHopelessAfter && !managed.was_ready;
        if (waited == nullptr || (lost && !hopeless)) {
          blocking = managed.record;
          waited = &blocking;
          hopeless = lost;
        }
      }
    }
    for (const ServiceRecord& record : fresh) on_ready(record);
    if (waited == nullptr) return absl::OkStatus();
    if (hopeless || absl::Now() > give_up) {
      const std::string why = blocking.last_exit.empty()
                                  ? absl::StrCat("no answer to its health check after ", absl::FormatDuration(timeout))
                                  : blocking.last_exit;
      const std::string tail = Tail(blocking.log, 12);
      return absl::UnavailableError(absl::StrCat(blocking.name, " does not come up (", why, "). ",
                                                 tail.empty() ? absl::StrCat("Its log ", blocking.log, " is empty")
                                                              : absl::StrCat("The end of its log ", blocking.log, ":\n", tail)));
    }
    absl::SleepFor(kNap);
  }
}

void Supervisor::StopWave(int wave) {
  {
    absl::MutexLock lock(&mutex_);
    for (auto managed = managed_.rbegin(); managed != managed_.rend(); ++managed) {
      if (managed->spec.stop_wave == wave && managed->record.process.pid != 0)
        Signal(managed->record.process, managed->spec.stop_signal);
    }
  }
  const absl::Time kill_at = absl::Now() + patience_.drain;
  bool killed = false;
  while (true) {
    bool ended = true;
    {
      absl::MutexLock lock(&mutex_);
      for (const Managed& managed : managed_) {
        if (managed.spec.stop_wave != wave || managed.record.process.pid == 0) continue;
        ended = false;
        if (absl::Now() < kill_at || killed) continue;
        rpc::LogWarning("killed after its drain time", {{"name", managed.record.name}});
        Signal(managed.record.process, SIGKILL, /*whole_session=*/true);
      }
      killed = killed || absl::Now() >= kill_at;
    }
    if (ended) return;
    absl::SleepFor(absl::Milliseconds(20));
  }
}

void Supervisor::Stop() {
  std::set<int> waves;
  {
    absl::MutexLock lock(&mutex_);
    if (is_stopping_) return;
    is_stopping_ = true;
    for (const Managed& managed : managed_) waves.insert(managed.spec.stop_wave);
  }
  for (const int wave : waves) StopWave(wave);
  {
    absl::MutexLock lock(&mutex_);
    for (Managed& managed : managed_) managed.record.state = ServiceState::kStopped;
    Save();
    is_done_ = true;
  }
  Wake();
  runner_.join();
  checker_.join();
}

}  // namespace millwright::cli
