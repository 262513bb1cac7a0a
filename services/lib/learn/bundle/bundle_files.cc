#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/base/files.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "lib/learn/bundle/bundle.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kMaxBundleJsonBytes = std::size_t{256} << 20;
constexpr std::size_t kMaxModelBytes = std::size_t{2} << 30;
constexpr int kFormat = 1;
constexpr std::string_view kMainFile = "millwright.json";

nlohmann::json InputToJson(std::span<const InputColumn> input) {
  nlohmann::json json = nlohmann::json::array();
  for (const InputColumn& column : input) {
    const ColumnSpec spec[] = {column.spec};
    json.push_back(SchemaToJson(spec)[0]);
    json.back()["required"] = column.is_required;
  }
  return json;
}

absl::StatusOr<std::vector<InputColumn>> InputFromJson(const nlohmann::json& json) {
  if (!json.is_array()) return absl::InvalidArgumentError("input: must be a list");
  std::vector<InputColumn> input;
  for (nlohmann::json item : json) {
    InputColumn column;
    if (item.is_object() && item.contains("required")) {
      if (!item["required"].is_boolean())
        return absl::InvalidArgumentError(Cat("input[", input.size(), "].required: must be true or false"));
      column.is_required = item["required"].get<bool>();
      item.erase("required");
    }
    ASSIGN_OR_RETURN(const std::vector<ColumnSpec> spec, SchemaFromJson(nlohmann::json::array({std::move(item)})));
    column.spec = spec[0];
    input.push_back(std::move(column));
  }
  return input;
}

std::vector<std::string> FeatureNames(const BundleHead& head, const FittedPipeline& pipeline) {
  const std::span<const std::string> all = pipeline.feature_names();
  if (head.columns.empty()) return {all.begin(), all.end()};
  std::vector<std::string> names;
  for (const std::size_t column : head.columns) names.push_back(all[column]);
  return names;
}

nlohmann::json HeadToJson(const BundleHead& head, const FittedPipeline& pipeline, const std::string& sha256) {
  nlohmann::json json{{"name", head.name},     {"target", ToJson(head.target)}, {"learner", head.learner},
                      {"params", head.params}, {"best_round", head.best_round}, {"file", head.file},
                      {"sha256", sha256}};
  if (head.threshold) json["threshold"] = *head.threshold;
  if (head.quantile) json["quantile"] = *head.quantile;
  if (!head.columns.empty()) json["features"] = FeatureNames(head, pipeline);
  return json;
}

/// How MLflow's Python opens a model file: by XGBoost, as TorchScript, or not at all.
std::string Flavors(const std::string& file) {
  const auto flavors = [&](std::string_view loader, std::string_view own) {
    return Cat("flavors:\n  python_function:\n    data: ", file, "\n    loader_module: mlflow.", loader,
               "\n    python_version: 3.11.2\n  ", loader, ":\n    code: null\n", own);
  };
  if (file.ends_with(".ubj")) {
    return flavors("xgboost", Cat("    data: ", file,
                                  "\n    model_class: xgboost.core.Booster\n    model_format: ubj\n    xgb_version: 1.7.4\n"));
  }
  if (file.ends_with(".pth")) return flavors("pytorch", Cat("    model_data: ", file, "\n    pytorch_version: 1.13.1\n"));
  return "flavors: {}\n";
}

/// What MLflow's Python reads; every text in it is quoted as JSON, which is YAML too. A network takes its features as one tensor,
/// so that what is missing stays so and the columns keep their order.
std::string MlModel(const Bundle& bundle, std::string_view content_hash) {
  const BundleHead& primary = bundle.heads()[0];
  const std::vector<std::string> names = FeatureNames(primary, bundle.pipeline());
  const auto tensor = [](const nlohmann::json& shape) {
    return nlohmann::json{{"type", "tensor"}, {"tensor-spec", {{"dtype", "float32"}, {"shape", shape}}}};
  };
  nlohmann::json inputs = nlohmann::json::array();
  if (primary.file.ends_with(".pth")) {
    inputs.push_back(tensor({-1, names.size()}));
  } else {
    for (const std::string& name : names) inputs.push_back({{"name", name}, {"type", "float"}, {"required", true}});
  }
  const nlohmann::json outputs = {
      tensor(primary.file.ends_with(".pth") ? nlohmann::json{-1, primary.model->outputs()} : nlohmann::json::array({-1}))};
  return Cat("artifact_path: model\n", Flavors(primary.file), "model_uuid: ", content_hash.substr(0, 32),
             "\nsignature:\n  inputs: ", nlohmann::json(inputs.dump()).dump(),
             "\n  outputs: ", nlohmann::json(outputs.dump()).dump(), "\n  params: null\n");
}

