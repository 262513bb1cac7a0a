#include "lib/learn/learners/torch/torch_params.h"

#include <algorithm>
#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

using enum Architecture;

bool IsOneOf(Architecture architecture, std::initializer_list<Architecture> those) {
  return std::find(those.begin(), those.end(), architecture) != those.end();
}

/// Reads a text that must be one of the choices.
std::string Choice(StrictObject& object, std::string_view key, std::string_view fallback,
                   const std::vector<std::string>& choices) {
  std::string text = object.Text(key, std::string(fallback));
  if (std::find(choices.begin(), choices.end(), text) == choices.end())
    object.Fail(key, Cat("\"", text.substr(0, 60), "\" must be one of ", Join(choices)));
  return text;
}

int Whole(StrictObject& object, std::string_view key, int low, int high, int fallback) {
  return static_cast<int>(object.Integer(key, low, high, fallback));
}

bool IsConvolutional(Architecture a) { return IsOneOf(a, {kCnn, kCnnLstm, kDeepCnn}); }
bool IsRecurrent(Architecture a) { return IsOneOf(a, {kLstm, kCnnLstm, kLstmAutoencoder, kRecurrentVae}); }

void ReadMlp(StrictObject& object, TorchParams& out) {
  constexpr std::size_t kMostLayers = 8;
  constexpr double kMostUnits = 8192;
  out.units = {128, 32};
  if (object.Optional("units") != nullptr) {
    out.units.clear();
    for (const double units : object.Numbers("units")) {
      if (!(units >= 1 && units <= kMostUnits && units == std::floor(units)))
        object.Fail("units", Cat(Shortest(units), " must be a whole number from 1 to ", kMostUnits));
      else
        out.units.push_back(static_cast<int>(units));
    }
    if (out.units.size() > kMostLayers) object.Fail("units", Cat("must be at most ", kMostLayers, " layers"));
  }
  out.has_linear_skip = object.Bool("linear_skip", true);
  out.input_dropout = object.Number("input_dropout", 0, 0.95, 0.0);
  out.dropout = object.Number("dropout", 0, 0.95, 0.1);
  out.clip = object.Number("clip", 0, 1e6, 0.0);
}

