#include <algorithm>
#include <cmath>
#include <limits>

#include "scheduler/domain/samplers/parzen.h"
#include "scheduler/domain/samplers/sampler.h"

namespace millwright::scheduler {
namespace {

constexpr int kStartupTrials = 10;
constexpr int kCandidates = 24;
constexpr std::size_t kMaxBelow = 25;

bool FitsSpace(const Observation& observation, const std::vector<Distribution>& space) {
  return std::all_of(space.begin(), space.end(), [&](const Distribution& distribution) {
    const auto found = observation.params.find(distribution.name);
    return found != observation.params.end() && Contains(distribution, *found);
  });
}

}  // namespace

/// Tree-structured Parzen estimator, multivariate. Trials without a value count among the bad ones (the constant liar), so that
/// workers in parallel do not get the same proposal. A study with a small budget models after half of it instead of after ten
/// trials.
nlohmann::json SampleTpe(const Proposal& proposal) {
  std::vector<const Observation*> finished, above;
  for (const Observation& observation : proposal.history) {
    if (!FitsSpace(observation, proposal.space)) continue;
    (observation.value ? finished : above).push_back(&observation);
  }
  const int startup = std::min(kStartupTrials, std::max(1, (proposal.max_trials + 1) / 2));
  if (static_cast<int>(finished.size()) < startup) return SampleRandom(proposal);

  const auto better = [&](const Observation* a, const Observation* b) {
    if (*a->value != *b->value) return proposal.maximize ? *a->value > *b->value : *a->value < *b->value;
    return a->number < b->number;
  };
  std::sort(finished.begin(), finished.end(), better);
  const std::size_t below_size = std::min((finished.size() + 9) / 10, kMaxBelow);
  std::vector<const Observation*> below(finished.begin(), finished.begin() + static_cast<std::ptrdiff_t>(below_size));
  above.insert(above.end(), finished.begin() + static_cast<std::ptrdiff_t>(below_size), finished.end());

  const auto params = [](std::vector<const Observation*>& part) {
    std::sort(part.begin(), part.end(), [](const Observation* a, const Observation* b) { return a->number < b->number; });
    std::vector<const nlohmann::json*> result;
    for (const Observation* observation : part) result.push_back(&observation->params);
    return result;
  };
  const ParzenEstimator good(proposal.space, params(below));
  const ParzenEstimator bad(proposal.space, params(above));

  Random random(proposal.seed, proposal.number);
  std::vector<double> best;
  double best_score = -std::numeric_limits<double>::infinity();
  for (int i = 0; i < kCandidates; ++i) {
    std::vector<double> candidate = good.Sample(random);
    const double score = good.LogDensity(candidate) - bad.LogDensity(candidate);
    if (best.empty() || score > best_score) {
      best_score = score;
      best = std::move(candidate);
    }
  }
  return good.ToParams(best);
}

}  // namespace millwright::scheduler
