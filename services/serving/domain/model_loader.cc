#include "serving/domain/model_loader.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::serving {
namespace {

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(500);
constexpr absl::Duration kMaxBackoff = absl::Seconds(15);
constexpr absl::Duration kIdleWait = absl::Milliseconds(200);
constexpr std::size_t kMaxStatsPerModel = 50;  // versions whose counters are kept
constexpr int kNiceness = 10;
constexpr int kWarmUpRounds = 3;

absl::Duration Backoff(int attempts) { return std::min(kMaxBackoff, kFirstBackoff * (1 << std::min(attempts - 1, 5))); }

}  // namespace

bool MayPass(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnauthenticated:
      return true;
    default:
      return false;
  }
}

ModelLoader::ModelLoader(ModelCatalog& catalog, BundleSource& source, const base::Clock& clock, OnLoad on_load)
    : catalog_(catalog), source_(source), clock_(clock), on_load_(std::move(on_load)) {}

ModelLoader::~ModelLoader() { Stop(); }

void ModelLoader::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void ModelLoader::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    is_stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void ModelLoader::Want(const std::vector<Deployment>& deployments) {
  absl::MutexLock lock(&mutex_);
  for (const Deployment& deployment : deployments) {
    const auto known = slots_.find(deployment.key);
    if (known == slots_.end() || deployment.revision >= known->second.wanted.revision) Apply(deployment);
  }
  Publish();
}

void ModelLoader::Replace(const std::vector<Deployment>& deployments) {
  absl::MutexLock lock(&mutex_);
  std::set<ModelKey> keys;
  for (const Deployment& deployment : deployments) {
    keys.insert(deployment.key);
    Apply(deployment);
  }
  for (auto it = slots_.begin(); it != slots_.end();) {
    if (keys.contains(it->first)) {
      ++it;
      continue;
    }
    Retire(std::move(it->second.current));
    Retire(std::move(it->second.previous));
    it = slots_.erase(it);
  }
  Publish();
}

void ModelLoader::Apply(const Deployment& deployment) {
  Slot& slot = slots_[deployment.key];
  if (deployment == slot.wanted) return;
  slot.wanted = deployment;
  slot.state = LoadState::kLoading;
  slot.reason.clear();
  slot.attempts = 0;
  slot.next_try = absl::InfinitePast();
  if (!deployment.primary) {
    if (slot.current != nullptr) {
      Retire(std::move(slot.previous));
      slot.previous = std::move(slot.current);
    }
    slot.current = nullptr;
    slot.state = LoadState::kReady;
  } else if (!TakeResident(slot)) {
    has_work_ = true;
  }
}

std::vector<Deployment> ModelLoader::Wanted() const {
  absl::MutexLock lock(&mutex_);
  std::vector<Deployment> wanted;
  for (const auto& [key, slot] : slots_) wanted.push_back(slot.wanted);
  return wanted;
}

bool ModelLoader::IsSettled() const {
  absl::MutexLock lock(&mutex_);
  return std::none_of(slots_.begin(), slots_.end(), [](const auto& entry) {
    return entry.second.state == LoadState::kLoading && entry.second.current == nullptr && entry.second.attempts == 0;
  });
}

bool ModelLoader::TakeResident(Slot& slot) {
  const std::string id = BundleId(*slot.wanted.primary);
  for (const std::shared_ptr<const ServedVersion>* resident : {&slot.current, &slot.previous}) {
    if (*resident == nullptr || (*resident)->bundle_id != id) continue;
    Install(slot, MakeServedVersion(slot.wanted, (*resident)->bundle, (*resident)->loaded_at,
                                    StatsOf(slot, slot.wanted.primary->version)));
    return true;
  }
  return false;
}

void ModelLoader::Install(Slot& slot, std::shared_ptr<const ServedVersion> served) {
  if (slot.current != nullptr && slot.current->bundle_id == served->bundle_id) {
    Retire(std::move(slot.current));
  } else if (slot.current != nullptr) {
    Retire(std::move(slot.previous));
    slot.previous = std::move(slot.current);
  } else if (slot.previous != nullptr && slot.previous->bundle_id == served->bundle_id) {
    Retire(std::move(slot.previous));
    slot.previous = nullptr;
  }
  slot.current = std::move(served);
  slot.state = LoadState::kReady;
  slot.reason.clear();
}

void ModelLoader::Fail(Slot& slot, const absl::Status& status) {
  slot.reason = std::string(status.message());
  if (MayPass(status)) {
    slot.next_try = clock_.Now() + Backoff(slot.attempts);
    absl::StrAppend(&slot.reason, " (attempt ", slot.attempts, "; trying again)");
    has_work_ = true;
  } else {
    slot.next_try = absl::InfiniteFuture();
  }
  slot.state = LoadState::kFailed;
}

