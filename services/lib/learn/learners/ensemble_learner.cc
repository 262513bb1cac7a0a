#include "lib/learn/learners/ensemble_learner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/learn/bounded_json.h"
#include "lib/learn/features/feature_choice.h"
#include "lib/learn/learners/model_json.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kKind = "ensemble";
constexpr std::size_t kMaxMembers = 100;
constexpr std::int64_t kMaxFeatures = 1'000'000;

struct TrainedMember {
  std::string learner;
  double weight = 1;
  std::vector<std::size_t> columns;  // of the ensemble's features; empty: all
  std::shared_ptr<const Model> model;

  absl::StatusOr<std::vector<float>> Predict(const FeatureMatrix& features) const {
    return columns.empty() ? model->Predict(features) : model->Predict(TakeColumns(features, columns));
  }
};

class EnsembleModel : public Model {
 public:
  EnsembleModel(std::size_t features, std::vector<TrainedMember> members) : features_(features), members_(std::move(members)) {}

  absl::StatusOr<std::vector<float>> Predict(const FeatureMatrix& features) const override {
    RETURN_IF_ERROR(CheckColumns(features, features_));
    std::vector<double> sums(features.rows * outputs());
    double weights = 0;
    for (const TrainedMember& member : members_) {
      ASSIGN_OR_RETURN(const std::vector<float> values, member.Predict(features));
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += member.weight * static_cast<double>(values[i]);
      weights += member.weight;
    }
    std::vector<float> means;
    means.reserve(sums.size());
    for (const double sum : sums) means.push_back(static_cast<float>(sum / weights));
    return means;
  }
  std::size_t feature_count() const override { return features_; }
  std::size_t outputs() const override { return members_[0].model->outputs(); }
  std::vector<double> Importance() const override {
    std::vector<double> mean(feature_count());
    for (const TrainedMember& member : members_) {
      const std::vector<double> own = member.model->Importance();
      double sum = 0;
      for (const double value : own) sum += value;
      // Members measure in units of their own, so each counts as shares.
      for (std::size_t i = 0; i < own.size() && sum > 0; ++i)
        mean[member.columns.empty() ? i : member.columns[i]] += member.weight * own[i] / sum;
    }
    return mean;
  }
  absl::StatusOr<std::string> Serialize() const override {
    nlohmann::json json{{"format", 1}, {"kind", kKind}, {"features", features_}, {"members", nlohmann::json::array()}};
    for (const TrainedMember& member : members_) {
      ASSIGN_OR_RETURN(const std::string bytes, member.model->Serialize());
      json["members"].push_back({{"learner", member.learner},
                                 {"weight", member.weight},
                                 {"model", nlohmann::json::binary({bytes.begin(), bytes.end()})}});
      if (!member.columns.empty()) json["members"].back()["columns"] = member.columns;
    }
    const std::vector<std::uint8_t> packed = nlohmann::json::to_msgpack(json);
    return std::string(packed.begin(), packed.end());
  }

 private:
  std::size_t features_;
  std::vector<TrainedMember> members_;  // at least one, all of the same outputs
};

struct MemberSpec {
  const LearnerEntry* entry = nullptr;
  double weight = 1;
  std::vector<std::string> features;  // patterns; empty: all
  std::shared_ptr<const Learner> learner;
};

nlohmann::json Unpack(std::string_view bytes) { return ParseBinaryJson(bytes, BinaryJson::kMessagePack).value_or(nullptr); }

std::string TextOf(const nlohmann::json& binary) {
  const nlohmann::json::binary_t& bytes = binary.get_binary();
  return {bytes.begin(), bytes.end()};
}

/// What an ensemble has done: the members that are ready, and the checkpoint of the one at work.
struct Progress {
  std::vector<std::shared_ptr<const Model>> ready;
  std::vector<int> rounds;
  std::optional<std::string> current;
};

absl::StatusOr<std::string> Pack(const Progress& progress) {
  nlohmann::json json{{"rounds", progress.rounds}, {"ready", nlohmann::json::array()}};
  for (const auto& model : progress.ready) {
    ASSIGN_OR_RETURN(const std::string bytes, model->Serialize());
    json["ready"].push_back(nlohmann::json::binary({bytes.begin(), bytes.end()}));
  }
  if (progress.current) json["current"] = nlohmann::json::binary({progress.current->begin(), progress.current->end()});
  const std::vector<std::uint8_t> packed = nlohmann::json::to_msgpack(json);
  return std::string(packed.begin(), packed.end());
}