absl::StatusOr<BundleHead> HeadFromJson(const nlohmann::json& json, const std::string& path,
                                        std::span<const std::string> features, const std::filesystem::path& folder) {
  StrictObject object(json, path);
  BundleHead head{.name = object.Text("name"), .learner = object.Text("learner"), .params = object.Required("params")};
  head.best_round = static_cast<int>(object.Integer("best_round", 0, 1'000'000));
  head.file = object.Text("file");
  const std::string sha256 = object.Text("sha256");
  if (object.Optional("threshold") != nullptr) head.threshold = object.Number("threshold", 0, 1e300);
  // The file is one of the folder's own.
  if (head.file.empty() || head.file.find('/') != std::string::npos || head.file.starts_with('.'))
    object.Fail("file", "must be a file's name in the bundle");
  if (object.Optional("quantile") != nullptr) head.quantile = object.Number("quantile", 0, 1);
  for (const std::string& name : object.Texts("features")) {
    const auto it = std::find(features.begin(), features.end(), name);
    const auto column = static_cast<std::size_t>(it - features.begin());
    if (it == features.end() || (!head.columns.empty() && column <= head.columns.back())) {
      object.Fail("features", Cat("\"", name.substr(0, 100), "\" is no feature of the pipeline, or not in its order"));
      break;
    }
    head.columns.push_back(column);
  }
  const nlohmann::json& target = object.Required("target");
  RETURN_IF_ERROR(object.Finish());
  ASSIGN_OR_RETURN(head.target, ParseTarget(target, path + ".target"));
  const absl::StatusOr<const LearnerEntry*> learner = FindLearner(head.learner);
  if (!learner.ok()) return absl::UnimplementedError(Cat(path, ".learner: ", learner.status().message()));
  ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(folder / head.file, kMaxModelBytes));
  absl::StatusOr<std::shared_ptr<const Model>> model = (*learner)->load(bytes);
  if (!model.ok()) return absl::Status(model.status().code(), Cat(head.file, ": ", model.status().message()));
  if (base::Sha256Hex(bytes) != sha256)
    return absl::DataLossError(Cat(head.file, ": its SHA-256 differs from the one in ", kMainFile));
  head.model = *std::move(model);
  return head;
}

absl::StatusOr<std::vector<GoldenRow>> GoldenFromJson(const nlohmann::json& json) {
  if (!json.is_array()) return absl::InvalidArgumentError("golden: must be a list");
  std::vector<GoldenRow> golden;
  for (const nlohmann::json& item : json) {
    StrictObject object(item, Cat("golden[", golden.size(), "]"));
    const nlohmann::json& window = object.Required("window");
    const nlohmann::json& values = object.Required("values");
    if (!values.is_array()) object.Fail("values", "must be a list");
    RETURN_IF_ERROR(object.Finish());
    GoldenRow row;
    ASSIGN_OR_RETURN(row.window, RawWindowFromColumns(window));
    for (const nlohmann::json& value : values) {
      std::vector<double>& numbers = row.values.emplace_back();
      const auto add = [&](const nlohmann::json& one) {
        numbers.push_back(one.is_number() ? one.get<double>() : std::numeric_limits<double>::quiet_NaN());
      };
      if (value.is_array())
        for (const nlohmann::json& one : value) add(one);
      else
        add(value);
    }
    golden.push_back(std::move(row));
  }
  return golden;
}

}  // namespace

absl::StatusOr<std::string> Bundle::ContentHash() const {
  nlohmann::json models = nlohmann::json::array();
  for (const BundleHead& head : heads()) {
    ASSIGN_OR_RETURN(const std::string bytes, head.model->Serialize());
    nlohmann::json json = HeadToJson(head, pipeline(), base::Sha256Hex(bytes));
    json.erase("params");  // they are in the model as far as they matter, and the thread count does not
    models.push_back(std::move(json));
  }
  const nlohmann::json content{{"format", kFormat},
                               {"heads", models},
                               {"input", InputToJson(input())},
                               {"pipeline", pipeline().ToJson()},
                               {"reference_statistics", reference_statistics()}};
  return base::Sha256Hex(content.dump());
}

absl::StatusOr<std::map<std::string, std::string>> Bundle::Files() const {
  std::map<std::string, std::string> files;
  nlohmann::json models = nlohmann::json::array();
  std::string requirements;
  for (const BundleHead& head : heads()) {
    ASSIGN_OR_RETURN(std::string bytes, head.model->Serialize());
    models.push_back(HeadToJson(head, pipeline(), base::Sha256Hex(bytes)));
    files[head.file] = std::move(bytes);
    ASSIGN_OR_RETURN(const LearnerEntry* learner, FindLearner(head.learner));
    const std::string line = learner->requirement.empty() ? "" : Cat(learner->requirement, "\n");
    if (requirements.find(line) == std::string::npos) requirements += line;
  }
  nlohmann::json golden_rows = nlohmann::json::array();
  for (const GoldenRow& row : golden()) {
    nlohmann::json values = nlohmann::json::array();
    for (const std::vector<double>& numbers : row.values) {
      nlohmann::json of_head = nlohmann::json::array();
      for (const double value : numbers) of_head.push_back(std::isnan(value) ? nlohmann::json() : nlohmann::json(value));
      values.push_back(numbers.size() == 1 ? of_head[0] : std::move(of_head));
    }
    golden_rows.push_back({{"window", ToJson(row.window)}, {"values", std::move(values)}});
  }
  ASSIGN_OR_RETURN(const std::string content_hash, ContentHash());
  const nlohmann::json main{{"format", kFormat},
                            {"content_hash", content_hash},
                            {"heads", models},
                            {"input", InputToJson(input())},
                            {"pipeline", pipeline().ToJson()},
                            {"reference_statistics", reference_statistics()},
                            {"golden", golden_rows},
                            {"evaluation", evaluation()},
                            {"training_spec", training_spec()},
                            {"lineage", lineage()}};
  files[std::string(kMainFile)] = main.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  files["MLmodel"] = MlModel(*this, content_hash);
  files["requirements.txt"] = requirements;
  return files;
}

