#include "trainer-worker/lease.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/log.h"

namespace millwright::trainer {
namespace {

// A renewal tells people how far a task is, so it goes out this soon after progress changed.
constexpr absl::Duration kProgressInterval = absl::Seconds(1);

constexpr std::size_t kMaxErrorBytes = 4000;

}  // namespace

std::string FailureText(const std::string& error) {
  const bool fits = error.size() <= kMaxErrorBytes && base::IsUtf8(error);
  return fits ? error : base::Utf8Excerpt(error, kMaxErrorBytes);
}

Lease::Lease(Platform& platform, const scheduler::v1::Task& task)
    : platform_(platform),
      task_id_(task.task_id()),
      attempt_(task.attempt()),
      duration_(absl::Seconds(std::max(3, task.lease_seconds()))),
      renewed_at_(absl::Now()),
      renewer_([this] { KeepRenewing(); }) {}

Lease::~Lease() {
  {
    absl::MutexLock lock(&mutex_);
    is_over_ = true;
  }
  renewer_.join();
}

void Lease::KeepRenewing() {
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      const absl::Time start = absl::Now();
      mutex_.AwaitWithTimeout(absl::Condition(&is_over_), kProgressInterval);
      if (is_over_ || !lost_.ok()) return;
      const bool is_due = progress_changed_ || start - renewed_at_ > duration_ / 3;
      if (!is_due) continue;
    }
    Renew().IgnoreError();
  }
}

absl::Status Lease::Learn(const absl::Status& status, bool is_cancelled) {
  absl::MutexLock lock(&mutex_);
  if (!lost_.ok()) return lost_;
  if (status.ok() && is_cancelled) lost_ = absl::CancelledError("cancelled");
  if (absl::IsFailedPrecondition(status) || absl::IsNotFound(status)) lost_ = status;
  if (status.ok()) renewed_at_ = absl::Now();
  return lost_.ok() ? status : lost_;
}

absl::Status Lease::Renew() {
  scheduler::v1::RenewLeaseRequest request;
  request.set_task_id(task_id_);
  request.set_attempt(attempt_);
  {
    absl::MutexLock lock(&mutex_);
    if (!lost_.ok()) return lost_;
    *request.mutable_progress() = progress_;
    progress_changed_ = false;
  }
  scheduler::v1::RenewLeaseResponse reply;
  const absl::Status status =
      platform_.CallOnce(&scheduler::v1::QueueService::Stub::RenewLease, platform_.queue(), request, &reply);
  return Learn(status, reply.is_cancelled());
}

absl::Status Lease::EnsureHeld() {
  {
    absl::MutexLock lock(&mutex_);
    if (!lost_.ok()) return lost_;
    if (absl::Now() - renewed_at_ < duration_ / 2) return absl::OkStatus();
  }
  // The scheduler or the way to it may be away for a while; nothing is written until it has agreed again.
  const absl::Time give_up = absl::Now() + 2 * duration_;
  absl::Status status = Renew();
  while (absl::IsUnavailable(status) && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(300));
    status = Renew();
  }
  return status;
}

void Lease::Interrupt() {
  absl::MutexLock lock(&mutex_);
  if (!lost_.ok()) return;
  is_interrupted_ = true;
  lost_ = absl::UnavailableError("the worker is shutting down");
}

bool Lease::IsInterrupted() {
  absl::MutexLock lock(&mutex_);
  return is_interrupted_;
}

void Lease::SetProgress(std::int64_t done, std::int64_t total, const std::string& unit, const std::string& message) {
  absl::MutexLock lock(&mutex_);
  progress_.set_done(done);
  progress_.set_total(total);
  progress_.set_unit(unit);
  progress_.set_message(message);
  progress_changed_ = true;
}

absl::Status Lease::Report(std::int64_t step, double value) {
  scheduler::v1::ReportTrialRequest request;
  request.set_task_id(task_id_);
  request.set_attempt(attempt_);
  request.set_step(step);
  request.set_value(value);
  scheduler::v1::ReportTrialResponse reply;
  const absl::Status status =
      platform_.CallOnce(&scheduler::v1::QueueService::Stub::ReportTrial, platform_.queue(), request, &reply);
  const absl::Status learned = Learn(status, reply.is_cancelled());
  // An intermediate value that got lost is no reason to stop; a lost lease is.
  return absl::IsUnavailable(learned) || absl::IsDeadlineExceeded(learned) ? absl::OkStatus() : learned;
}

absl::Status Lease::Complete(const nlohmann::json& outputs) {
  // What is done already is not done again because the worker stops.
  if (!IsInterrupted()) RETURN_IF_ERROR(EnsureHeld());
  scheduler::v1::CompleteTaskRequest request;
  request.set_task_id(task_id_);
  request.set_attempt(attempt_);
  *request.mutable_outputs() = rpc::ToStruct(outputs);
  scheduler::v1::CompleteTaskResponse reply;
  return platform_.Call(&scheduler::v1::QueueService::Stub::CompleteTask, platform_.queue(), request, &reply);
}

absl::Status Lease::Fail(const std::string& error, bool is_retryable) {
  scheduler::v1::FailTaskRequest request;
  request.set_task_id(task_id_);
  request.set_attempt(attempt_);
  request.set_error(FailureText(error));
  request.set_is_retryable(is_retryable);
  scheduler::v1::FailTaskResponse reply;
  return platform_.Call(&scheduler::v1::QueueService::Stub::FailTask, platform_.queue(), request, &reply);
}

absl::Status Lease::Release() {
  scheduler::v1::ReleaseTaskRequest request;
  request.set_task_id(task_id_);
  request.set_attempt(attempt_);
  scheduler::v1::ReleaseTaskResponse reply;
  return platform_.CallOnce(&scheduler::v1::QueueService::Stub::ReleaseTask, platform_.queue(), request, &reply,
                            absl::Seconds(5));
}

}  // namespace millwright::trainer