absl::StatusOr<Progress> ReadProgress(std::string_view bytes, std::span<const MemberSpec> members) {
  const nlohmann::json json = Unpack(bytes);
  const bool is_whole = json.is_object() && json.contains("ready") && json["ready"].is_array() && json.contains("rounds") &&
                        json["rounds"].is_array() && json["rounds"].size() == json["ready"].size() &&
                        json["ready"].size() <= members.size();
  if (!is_whole) return absl::InvalidArgumentError("the checkpoint is not one of this ensemble");
  Progress progress;
  for (std::size_t i = 0; i < json["ready"].size(); ++i) {
    if (!json["ready"][i].is_binary() || !json["rounds"][i].is_number_integer())
      return absl::InvalidArgumentError("the checkpoint is not one of this ensemble");
    ASSIGN_OR_RETURN(std::shared_ptr<const Model> model, members[i].entry->load(TextOf(json["ready"][i])));
    progress.ready.push_back(std::move(model));
    progress.rounds.push_back(json["rounds"][i].get<int>());
  }
  if (json.contains("current") && json["current"].is_binary()) progress.current = TextOf(json["current"]);
  return progress;
}

class EnsembleLearner : public Learner {
 public:
  explicit EnsembleLearner(std::vector<MemberSpec> members) : members_(std::move(members)) {}

  absl::StatusOr<FitResult> Fit(const LearningSet& training, const LearningSet& validation,
                                const FitOptions& options) const override {
    Progress progress;
    if (options.checkpoints.load) {
      ASSIGN_OR_RETURN(const std::optional<std::string> saved, options.checkpoints.load());
      if (saved) {
        ASSIGN_OR_RETURN(progress, ReadProgress(*saved, members_));
      }
    }
    std::vector<FeatureChoice> choices;
    for (const MemberSpec& member : members_) {
      absl::StatusOr<FeatureChoice> choice = ChooseFeatures(*options.layout, member.features);
      if (!choice.ok())
        return absl::Status(choice.status().code(), Cat("features of member ", choices.size(), ": ", choice.status().message()));
      choices.push_back(*std::move(choice));
    }
    FitResult result;
    Count count;
    for (const int rounds : progress.rounds) count.before += rounds;
    for (std::size_t i = progress.ready.size(); i < members_.size() && !result.was_stopped; ++i) {
      FitOptions own = OptionsOf(i, options, progress, count);
      own.layout = &choices[i].layout;
      ASSIGN_OR_RETURN(const FitResult fit, FitMember(i, training, validation, choices[i].columns, own));
      count.before += std::exchange(count.own, 0);
      result.was_stopped = fit.was_stopped;
      progress.ready.push_back(fit.model);
      progress.rounds.push_back(fit.best_round + 1);
      progress.current.reset();
      if (options.checkpoints.save) {
        ASSIGN_OR_RETURN(const std::string bytes, Pack(progress));
        RETURN_IF_ERROR(options.checkpoints.save(bytes));
      }
    }
    std::vector<TrainedMember> trained;
    for (std::size_t i = 0; i < progress.ready.size(); ++i)
      trained.push_back({std::string(members_[i].entry->name), members_[i].weight, choices[i].columns, progress.ready[i]});
    result.best_round = *std::max_element(progress.rounds.begin(), progress.rounds.end()) - 1;
    result.member_rounds = progress.rounds;
    result.model = std::make_shared<EnsembleModel>(options.layout->names.size(), std::move(trained));
    return result;
  }

 private:
  /// Rounds reported by members that are ready, and by the one at work.
  struct Count {
    int before = 0;
    int own = 0;
  };

  absl::StatusOr<FitResult> FitMember(std::size_t member, const LearningSet& training, const LearningSet& validation,
                                      std::span<const std::size_t> columns, const FitOptions& options) const {
    const Learner& learner = *members_[member].learner;
    if (columns.empty()) return learner.Fit(training, validation, options);
    const FeatureMatrix own_training = TakeColumns(*training.features, columns);
    FeatureMatrix own_validation;
    LearningSet held_out = validation;
    if (validation.features != nullptr) {
      own_validation = TakeColumns(*validation.features, columns);
      held_out.features = &own_validation;
    }
    return learner.Fit({.features = &own_training, .targets = training.targets, .weights = training.weights}, held_out, options);
  }

  /// Without the layout.
  FitOptions OptionsOf(std::size_t member, const FitOptions& options, const Progress& progress, Count& count) const {
    FitOptions own{.rounds = options.rounds};
    if (member < options.member_rounds.size()) own.rounds = options.member_rounds[member];
    if (options.on_round) {
      own.on_round = [this, member, &options, &count](const Round& round) {
        count.own = round.number + 1;
        Round counted = round;
        counted.number = count.before + round.number;
        // As if the members still to come were as long as this one.
        counted.total = count.before + static_cast<int>(members_.size() - member) * round.total;
        return options.on_round(counted);
      };
    }
    if (options.checkpoints.save) {
      own.checkpoints.save = [&options, &progress](std::string_view bytes) -> absl::Status {
        Progress now = progress;
        now.current = std::string(bytes);
        ASSIGN_OR_RETURN(const std::string packed, Pack(now));
        return options.checkpoints.save(packed);
      };
      own.checkpoints.load = [&progress]() -> absl::StatusOr<std::optional<std::string>> { return progress.current; };
    }
    return own;
  }

