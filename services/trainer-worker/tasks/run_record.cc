#include "trainer-worker/tasks/run_record.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/learn/learners/learner.h"
#include "lib/rpc/convert.h"

namespace millwright::trainer {
namespace {

constexpr std::size_t kDigestBytes = 36;  // of a run's dataset, as MLflow has it
constexpr std::size_t kMaxSchemaBytes = 60'000;

// Calls visit(learner, params) for a head's learner and, of an ensemble, for its members'.
template <typename Visit>
void ForEachLearner(const std::string& learner, const nlohmann::json& params, Visit visit) {
  visit(learner, params);
  if (!params.is_object() || !params.contains("members") || !params["members"].is_array()) return;
  for (const nlohmann::json& member : params["members"]) {
    if (member.is_object() && member.contains("learner") && member["learner"].is_string())
      ForEachLearner(member["learner"].get<std::string>(), member.value("params", nlohmann::json::object()), visit);
  }
}

// {"xgboost": "1.7.4"} of the learners that the spec uses.
nlohmann::json Libraries(const learn::TrainingSpec& spec) {
  nlohmann::json libraries = nlohmann::json::object();
  for (const learn::HeadSpec& head : spec.heads) {
    ForEachLearner(head.learner, head.params, [&](const std::string& learner, const nlohmann::json&) {
      const auto entry = learn::FindLearner(learner);
      const std::string requirement(entry.ok() ? (*entry)->requirement : "");
      if (const std::size_t at = requirement.find("=="); at != std::string::npos)
        libraries[requirement.substr(0, at)] = requirement.substr(at + 2);
    });
  }
  return libraries;
}

// The most that one learner is given; the same number gives the same bytes.
int Threads(const learn::TrainingSpec& spec) {
  int threads = 1;
  for (const learn::HeadSpec& head : spec.heads) {
    ForEachLearner(head.learner, head.params, [&](const std::string&, const nlohmann::json& params) {
      for (const char* name : {"nthread", "n_jobs", "threads"}) {
        if (params.is_object() && params.contains(name) && params[name].is_number())
          threads = std::max(threads, params[name].get<int>());
      }
    });
  }
  return threads;
}

std::string Processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

nlohmann::json Environment(const learn::TrainingSpec& spec) {
  utsname system{};
  uname(&system);
  const char* omp = std::getenv("OMP_NUM_THREADS");
  return {{"millwright_version", MILLWRIGHT_VERSION},
          {"compiler", absl::StrCat("g++ ", __VERSION__)},
          {"libraries", Libraries(spec)},
          {"system", absl::StrCat(system.sysname, " ", system.release)},
          {"machine", system.machine},
          {"processor", Processor()},
          {"cores", std::thread::hardware_concurrency()},
          {"threads", Threads(spec)},
          {"OMP_NUM_THREADS", omp != nullptr ? nlohmann::json(omp) : nlohmann::json()}};
}

nlohmann::json SeedsOf(const learn::TrainingSpec& spec) {
  nlohmann::json seeds{{"split", spec.split.seed}};
  for (const learn::HeadSpec& head : spec.heads) {
    if (head.params.is_object() && head.params.contains("seed")) seeds[head.name] = head.params["seed"];
  }
  return seeds;
}

}  // namespace

nlohmann::json Lineage(const tracker::v1::DatasetVersion& dataset, const std::string& run_id, const learn::TrainingSpec& spec,
                       const scheduler::v1::Task& task) {
  nlohmann::json lineage{{"dataset_version_id", dataset.dataset_version_id()},
                         {"dataset", dataset.name()},
                         {"dataset_content_hash", dataset.content_hash()},
                         {"run_id", run_id},
                         {"pipeline_run_id", task.pipeline_run_id()},
                         {"training_spec", spec.source},
                         {"millwright_version", MILLWRIGHT_VERSION},
                         {"libraries", Libraries(spec)},
                         {"seeds", SeedsOf(spec)},
                         {"threads", Threads(spec)},
                         {"processor", Processor()}};
  for (const auto& [library, version] : lineage["libraries"].items()) lineage[library + "_version"] = version;
  return lineage;
}

nlohmann::json ParamsToLog(const learn::TrainingSpec& spec, const nlohmann::json& overrides) {
  nlohmann::json params = nlohmann::json::object();
  for (std::size_t i = 0; i < spec.heads.size(); ++i) {
    const learn::HeadSpec& head = spec.heads[i];
    const std::string prefix = i == 0 ? "" : head.name + ".";
    for (const auto& [key, value] : head.params.items()) params[prefix + key] = value;
    params[prefix + "learner"] = head.learner;
    params[prefix + "target"] = learn::ToJson(head.target).dump();
    if (!head.features.empty()) params[prefix + "features"] = head.features;
  }
  if (const auto split = spec.source.find("split"); split != spec.source.end() && split->is_object()) {
    for (const auto& [key, value] : split->items()) params["split." + key] = value;
  }
  for (const auto& [key, value] : overrides.items()) params[key] = value;
  return params;
}

absl::Status LogOrigin(const tracker::v1::DatasetVersion& dataset, const learn::TrainingSpec& spec, RunLog& run,
                       TaskContext& context) {
  mlflow::v1::LogInputsRequest request;
  request.set_run_id(run.run_id());
  mlflow::v1::DatasetInput& input = *request.add_datasets();
  mlflow::v1::InputTag& tag = *input.add_tags();
  tag.set_key("mlflow.data.context");
  tag.set_value("training");
  mlflow::v1::Dataset& described = *input.mutable_dataset();
  described.set_name(dataset.name());
  described.set_digest(dataset.content_hash().substr(0, kDigestBytes));
  described.set_source_type("dataset_version");
  described.set_source(
      nlohmann::json{{"dataset_version_id", dataset.dataset_version_id()}, {"version", dataset.version()}}.dump());
  described.set_profile(nlohmann::json{{"num_rows", dataset.row_count()}}.dump());
  ASSIGN_OR_RETURN(const nlohmann::json schema, rpc::ToJson(dataset.schema(), "schema"));
  if (std::string text = schema.dump(); text.size() <= kMaxSchemaBytes) described.set_schema(std::move(text));
  mlflow::v1::LogInputsResponse reply;
  RETURN_IF_ERROR(context.Write(&mlflow::v1::MlflowTrackingService::Stub::LogInputs, context.platform.mlflow(), request, &reply));
  RETURN_IF_ERROR(run.LogTag("millwright.dataset_version_id", dataset.dataset_version_id()));
  RETURN_IF_ERROR(run.LogTag("millwright.version", MILLWRIGHT_VERSION));
  RETURN_IF_ERROR(run.LogTag("millwright.seeds", SeedsOf(spec).dump()));
  RETURN_IF_ERROR(run.LogArtifact("environment.json", Environment(spec).dump(1) + "\n"));
  return run.LogArtifact("training_spec.json", spec.source.dump(1) + "\n");
}

}  // namespace millwright::trainer
