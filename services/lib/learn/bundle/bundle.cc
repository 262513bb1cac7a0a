#include "lib/learn/bundle/bundle.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <unordered_map>

#include "lib/base/status_macros.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

/// Where a pipeline input's values stand in the window; nowhere for a time that the pipeline can do without.
struct Place {
  std::optional<std::size_t> column;
  const std::vector<std::string>* texts = nullptr;
};

absl::StatusOr<std::vector<Place>> Locate(const Bundle& bundle, const RawWindow& window) {
  std::unordered_map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < window.columns.size(); ++i) {
    const std::string& name = window.columns[i];
    if (!index.try_emplace(name, i).second) return absl::InvalidArgumentError(Cat("column \"", name, "\" is there twice"));
    const auto known = std::find_if(bundle.input().begin(), bundle.input().end(),
                                    [&](const InputColumn& column) { return column.spec.name == name; });
    if (known != bundle.input().end()) continue;
    std::vector<std::string> names;
    for (const InputColumn& column : bundle.input()) names.push_back(column.spec.name);
    return absl::InvalidArgumentError(Cat("unknown column \"", name.substr(0, 100), "\"; the model knows ", Join(names)));
  }
  for (const auto& [name, texts] : window.texts) {
    if (texts.size() != window.rows())
      return absl::InvalidArgumentError(Cat("column \"", name, "\" has ", texts.size(), " texts for ", window.rows(), " rows"));
  }
  std::vector<Place> places;
  for (const RowLayout::Input& raw : bundle.pipeline().raw_inputs()) {
    const std::string& input = raw.name;
    const auto texts = window.texts.find(input);
    const auto it = index.find(input);
    if (raw.is_text && it != index.end())
      return absl::InvalidArgumentError(Cat("column \"", input, "\" holds numbers; the model reads texts there"));
    if (raw.is_text ? texts != window.texts.end() : it != index.end()) {
      places.push_back(raw.is_text ? Place{.texts = &texts->second} : Place{.column = it->second});
      continue;
    }
    if (Bundle::IsRequired(bundle.pipeline(), input)) {
      return absl::InvalidArgumentError(Cat("missing column \"", input, "\"; the model reads ", Join(bundle.pipeline().inputs()),
                                            " (null where a value is missing)"));
    }
    places.push_back({});
  }
  return places;
}

absl::Status TooShort(const FittedPipeline& pipeline, const FeatureStream& stream, std::size_t given) {
  const HistoryNeed need = pipeline.history();
  std::string what = Cat("the model needs ", need.min_rows, " rows of the asset's history",
                         need.since_start ? " since its start" : "", ", oldest first, and got ", given);
  if (stream.restarts() > 0)
    what += Cat(", of which ", stream.rows(), " since the history last restarted (a gap or a changed ",
                pipeline.spec().restart.column.empty() ? "segment" : pipeline.spec().restart.column, ")");
  return absl::FailedPreconditionError(what);
}

Prediction Answers(const Bundle& bundle, std::span<const std::vector<float>> raw, std::size_t row) {
  Prediction prediction;
  for (std::size_t h = 0; h < bundle.heads().size(); ++h) {
    const BundleHead& head = bundle.heads()[h];
    HeadPrediction answer{.head = head.name, .value = head.Answer(raw[h][row]), .threshold = head.threshold};
    if (head.threshold) answer.is_positive = answer.value >= *head.threshold;
    prediction.heads.push_back(std::move(answer));
  }
  return prediction;
}

}  // namespace

double BundleHead::Answer(float raw) const {
  const double value = raw;
  if (target.kind != TargetSpec::Kind::kRul || std::isnan(value)) return value;
  return Cut(std::max(value, 0.0), target.cap);
}

Bundle::Bundle(Parts parts) : parts_(std::make_shared<const Parts>(std::move(parts))) {}

Bundle Bundle::WithLineage(nlohmann::json lineage) const {
  Parts parts = *parts_;
  parts.lineage = std::move(lineage);
  return Bundle(std::move(parts));
}

