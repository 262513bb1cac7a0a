#include "lib/learn/bundle/bundle.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <unordered_map>

#include "lib/base/status_macros.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr double kNetworkTolerance = 1e-4;  // of golden rows, relative above 1

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

bool IsSame(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

}  // namespace

FeatureMatrix BundleHead::Chosen(const FeatureMatrix& features) const {
  if (columns.empty()) return features;
  FeatureMatrix chosen{.rows = features.rows, .columns = columns.size()};
  chosen.values.reserve(chosen.rows * chosen.columns);
  for (std::size_t row = 0; row < features.rows; ++row) {
    const std::span<const float> values = features.Row(row);
    for (const std::size_t column : columns) chosen.values.push_back(values[column]);
  }
  return chosen;
}

HeadPrediction BundleHead::Answer(std::span<const float> raw) const {
  HeadPrediction answer{.head = name, .value = raw[0], .threshold = threshold};
  if (target.task() == Task::kMulticlass) {
    answer.probabilities.assign(raw.begin(), raw.end());
    const auto likeliest = static_cast<std::size_t>(std::max_element(raw.begin(), raw.end()) - raw.begin());
    // A NaN among them is answered as such.
    const bool is_number = std::none_of(raw.begin(), raw.end(), [](float p) { return std::isnan(p); });
    answer.value = is_number ? static_cast<double>(likeliest) : std::numeric_limits<double>::quiet_NaN();
    if (is_number && likeliest < target.labels.size()) answer.label = target.labels[likeliest];
    return answer;
  }
  if (target.kind == TargetSpec::Kind::kRul && !std::isnan(answer.value))
    answer.value = Cut(std::max(answer.value, 0.0), target.cap);
  if (threshold) answer.is_positive = answer.value >= *threshold;
  return answer;
}

void Uncross(std::span<const std::size_t> heads_by_level, std::span<HeadPrediction> answers) {
  std::vector<double> values;
  for (const std::size_t head : heads_by_level) values.push_back(answers[head].value);
  if (std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); })) return;
  std::sort(values.begin(), values.end());
  for (std::size_t i = 0; i < values.size(); ++i) answers[heads_by_level[i]].value = values[i];
}

std::vector<std::vector<std::size_t>> QuantileGroups(std::span<const BundleHead> heads) {
  std::map<std::string, std::vector<std::size_t>> by_target;
  for (std::size_t h = 0; h < heads.size(); ++h) {
    if (heads[h].quantile) by_target[ToJson(heads[h].target).dump()].push_back(h);
  }
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [target, group] : by_target) {
    if (group.size() < 2) continue;
    std::stable_sort(group.begin(), group.end(),
                     [&](std::size_t a, std::size_t b) { return *heads[a].quantile < *heads[b].quantile; });
    groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<double> GoldenValues(const HeadPrediction& head) {
  return head.probabilities.empty() ? std::vector<double>{head.value} : head.probabilities;
}

Bundle::Bundle(Parts parts)
    : parts_(std::make_shared<const Parts>(std::move(parts))), quantile_groups_(QuantileGroups(parts_->heads)) {}

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

Bundle Bundle::WithReport(nlohmann::json report) const {
  Parts parts = *parts_;
  parts.evaluation["report"] = std::move(report);
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
    if (!head.columns.empty() && features.columns != pipeline().feature_names().size())
      return absl::InvalidArgumentError(
          Cat("the rows have ", features.columns, " features and the model takes ", pipeline().feature_names().size()));
    ASSIGN_OR_RETURN(std::vector<float> values,
                     head.columns.empty() ? head.model->Predict(features) : head.model->Predict(head.Chosen(features)));
    raw.push_back(std::move(values));
  }
  std::vector<Prediction> predictions(features.rows);
  for (std::size_t row = 0; row < features.rows; ++row) {
    std::vector<HeadPrediction>& answers = predictions[row].heads;
    answers.reserve(heads().size());
    for (std::size_t h = 0; h < heads().size(); ++h) {
      const std::size_t outputs = heads()[h].model->outputs();
      answers.push_back(heads()[h].Answer(std::span(raw[h]).subspan(row * outputs, outputs)));
    }
    for (const std::vector<std::size_t>& group : quantile_groups_) Uncross(group, answers);
  }
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
      const std::vector<double> computed = GoldenValues(prediction->heads[h]);
      const std::vector<double>& trained = expected.values[h];
      // Another processor has other kernels for matrices, which round a network's last bits otherwise.
      const double allowed = heads()[h].file.ends_with(".pth") ? kNetworkTolerance : 0;
      const auto is_same = [allowed](double value, double then_value) {
        return IsSame(value, then_value) ||
               (allowed > 0 && std::abs(value - then_value) <= allowed * std::max(1.0, std::abs(then_value)));
      };
      const auto [now, then] = std::mismatch(computed.begin(), computed.end(), trained.begin(), trained.end(), is_same);
      if (now == computed.end() && then == trained.end()) continue;
      if (now == computed.end() || then == trained.end())
        return absl::DataLossError(Cat("golden row ", i, ", head \"", heads()[h].name, "\": has ", trained.size(),
                                       " values and the model gives ", computed.size()));
      return absl::DataLossError(Cat("golden row ", i, ", head \"", heads()[h].name, "\": this machine computes ", Shortest(*now),
                                     " and training computed ", Shortest(*then)));
    }
  }
  return absl::OkStatus();
}

}  // namespace millwright::learn
