#include "lib/learn/learners/learner.h"

#include "lib/learn/learners/xgboost_learner.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {
constexpr LearnerEntry kLearners[] = {
    {.name = "xgboost", .make = &MakeXgboost, .load = &LoadXgboost, .file_suffix = ".ubj", .requirement = "xgboost==1.7.4"},
};
}  // namespace

std::span<const LearnerEntry> Learners() { return kLearners; }

absl::StatusOr<const LearnerEntry*> FindLearner(std::string_view name) {
  std::vector<std::string_view> names;
  for (const LearnerEntry& entry : kLearners) {
    if (entry.name == name) return &entry;
    names.push_back(entry.name);
  }
  return absl::NotFoundError(Cat("\"", name, "\" is not a learner; there are: ", Join(names)));
}

}  // namespace millwright::learn