Bundle Bundle::WithEvaluation(const std::map<std::string, double>& metrics) const {
  Parts parts = *parts_;
  for (const auto& [name, value] : metrics) parts.evaluation[name] = value;
  return Bundle(std::move(parts));
}

bool Bundle::IsRequired(const FittedPipeline& pipeline, std::string_view column) {
  const auto inputs = pipeline.inputs();
  if (std::find(inputs.begin(), inputs.end(), column) == inputs.end()) return false;
  return column != pipeline.spec().time_column || pipeline.needs_time();
}

absl::StatusOr<Prediction> Bundle::PredictWindow(const RawWindow& window) const {
  ASSIGN_OR_RETURN(const std::vector<Place> places, Locate(*this, window));
  FeatureStream stream = NewStream();
  std::vector<double> row(places.size());
  for (std::size_t r = 0; r < window.rows(); ++r) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i].texts != nullptr)
        row[i] = CategoryNumber(*pipeline().categories()[i], (*places[i].texts)[r]);
      else
        row[i] = places[i].column ? window.values[r * window.columns.size() + *places[i].column] : static_cast<double>(r);
      if (std::isinf(row[i]))
        return absl::InvalidArgumentError(Cat("row ", r + 1, ", column \"", pipeline().inputs()[i],
                                              "\": an infinite value; values must be finite, or null where missing"));
    }
    if (const absl::Status status = stream.Push(row); !status.ok())
      return absl::Status(status.code(), Cat("row ", r + 1, ": ", status.message()));
  }
  if (!stream.IsReady()) return TooShort(pipeline(), stream, window.rows());
  const PipelineSpec& spec = pipeline().spec();
  if (spec.first_time && history().since_start && stream.restarts() == 0 && stream.first_time() != *spec.first_time) {
    return absl::FailedPreconditionError(Cat("the model needs the asset's history since its start: the first row must have ",
                                             spec.time_column, " ", Shortest(*spec.first_time), " and has ",
                                             Shortest(stream.first_time())));
  }
  return PredictStream(stream);
}

absl::StatusOr<Prediction> Bundle::PredictStream(FeatureStream& stream) const {
  if (!stream.IsReady()) return TooShort(pipeline(), stream, stream.rows());
  FeatureMatrix features;
  AppendRow(features, stream.Features());
  ASSIGN_OR_RETURN(std::vector<Prediction> predictions, PredictFeatures(features));
  return std::move(predictions[0]);
}

absl::StatusOr<std::vector<Prediction>> Bundle::PredictFeatures(const FeatureMatrix& features) const {
  std::vector<std::vector<float>> raw;
  for (const BundleHead& head : heads()) {
    ASSIGN_OR_RETURN(std::vector<float> values, head.model->Predict(features));
    raw.push_back(std::move(values));
  }
  std::vector<Prediction> predictions;
  predictions.reserve(features.rows);
  for (std::size_t row = 0; row < features.rows; ++row) predictions.push_back(Answers(*this, raw, row));
  return predictions;
}

absl::Status Bundle::CheckGolden() const {
  for (std::size_t i = 0; i < golden().size(); ++i) {
    const GoldenRow& expected = golden()[i];
    const absl::StatusOr<Prediction> prediction = PredictWindow(expected.window);
    if (!prediction.ok()) return absl::DataLossError(Cat("golden row ", i, " cannot be scored: ", prediction.status().message()));
    if (expected.values.size() != heads().size())
      return absl::DataLossError(
          Cat("golden row ", i, " has ", expected.values.size(), " values for ", heads().size(), " heads"));
    for (std::size_t h = 0; h < heads().size(); ++h) {
      const double value = prediction->heads[h].value;
      const double trained = expected.values[h];
      const bool is_same = std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(trained) ||
                           (std::isnan(value) && std::isnan(trained));
      if (is_same) continue;
      return absl::DataLossError(Cat("golden row ", i, ", head \"", heads()[h].name, "\": this machine computes ",
                                     Shortest(value), " and training computed ", Shortest(trained)));
    }
  }
  return absl::OkStatus();
}

}  // namespace millwright::learn