  std::vector<MemberSpec> members_;
};

absl::Status AddMembers(const nlohmann::json& json, const LearningTask& task, const std::string& path,
                        std::vector<MemberSpec>& members) {
  StrictObject object(json, path);
  const std::string name = object.Text("learner");
  const nlohmann::json* params = object.Optional("params");
  const double weight = object.Number("weight", 1e-9, 1e9, 1.0);
  const std::vector<double> seeds = object.Numbers("seeds");
  const std::vector<std::string> features = object.Texts("features");
  RETURN_IF_ERROR(object.Finish());
  if (name == kKind) return absl::InvalidArgumentError(Cat(path, ".learner: an ensemble is no member of another"));
  const absl::StatusOr<const LearnerEntry*> entry = FindLearner(name);
  if (!entry.ok()) return absl::InvalidArgumentError(Cat(path, ".learner: ", entry.status().message()));
  nlohmann::json own = params != nullptr ? *params : nlohmann::json::object();
  for (std::size_t i = 0; i < std::max<std::size_t>(1, seeds.size()); ++i) {
    if (members.size() == kMaxMembers)
      return absl::InvalidArgumentError(Cat(path, ": there are more than ", kMaxMembers, " members"));
    if (!seeds.empty() && own.is_object()) own["seed"] = seeds[i];
    ASSIGN_OR_RETURN(std::shared_ptr<const Learner> learner, (*entry)->make(own, task, path + ".params"));
    members.push_back({.entry = *entry, .weight = weight, .features = features, .learner = std::move(learner)});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Learner>> MakeEnsemble(const nlohmann::json& params, const LearningTask& task,
                                                      std::string_view path) {
  StrictObject object(params, path);
  const nlohmann::json& list = object.Required("members");
  if (!list.is_array() || list.empty()) object.Fail("members", "must be a list of at least one member");
  RETURN_IF_ERROR(object.Finish());
  std::vector<MemberSpec> members;
  for (std::size_t i = 0; i < list.size(); ++i)
    RETURN_IF_ERROR(AddMembers(list[i], task, Cat(path, ".members[", i, "]"), members));
  return std::make_unique<EnsembleLearner>(std::move(members));
}

absl::StatusOr<std::shared_ptr<const Model>> LoadEnsemble(std::string_view bytes) {
  const nlohmann::json json = Unpack(bytes);
  if (!json.is_object()) return absl::InvalidArgumentError("not a whole model: it is no MessagePack object");
  StrictObject object(json, "");
  object.Integer("format", 1, 1);
  if (object.Text("kind") != kKind) object.Fail("kind", "must be \"ensemble\"");
  // Absent where every member takes all: so it was written before members had features of their own.
  auto features = static_cast<std::size_t>(object.Integer("features", 0, kMaxFeatures, 0));
  const nlohmann::json& list = object.Required("members");
  if (!list.is_array() || list.empty() || list.size() > kMaxMembers) object.Fail("members", Cat("must be 1 to ", kMaxMembers));
  RETURN_IF_ERROR(object.Finish());
  std::vector<TrainedMember> members;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string path = Cat("members[", i, "]");
    StrictObject item(list[i], path);
    TrainedMember member{.learner = item.Text("learner"), .weight = item.Number("weight", 1e-9, 1e9)};
    const nlohmann::json& model = item.Required("model");
    if (!model.is_binary()) item.Fail("model", "must be bytes");
    for (const double column : item.Numbers("columns")) {
      if (!(column >= 0 && column < static_cast<double>(features) && column == std::floor(column)))
        item.Fail("columns", "must be places of features");
      member.columns.push_back(static_cast<std::size_t>(column));
    }
    if (member.learner == kKind) item.Fail("learner", "an ensemble is no member of another");
    RETURN_IF_ERROR(item.Finish());
    ASSIGN_OR_RETURN(const LearnerEntry* entry, FindLearner(member.learner));
    ASSIGN_OR_RETURN(member.model, entry->load(TextOf(model)));
    if (features == 0) features = member.model->feature_count();
    if (member.model->feature_count() != (member.columns.empty() ? features : member.columns.size()))
      return absl::InvalidArgumentError(Cat(path, ": takes another number of features than it is given"));
    if (!members.empty() && member.model->outputs() != members[0].model->outputs())
      return absl::InvalidArgumentError(Cat(path, ": gives another number of values than the first member"));
    members.push_back(std::move(member));
  }
  return std::make_shared<EnsembleModel>(features, std::move(members));
}

}  // namespace millwright::learn