void ReadNetwork(Architecture a, const LearningTask& task, StrictObject& object, TorchParams& out) {
  if (a == kMlp) return ReadMlp(object, out);
  if (IsRecurrent(a) || a == kTransformer) {
    out.layers = Whole(object, "layers", 1, 8, a == kLstm || a == kTransformer ? 2 : 1);
    out.hidden = Whole(object, "hidden", 1, 2048, 64);
  }
  if (IsOneOf(a, {kLstm, kCnnLstm, kRecurrentVae})) out.bidirectional = object.Bool("bidirectional", false);
  if (IsConvolutional(a)) {
    out.conv_layers = Whole(object, "conv_layers", 1, 8, a == kDeepCnn ? 4 : a == kCnnLstm ? 2 : 3);
    out.filters = Whole(object, "filters", 1, 2048, a == kDeepCnn ? 10 : 32);
    out.kernel = Whole(object, "kernel", 1, 101, a == kDeepCnn ? 10 : 5);
  }
  if (IsOneOf(a, {kLstm, kCnnLstm, kRecurrentVae}))
    out.pool = Choice(object, "pool", "last", {"last", "mean", "max", "attention"});
  if (IsOneOf(a, {kCnn, kTransformer}))
    out.pool = Choice(object, "pool", a == kCnn ? "max" : "mean", {"last", "mean", "max", "attention", "flatten"});
  if (a == kTransformer) {
    out.attention_heads = Whole(object, "attention_heads", 1, 64, 4);
    out.feedforward = Whole(object, "feedforward", 1, 8192, 2 * out.hidden);
    if (out.attention_heads > 0 && out.hidden % out.attention_heads != 0)
      object.Fail("hidden", Cat(out.hidden, " must be a multiple of attention_heads (", out.attention_heads, ")"));
  }
  if (IsOneOf(a, {kLstmAutoencoder, kRecurrentVae})) out.latent = Whole(object, "latent", 1, 1024, a == kRecurrentVae ? 8 : 16);
  if (a == kRecurrentVae) out.kl_weight = object.Number("kl_weight", 0, 1e3, 1e-3);
  if (task.kind == Task::kAnomaly) {
    out.score_rows = Whole(object, "score_rows", 0, 100'000, 0);
    out.dense = 0;
  } else {
    out.dense = Whole(object, "dense", 0, 8192, a == kDeepCnn ? 100 : 64);
  }
  out.dropout = object.Number("dropout", 0, 0.95, a == kDeepCnn ? 0.5 : 0.1);
}

void ReadLoss(const LearningTask& task, StrictObject& object, TorchParams& out) {
  switch (task.kind) {
    case Task::kRegression:
      out.loss = Choice(object, "loss", "mse", {"mse", "mae", "huber", "late_mse", "quantile"});
      out.eval_metric = Choice(object, "eval_metric", "rmse", {"rmse", "mae", "phm_score"});
      if (out.loss == "huber") out.huber_delta = object.Number("huber_delta", 1e-6, 1e6, 1.0);
      if (out.loss == "late_mse") out.late_weight = object.Number("late_weight", 1e-3, 1e3, 2.0);
      if (out.loss == "quantile") out.quantile = object.Number("quantile", 1e-3, 1 - 1e-3, 0.5);
      out.standardizes_target = object.Bool("standardize_target", true);
      return;
    case Task::kBinary:
    case Task::kMulticlass: {
      const bool is_binary = task.kind == Task::kBinary;
      out.loss = Choice(object, "loss", "cross_entropy", {"cross_entropy"});
      out.eval_metric = is_binary ? Choice(object, "eval_metric", "logloss", {"logloss", "auc", "pr_auc"})
                                  : Choice(object, "eval_metric", "logloss", {"logloss", "accuracy"});
      const nlohmann::json* weights = object.Optional("class_weights");
      if (weights == nullptr) return;
      if (*weights == "balanced") {
        out.balances_classes = true;
        return;
      }
      const std::size_t classes = is_binary ? 2 : task.classes;
      if (!weights->is_array() || weights->size() != classes) {
        object.Fail("class_weights", Cat("must be \"balanced\" or a list of ", classes, " numbers, one a class"));
        return;
      }
      out.class_weights = object.Numbers("class_weights");
      for (const double weight : out.class_weights) {
        if (!(weight > 0 && weight <= 1e6)) object.Fail("class_weights", Cat(weight, " must be above 0 and at most 1000000"));
      }
      return;
    }
    case Task::kAnomaly:
      out.loss = Choice(object, "loss", "reconstruction", {"reconstruction"});
      out.eval_metric = Choice(object, "eval_metric", "reconstruction_error", {"reconstruction_error"});
  }
}

void ReadTraining(StrictObject& object, TorchParams& out) {
  out.batch_size = Whole(object, "batch_size", 1, 1'000'000, 256);
  out.epochs = Whole(object, "epochs", 1, 100'000, 50);
  out.learning_rate = object.Number("learning_rate", 1e-9, 10, 1e-3);
  out.optimizer = Choice(object, "optimizer", "adam", {"adam", "adamw"});
  out.weight_decay = object.Number("weight_decay", 0, 10, out.optimizer == "adamw" ? 0.01 : 0.0);
  out.schedule = Choice(object, "schedule", "none", {"none", "cosine", "step", "one_cycle"});
  if (out.schedule == "step") {
    out.step_epochs = Whole(object, "step_epochs", 1, 100'000, 10);
    out.step_factor = object.Number("step_factor", 1e-6, 1, 0.5);
  }
  out.gradient_clip = object.Number("gradient_clip", 0, 1e6, 0.0);
  out.early_stopping_patience = Whole(object, "early_stopping_patience", 0, 100'000, 0);
  out.average_epochs = Whole(object, "average_epochs", 0, 100'000, 0);
  if (out.average_epochs > 0 && out.early_stopping_patience > 0)
    object.Fail("average_epochs", "does not go with early_stopping_patience: the last epochs are not known ahead");
  out.seed = static_cast<std::uint64_t>(object.Integer("seed", 0, std::int64_t{1} << 53, 0));
  out.threads = Whole(object, "threads", 1, 256, 1);
  out.device = Choice(object, "device", "cpu", {"cpu", "cuda"});
}

}  // namespace

std::string_view Name(Architecture architecture) {
  static constexpr std::string_view kNames[] = {"lstm",          "cnn", "cnn_lstm", "deep_cnn", "transformer", "lstm_autoencoder",
                                                "recurrent_vae", "mlp"};
  return kNames[static_cast<int>(architecture)];
}

absl::StatusOr<TorchParams> ParseTorchParams(Architecture architecture, const nlohmann::json& params, const LearningTask& task,
                                             std::string_view path) {
  if (!params.is_object()) return absl::InvalidArgumentError(Cat(path, ": ", Excerpt(params), " must be an object"));
  const bool is_anomaly = task.kind == Task::kAnomaly;
  if (architecture == kLstmAutoencoder && !is_anomaly)
    return absl::InvalidArgumentError(
        Cat(path, ": lstm_autoencoder learns the target \"reconstruction\" only, not a ", Name(task.kind), " target"));
  if (architecture != kLstmAutoencoder && architecture != kRecurrentVae && is_anomaly)
    return absl::InvalidArgumentError(Cat(
        path, ": ", Name(architecture), " does not learn the target \"reconstruction\"; lstm_autoencoder and recurrent_vae do"));
  TorchParams out;
  StrictObject object(params, path);
  ReadNetwork(architecture, task, object, out);
  ReadLoss(task, object, out);
  ReadTraining(object, out);
  RETURN_IF_ERROR(object.Finish());
  return out;
}

}  // namespace millwright::learn
