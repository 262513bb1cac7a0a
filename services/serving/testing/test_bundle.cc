#include "serving/testing/test_bundle.h"

#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/sha256.h"
#include "lib/learn/training/training.h"

namespace millwright::serving {
namespace {

constexpr char kSpec[] = R"({
  "asset": "asset",
  "time": {"column": "time", "unit": "s"},
  "features": {"window": 3, "min_rows": 3, "steps": [
    {"op": "select", "columns": ["a", "b"]}, {"op": "impute"}, {"op": "window", "stats": ["mean", "last"]}]},
  "split": {"by": "asset", "validation": 0.25, "test": 0.0, "seed": 1},
  "heads": [{"name": "y", "target": {"kind": "column", "column": "y"}, "learner": "xgboost",
             "params": {"n_estimators": 20, "max_depth": 3, "learning_rate": 0.5, "seed": 1}}]
})";

learn::Table TinyTable(double level) {
  learn::Column asset{.spec = {"asset", learn::ColumnRole::kAsset, learn::ColumnType::kText, ""}};
  learn::Column time{.spec = {"time", learn::ColumnRole::kTime, learn::ColumnType::kNumber, "s"}};
  learn::Column a{.spec = {"a", learn::ColumnRole::kSensor, learn::ColumnType::kNumber, ""}};
  learn::Column b{.spec = {"b", learn::ColumnRole::kSensor, learn::ColumnType::kNumber, ""}};
  learn::Column y{.spec = {"y", learn::ColumnRole::kLabel, learn::ColumnType::kNumber, ""}};
  for (int pump = 0; pump < 4; ++pump) {
    for (int row = 0; row < 40; ++row) {
      asset.texts.push_back(absl::StrCat("p", pump));
      time.numbers.push_back(60.0 * row);
      a.numbers.push_back((row * 7 + pump) % 10);
      b.numbers.push_back((row * 3 + pump) % 5);
      y.numbers.push_back(level + a.numbers.back());
    }
  }
  learn::Table table;
  for (learn::Column* column : {&asset, &time, &a, &b, &y}) CHECK_OK(table.AddColumn(std::move(*column)));
  return table;
}

class ConstantModel : public learn::Model {
 public:
  ConstantModel(std::optional<float> value, std::size_t features) : value_(value), features_(features) {}
  absl::StatusOr<std::vector<float>> Predict(const learn::FeatureMatrix& features) const override {
    if (!value_) return absl::InternalError("the learner library gave up");
    return std::vector<float>(features.rows, *value_);
  }
  std::size_t feature_count() const override { return features_; }
  absl::StatusOr<std::string> Serialize() const override { return absl::UnimplementedError("only in memory"); }

 private:
  std::optional<float> value_;
  std::size_t features_;
};

}  // namespace

learn::Bundle TrainTestBundle(double level) {
  const auto spec = learn::ParseTrainingSpec(nlohmann::json::parse(kSpec));
  CHECK_OK(spec.status());
  auto trained = learn::Train(TinyTable(level), *spec);
  CHECK_OK(trained.status());
  return trained->bundle;
}

learn::Bundle TrainBundleOfKinds() {
  nlohmann::json json = nlohmann::json::parse(kSpec);
  json["heads"].push_back(nlohmann::json::parse(R"({"name": "move", "params": {"n_estimators": 20},
    "target": {"kind": "change_class", "column": "a", "horizon": 1, "thresholds": [-4, 4], "labels": ["fall", "small", "surge"]}})"));
  json["heads"].push_back(nlohmann::json::parse(
      R"({"name": "odd", "learner": "pca_monitor", "target": {"kind": "reconstruction"}, "threshold": {"value": 3}})"));
  const auto spec = learn::ParseTrainingSpec(json);
  CHECK_OK(spec.status());
  auto trained = learn::Train(TinyTable(0), *spec);
  CHECK_OK(trained.status());
  return trained->bundle;
}

learn::Bundle TrainTextBundle() {
  nlohmann::json json = nlohmann::json::parse(kSpec);
  json["features"]["steps"].insert(json["features"]["steps"].begin() + 2,
                                   nlohmann::json::object({{"op", "encode"}, {"column", "kind"}}));
  json["heads"][0]["target"]["column"] = "heat";
  const auto spec = learn::ParseTrainingSpec(json);
  CHECK_OK(spec.status());
  learn::Table table = TinyTable(0);
  learn::Column kind{.spec = {"kind", learn::ColumnRole::kSetting, learn::ColumnType::kText, ""}};
  learn::Column heat{.spec = {"heat", learn::ColumnRole::kLabel, learn::ColumnType::kNumber, ""}};
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const bool is_hot = row % 3 == 0;
    kind.texts.emplace_back(is_hot ? "hot" : "cold");
    heat.numbers.push_back(table.Find("a")->numbers[row] + (is_hot ? 100 : 0));
  }
  for (learn::Column* column : {&kind, &heat}) CHECK_OK(table.AddColumn(std::move(*column)));
  auto trained = learn::Train(table, *spec);
  CHECK_OK(trained.status());
  return trained->bundle;
}

learn::Bundle BundleAnswering(std::optional<float> value) {
  const learn::Bundle trained = TrainTestBundle(0);
  learn::Bundle::Parts parts;
  parts.input.assign(trained.input().begin(), trained.input().end());
  parts.pipeline = std::make_shared<const learn::FittedPipeline>(trained.pipeline());
  parts.heads.assign(trained.heads().begin(), trained.heads().end());
  parts.heads[0].model = std::make_shared<ConstantModel>(value, parts.pipeline->feature_names().size());
  return learn::Bundle(std::move(parts));
}

double AnswerToGoodBody(const learn::Bundle& bundle) {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const auto prediction = bundle.PredictWindow({.columns = {"time", "a", "b"}, .values = {0, 1, 2, 60, 2, missing, 120, 3, 4}});
  CHECK_OK(prediction.status());
  return prediction->heads[0].value;
}

absl::Status MemoryBlobs::Read(const base::WorkspaceId&, const std::string& sha256,
                               const std::function<absl::Status(absl::string_view)>& sink) {
  ++reads;
  if (!failure.ok()) return failure;
  const auto found = blobs.find(sha256);
  return found == blobs.end() ? absl::NotFoundError("no such blob") : sink(found->second);
}

Arm MemoryBlobs::Add(const learn::Bundle& bundle, int version) {
  const auto files = bundle.Files();
  CHECK_OK(files.status());
  Arm arm{.version = version, .content_hash = bundle.ContentHash().value()};
  for (const auto& [path, content] : *files) {
    const std::string sha256 = base::Sha256Hex(content);
    blobs[sha256] = content;
    arm.files.push_back({path, sha256, content.size()});
  }
  return arm;
}

}  // namespace millwright::serving