absl::StatusOr<std::vector<ManifestEntry>> Bundle::Manifest() const {
  ASSIGN_OR_RETURN(const auto files, Files());
  std::vector<ManifestEntry> manifest;
  for (const auto& [path, content] : files)
    manifest.push_back({.path = path, .sha256 = base::Sha256Hex(content), .size = content.size()});
  return manifest;
}

absl::Status Bundle::Save(const std::filesystem::path& folder) const {
  ASSIGN_OR_RETURN(const auto files, Files());
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return base::ErrnoStatus(error.value(), Cat("making ", folder.string()));
  // The main file last: a folder without it is no bundle.
  for (const auto& [path, content] : files) {
    if (path != kMainFile) RETURN_IF_ERROR(base::WriteFileAtomically(folder / path, content));
  }
  return base::WriteFileAtomically(folder / kMainFile, files.at(std::string(kMainFile)));
}

absl::StatusOr<Bundle> Bundle::Load(const std::filesystem::path& folder) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(folder / kMainFile, kMaxBundleJsonBytes));
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  const auto in_file = [](const absl::Status& status) {
    return absl::Status(status.code(), Cat(kMainFile, ": ", status.message()));
  };
  if (!json.is_object() || IsDeeper(json, 64)) return absl::InvalidArgumentError(Cat(kMainFile, ": is not a whole JSON object"));
  StrictObject object(json, "");
  object.Integer("format", kFormat, kFormat);
  const std::string content_hash = object.Text("content_hash");
  const nlohmann::json& heads = object.Required("heads");
  const nlohmann::json& input = object.Required("input");
  const nlohmann::json& pipeline = object.Required("pipeline");
  const nlohmann::json& golden = object.Required("golden");
  Parts parts;
  parts.reference_statistics = object.Required("reference_statistics");
  parts.evaluation = object.Required("evaluation");
  parts.training_spec = object.Required("training_spec");
  parts.lineage = object.Required("lineage");
  if (!heads.is_array() || heads.empty()) object.Fail("heads", "must be a list of at least one head");
  if (const absl::Status status = object.Finish(); !status.ok()) return in_file(status);
  absl::StatusOr<std::vector<InputColumn>> columns = InputFromJson(input);
  if (!columns.ok()) return in_file(columns.status());
  parts.input = *std::move(columns);
  absl::StatusOr<FittedPipeline> fitted = FittedPipeline::FromJson(pipeline);
  if (!fitted.ok()) return in_file(fitted.status());
  parts.pipeline = std::make_shared<const FittedPipeline>(*std::move(fitted));
  for (const std::string& name : parts.pipeline->inputs()) {
    const bool is_known =
        std::any_of(parts.input.begin(), parts.input.end(), [&](const InputColumn& column) { return column.spec.name == name; });
    if (!is_known) return absl::InvalidArgumentError(Cat(kMainFile, ": input: lacks \"", name, "\", which the pipeline reads"));
  }
  absl::StatusOr<std::vector<GoldenRow>> golden_rows = GoldenFromJson(golden);
  if (!golden_rows.ok()) return in_file(golden_rows.status());
  parts.golden = *std::move(golden_rows);
  for (std::size_t i = 0; i < heads.size(); ++i) {
    ASSIGN_OR_RETURN(BundleHead head, HeadFromJson(heads[i], Cat("heads[", i, "]"), parts.pipeline->feature_names(), folder));
    const std::size_t made = head.columns.empty() ? parts.pipeline->feature_names().size() : head.columns.size();
    if (head.model->feature_count() != made) {
      return absl::InvalidArgumentError(
          Cat(head.file, ": takes ", head.model->feature_count(), " features and the pipeline makes ", made));
    }
    const std::size_t answers = head.target.task() == Task::kMulticlass ? head.target.labels.size() : 1;
    if (head.model->outputs() != answers)
      return absl::InvalidArgumentError(
          Cat(head.file, ": gives ", head.model->outputs(), " values a row and the head has ", answers));
    parts.heads.push_back(std::move(head));
  }
  Bundle bundle(std::move(parts));
  ASSIGN_OR_RETURN(const std::string computed, bundle.ContentHash());
  if (computed != content_hash) return absl::DataLossError(Cat(kMainFile, ": its content differs from its content_hash"));
  RETURN_IF_ERROR(bundle.CheckGolden());
  return bundle;
}

}  // namespace millwright::learn
