#include "lib/learn/learners/torch/torch_model.h"

#include <cmath>
#include <cstring>
#include <sstream>

#include "lib/base/status_macros.h"
#include "lib/learn/learners/torch/module.h"
#include "lib/learn/strict_json.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kAboutFile = "millwright.json";
constexpr int kFormat = 1;
constexpr std::size_t kMaxFeatures = 2'000'000;
constexpr std::size_t kMaxOutputs = 10'000;

// Matrix kernels round a row differently among 2 rows and among 64, but alike at every place of a batch of one size. So every row
// is scored in a chunk of 8, filled up with zeros: the same row gives the same bits alone and among others. A single row
// takes 1.3 times as long as alone, many rows a sixth (LSTM of 24 units over 30 rows: 1.0 ms a call, 0.13 ms a row).
constexpr std::size_t kRowsAtOnce = 8;

class TorchModel : public Model {
 public:
  TorchModel(torch::jit::Module module, std::string bytes, std::size_t features, std::size_t outputs)
      : module_(std::move(module)),
        forward_(module_.get_method("forward")),
        bytes_(std::move(bytes)),
        features_(features),
        outputs_(outputs) {}

  absl::StatusOr<std::vector<float>> Predict(const FeatureMatrix& features) const override {
    if (features.columns != features_)
      return absl::InvalidArgumentError(Cat("the rows have ", features.columns, " features and the model takes ", features_));
    return Guarded(absl::StatusCode::kInternal, "predicting", [&] { return Score(features); });
  }
  std::size_t feature_count() const override { return features_; }
  std::size_t outputs() const override { return outputs_; }
  absl::StatusOr<std::string> Serialize() const override { return bytes_; }

 private:
  absl::StatusOr<std::vector<float>> Score(const FeatureMatrix& features) const;

  torch::jit::Module module_;
  torch::jit::Method forward_;
  std::string bytes_;
  std::size_t features_;
  std::size_t outputs_;
};

absl::StatusOr<std::vector<float>> TorchModel::Score(const FeatureMatrix& features) const {
  const c10::InferenceMode inference;
  const PlainExecution plain(false);
  UseThreads(1);
  std::vector<float> values;
  values.reserve(features.rows * outputs_);
  for (std::size_t begin = 0; begin < features.rows; begin += kRowsAtOnce) {
    const std::size_t rows = std::min(kRowsAtOnce, features.rows - begin);
    at::Tensor chunk = at::zeros({static_cast<std::int64_t>(kRowsAtOnce), static_cast<std::int64_t>(features_)});
    std::memcpy(chunk.data_ptr<float>(), features.values.data() + begin * features_, rows * features_ * sizeof(float));
    torch::jit::Method forward = forward_;
    const at::Tensor answers = forward({chunk}).toTensor().contiguous();
    if (answers.scalar_type() != at::kFloat || answers.dim() != 2 || answers.size(0) != static_cast<std::int64_t>(kRowsAtOnce) ||
        answers.size(1) != static_cast<std::int64_t>(outputs_))
      return absl::InvalidArgumentError(Cat("the model's forward does not give ", outputs_, " float32 values a row"));
    values.insert(values.end(), answers.data_ptr<float>(), answers.data_ptr<float>() + rows * outputs_);
  }
  return values;
}

}  // namespace

std::string ExportModule(const torch::jit::Module& module, std::size_t features, std::size_t outputs) {
  const nlohmann::json about{{"format", kFormat}, {"features", features}, {"outputs", outputs}};
  std::ostringstream out;
  module.save(out, {{std::string(kAboutFile), about.dump()}});
  return std::move(out).str();
}

absl::StatusOr<std::shared_ptr<const Model>> LoadTorch(std::string_view bytes) {
  return Guarded(absl::StatusCode::kInvalidArgument, "reading the model", [&]() -> absl::StatusOr<std::shared_ptr<const Model>> {
    if (!bytes.starts_with("PK")) return absl::InvalidArgumentError("it is not a TorchScript archive");
    const PlainExecution plain(false);
    std::istringstream in{std::string(bytes)};
    torch::jit::ExtraFilesMap extra{{std::string(kAboutFile), ""}};
    torch::jit::Module module = torch::jit::load(in, at::kCPU, extra);
    const std::string& text = extra.at(std::string(kAboutFile));
    const nlohmann::json about = nlohmann::json::parse(text, nullptr, false);
    if (!about.is_object()) return absl::InvalidArgumentError(Cat("it has no ", kAboutFile, ", so its features are not known"));
    StrictObject object(about, kAboutFile);
    object.Integer("format", kFormat, kFormat);
    const auto features = static_cast<std::size_t>(object.Integer("features", 1, kMaxFeatures));
    const auto outputs = static_cast<std::size_t>(object.Integer("outputs", 1, kMaxOutputs));
    RETURN_IF_ERROR(object.Finish());
    if (!module.find_method("forward")) return absl::InvalidArgumentError("it has no method forward");
    auto model = std::make_shared<TorchModel>(std::move(module), std::string(bytes), features, outputs);
    const FeatureMatrix one{.rows = 1, .columns = features, .values = std::vector<float>(features)};
    const absl::Status scored = model->Predict(one).status();
    if (!scored.ok()) return absl::InvalidArgumentError(scored.message());
    return model;
  });
}

}  // namespace millwright::learn
