#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/matrix.h"
#include "lib/learn/features/target.h"
#include "lib/learn/learners/torch/script_writer.h"
#include "lib/learn/learners/torch/torch_params.h"

namespace millwright::learn {

/// A network as TorchScript source and what it needs. The same methods train and serve:
///   raw(x, noise): x [batch, columns of the feature matrix] → (answers before the last function [batch, outputs], penalty
///   [batch]) forward(x): the answers as Model::Predict gives them, [batch, outputs]
/// Inputs are standardised with `input_mean` and `input_scale` (buffers, one a column of the matrix: a column of the sequence has
/// one pair for all its rows); what is missing becomes 0, the mean. A number is answered as answer × `target_scale` +
/// `target_mean`.
struct Network {
  std::string script;
  std::vector<NetworkParameter> parameters;
  std::vector<NetworkNoise> noise;
  std::size_t outputs = 1;
};

/// The network of this architecture for these columns. InvalidArgument when there is no sequence (an mlp needs none) or it has
/// too many values.
///   lstm: LSTM layers, pooled over the rows
///   cnn: convolutions along the rows, ReLU, pooled
///   cnn_lstm: such convolutions, then LSTM layers
///   deep_cnn: Li, Ding and Sun, "Remaining useful life estimation in prognostics using deep convolution neural networks",
///   Reliability
///     Engineering & System Safety 172 (2018): each column convolved by itself along the rows, tanh, one joining filter of 3
///     rows, dropout, a dense layer
///   transformer: Vaswani et al., "Attention is all you need", NeurIPS 2017: encoder layers, the norm before each part, trained
///   positions lstm_autoencoder: Malhotra et al., "LSTM-based encoder-decoder for multi-sensor anomaly detection", 2016; the
///   score is the mean
///     squared error of the standardised sequence
///   recurrent_vae: Costa and Sánchez, "Variational encoding approach for interpretable assessment of remaining useful life
///   estimation",
///     Reliability Engineering & System Safety 222 (2022): an LSTM encoder to a latent normal distribution, kl_weight × its
///     divergence from the standard normal one in the loss, and a dense head on the mean; for anomalies an LSTM decoder, and the
///     score is the reconstruction error of the mean + kl_weight × the divergence
///   mlp: dense layers with ReLU over all columns, a sequence's among them, beside a linear layer that begins at 0
/// Static columns join the pooled vector before the dense layer; autoencoders pass over them.
absl::StatusOr<Network> MakeNetwork(Architecture architecture, const TorchParams& params, const LearningTask& task,
                                    const FeatureLayout& layout);

}  // namespace millwright::learn
