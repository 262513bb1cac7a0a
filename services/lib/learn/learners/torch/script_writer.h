#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millwright::learn {

/// A trained tensor of a network and how it begins.
struct NetworkParameter {
  enum class Init { kUniform, kNormal, kConstant };
  std::string name;
  std::vector<std::int64_t> shape;
  Init init = Init::kUniform;
  double scale = 0;  // uniform in [-scale, scale], the standard deviation, or the constant
};

/// Random numbers that a training step gives a network, one tensor of shape [batch, …] a step; scoring gives none.
struct NetworkNoise {
  std::vector<std::int64_t> shape;  // without the batch
  double dropout = 0;               // 0 with this probability, else 1 / (1 - dropout); when it is 0: standard normal
};

/// Writes the TorchScript of a network layer by layer: each call appends lines that take the variable of that name and put the
/// result there, and declares the parameters they need. Weights begin as PyTorch's layers do.
class ScriptWriter {
 public:
  void Line(std::string_view text);

  /// An LSTM layer over `in` columns [batch, rows, in] → [batch, rows, hidden × directions]. Answers with its width.
  int Lstm(std::string_view variable, int in, int hidden, bool bidirectional);
  /// [batch, …, in] → [batch, …, out].
  void Linear(std::string_view variable, int in, int out);
  /// A convolution along the rows with as many rows out as in: [batch, in, rows] → [batch, out, rows].
  void Convolution(std::string_view variable, int in, int out, int kernel);
  /// [batch, rows, width], each row to mean 0 and sd 1, then a trained scale and offset.
  void LayerNorm(std::string_view variable, int width);
  /// Multi-head self-attention over the rows: [batch, rows, width] → the same.
  void Attention(std::string_view variable, int rows, int width, int heads);
  void Dropout(std::string_view variable, std::vector<std::int64_t> shape, double rate);
  /// [batch, rows, width] → [batch, width], or [batch, rows × width] for flatten. Answers with the width. `half` is the width of
  /// one direction of a bidirectional layer, whose last row is at the other end; 0 for one direction.
  int Pool(std::string_view variable, std::string_view pool, int rows, int width, int half);

  /// Declares a parameter and answers with what the script calls it.
  std::string Parameter(std::vector<std::int64_t> shape, NetworkParameter::Init init, double scale);
  /// Declares noise and answers with its place in the list.
  int Noise(std::vector<std::int64_t> shape, double dropout);

  std::string TakeText() { return std::move(text_); }
  std::vector<NetworkParameter> TakeParameters() { return std::move(parameters_); }
  std::vector<NetworkNoise> TakeNoise() { return std::move(noise_); }

 private:
  std::string Uniform(std::vector<std::int64_t> shape, double scale) {
    return Parameter(std::move(shape), NetworkParameter::Init::kUniform, scale);
  }

  std::string text_;
  std::vector<NetworkParameter> parameters_;
  std::vector<NetworkNoise> noise_;
};

}  // namespace millwright::learn
