#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/target.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// The shapes of network there are; network.h says what each is.
enum class Architecture { kLstm, kCnn, kCnnLstm, kDeepCnn, kTransformer, kLstmAutoencoder, kRecurrentVae, kMlp };
/// As a spec names it: "cnn_lstm".
std::string_view Name(Architecture architecture);

/// Checked parameters of a network head; the README has their JSON.
struct TorchParams {
  // The network.
  int layers = 2;   // recurrent or attention layers
  int hidden = 64;  // units of a recurrent layer, width of an attention layer
  bool bidirectional = false;
  int conv_layers = 3;
  int filters = 32;
  int kernel = 5;    // rows
  std::string pool;  // last, mean, max, attention, flatten: how rows become one vector
  int attention_heads = 4;
  int feedforward = 128;
  int latent = 16;
  double kl_weight = 1e-3;
  int dense = 64;               // units of the layer before the output; 0: none
  std::vector<int> units;       // of each hidden layer of an mlp
  bool has_linear_skip = true;  // an mlp's answer is added to that of a linear layer over its inputs
  double input_dropout = 0;     // of an mlp
  double clip = 0;              // standard deviations at which an mlp's inputs are cut; 0: nowhere
  double dropout = 0.1;
  int score_rows = 0;  // of an autoencoder: the newest rows whose error is the score; 0: all
  // The training.
  int batch_size = 256;
  int epochs = 50;
  double learning_rate = 1e-3;
  std::string optimizer;  // adam, adamw
  double weight_decay = 0;
  std::string schedule;  // none, cosine, step, one_cycle
  int step_epochs = 10;
  double step_factor = 0.5;
  double gradient_clip = 0;         // the largest norm of all gradients together; 0: none
  int early_stopping_patience = 0;  // epochs without a better eval_metric; 0: never stops early
  std::string eval_metric;
  std::string loss;        // mse, mae, huber, late_mse, quantile, cross_entropy, reconstruction
  double huber_delta = 1;  // in standard deviations of the target
  double late_weight = 2;  // of late_mse: how many times a prediction above the truth counts
  double quantile = 0.5;
  bool balances_classes = false;
  std::vector<double> class_weights;  // one a class; empty: all the same
  bool standardizes_target = true;
  int average_epochs = 0;  // the model is the mean of the weights after each of the last so many epochs; 0: none
  std::uint64_t seed = 0;
  int threads = 1;
  std::string device;  // cpu, cuda
};

/// Strict: InvalidArgument names a parameter that the architecture does not have or a value out of range, prefixed with `path`,
/// and a task that the architecture cannot learn.
absl::StatusOr<TorchParams> ParseTorchParams(Architecture architecture, const nlohmann::json& params, const LearningTask& task,
                                             std::string_view path);

}  // namespace millwright::learn
