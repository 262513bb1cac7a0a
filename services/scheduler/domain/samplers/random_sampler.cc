#include <algorithm>

#include "absl/strings/str_cat.h"
#include "scheduler/domain/samplers/dimension.h"
#include "scheduler/domain/samplers/random.h"
#include "scheduler/domain/samplers/sampler.h"

namespace millwright::scheduler {

absl::StatusOr<Sampler> FindSampler(const std::string& name) {
  std::string known;
  for (const NamedSampler& entry : kSamplers) {
    if (name == entry.name) return entry.sample;
    absl::StrAppend(&known, known.empty() ? "" : ", ", entry.name);
  }
  return absl::InvalidArgumentError(absl::StrCat("\"", name, "\" is not a sampler; there are ", known));
}

nlohmann::json SampleRandom(const Proposal& proposal) {
  Random random(proposal.seed, proposal.number);
  nlohmann::json params = nlohmann::json::object();
  for (const Distribution& distribution : proposal.space) {
    const double u = random.Uniform();
    if (const auto* categorical = std::get_if<CategoricalDistribution>(&distribution.kind)) {
      const std::size_t count = categorical->choices.size();
      params[distribution.name] =
          categorical->choices[std::min(count - 1, static_cast<std::size_t>(u * static_cast<double>(count)))];
      continue;
    }
    const Dimension dimension = MakeDimension(distribution);
    params[distribution.name] = dimension.ToValue(dimension.low + u * dimension.range());
  }
  return params;
}

}  // namespace millwright::scheduler