void ModelLoader::Retire(std::shared_ptr<const ServedVersion> served) {
  if (served != nullptr) retired_.push_back(std::move(served));
}

std::shared_ptr<VersionStats> ModelLoader::StatsOf(Slot& slot, int version) {
  std::shared_ptr<VersionStats>& stats = slot.stats[version];
  if (stats == nullptr) stats = std::make_shared<VersionStats>();
  const std::shared_ptr<VersionStats> result = stats;
  if (slot.stats.size() > kMaxStatsPerModel) {
    const auto oldest = slot.stats.begin();
    slot.stats.erase(oldest->first == version ? std::next(oldest) : oldest);
  }
  return result;
}

void ModelLoader::Publish() {
  ModelCatalog::Snapshot snapshot;
  for (const auto& [key, slot] : slots_) {
    snapshot[key] = CatalogEntry{.served = slot.current,
                                 .wanted_version = slot.wanted.primary ? slot.wanted.primary->version : 0,
                                 .revision = slot.wanted.revision,
                                 .state = slot.state,
                                 .reason = slot.reason,
                                 .stats = slot.stats};
  }
  catalog_.Publish(std::move(snapshot));
}

absl::StatusOr<learn::Bundle> ModelLoader::Load(const Deployment& deployment) {
  ASSIGN_OR_RETURN(const std::filesystem::path folder, source_.Fetch(deployment.key.workspace, *deployment.primary));
  ASSIGN_OR_RETURN(learn::Bundle bundle, learn::Bundle::Load(folder));
  ASSIGN_OR_RETURN(const std::string content_hash, bundle.ContentHash());
  if (content_hash != deployment.primary->content_hash) {
    return absl::DataLossError(
        absl::StrCat("the bundle's content hash is ", content_hash, ", the registry says ", deployment.primary->content_hash));
  }
  for (int round = 0; round < kWarmUpRounds; ++round) {
    for (const learn::GoldenRow& golden : bundle.golden()) RETURN_IF_ERROR(bundle.PredictWindow(golden.window).status());
  }
  return bundle;
}

bool ModelLoader::RunOnce() {
  Deployment deployment;
  {
    absl::MutexLock lock(&mutex_);
    const absl::Time now = clock_.Now();
    Slot* next = nullptr;
    has_work_ = false;
    for (auto& [key, slot] : slots_) {
      if (slot.state == LoadState::kReady || slot.next_try == absl::InfiniteFuture()) continue;
      has_work_ = true;
      if (slot.next_try <= now && (next == nullptr || slot.next_try < next->next_try)) next = &slot;
    }
    if (next == nullptr) return false;
    deployment = next->wanted;
    std::set<std::string> keep;
    for (const auto& [key, slot] : slots_) {
      if (slot.wanted.primary) keep.insert(BundleId(*slot.wanted.primary));
      if (slot.current) keep.insert(slot.current->bundle_id);
      if (slot.previous) keep.insert(slot.previous->bundle_id);
    }
    source_.Keep(keep);
  }
  absl::StatusOr<learn::Bundle> bundle = Load(deployment);
  if (on_load_) on_load_(deployment, bundle.status());
  absl::MutexLock lock(&mutex_);
  const auto found = slots_.find(deployment.key);
  if (found == slots_.end()) return true;
  Slot& slot = found->second;
  if (!(slot.wanted == deployment)) return true;  // something newer is wanted: the next round sees to it
  ++slot.attempts;
  if (bundle.ok()) {
    Install(slot, MakeServedVersion(deployment, *std::move(bundle), clock_.Now(), StatsOf(slot, deployment.primary->version)));
  } else {
    Fail(slot, bundle.status());
  }
  Publish();
  return true;
}

void ModelLoader::FreeRetired() {
  std::vector<std::shared_ptr<const ServedVersion>> free;
  absl::MutexLock lock(&mutex_);
  for (std::shared_ptr<const ServedVersion>& served : retired_) {
    if (served.use_count() == 1) free.push_back(std::move(served));
  }
  std::erase(retired_, nullptr);
}

void ModelLoader::Loop() {
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kNiceness);
  while (true) {
    const bool did_work = RunOnce();
    FreeRetired();
    absl::MutexLock lock(&mutex_);
    if (is_stopping_) return;
    if (did_work) continue;
    const bool waits_for_backoff = has_work_;
    const auto wake = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return is_stopping_ || (!waits_for_backoff && has_work_); };
    mutex_.AwaitWithTimeout(absl::Condition(&wake), kIdleWait);
  }
}

}  // namespace millwright::serving
