#include "lib/learn/learners/torch/script_writer.h"

#include <cmath>

#include "lib/learn/text.h"

namespace millwright::learn {

void ScriptWriter::Line(std::string_view text) { text_ += Cat("    ", text, "\n"); }

std::string ScriptWriter::Parameter(std::vector<std::int64_t> shape, NetworkParameter::Init init, double scale) {
  std::string name = Cat("w", parameters_.size());
  parameters_.push_back({.name = name, .shape = std::move(shape), .init = init, .scale = scale});
  return Cat("self.", name);
}

int ScriptWriter::Noise(std::vector<std::int64_t> shape, double dropout) {
  noise_.push_back({.shape = std::move(shape), .dropout = dropout});
  return static_cast<int>(noise_.size()) - 1;
}

int ScriptWriter::Lstm(std::string_view variable, int in, int hidden, bool bidirectional) {
  const int directions = bidirectional ? 2 : 1;
  const double bound = 1 / std::sqrt(hidden);
  std::vector<std::string> weights;
  for (int direction = 0; direction < directions; ++direction) {
    weights.push_back(Uniform({4 * hidden, in}, bound));
    weights.push_back(Uniform({4 * hidden, hidden}, bound));
    weights.push_back(Uniform({4 * hidden}, bound));
    weights.push_back(Uniform({4 * hidden}, bound));
  }
  Line(Cat("zero = torch.zeros([", directions, ", ", variable, ".size(0), ", hidden, "], dtype=", variable,
           ".dtype, device=", variable, ".device)"));
  Line(Cat(variable, ", last_h, last_c = torch.lstm(", variable, ", [zero, zero], [", Join(weights), "], True, 1, 0.0, False, ",
           bidirectional ? "True" : "False", ", True)"));
  return directions * hidden;
}

void ScriptWriter::Linear(std::string_view variable, int in, int out) {
  const double bound = 1 / std::sqrt(in);
  const std::string weight = Uniform({out, in}, bound);
  const std::string bias = Uniform({out}, bound);
  Line(Cat(variable, " = torch.linear(", variable, ", ", weight, ", ", bias, ")"));
}

void ScriptWriter::Convolution(std::string_view variable, int in, int out, int kernel) {
  const double bound = 1 / std::sqrt(in * kernel);
  const std::string weight = Uniform({out, in, kernel}, bound);
  const std::string bias = Uniform({out}, bound);
  // An even kernel looks one row further back than ahead.
  if (kernel > 1)
    Line(Cat(variable, " = torch.constant_pad_nd(", variable, ", [", kernel / 2, ", ", (kernel - 1) / 2, "], 0.0)"));
  Line(Cat(variable, " = torch.conv1d(", variable, ", ", weight, ", ", bias, ", [1], [0], [1], 1)"));
}

void ScriptWriter::LayerNorm(std::string_view variable, int width) {
  const std::string weight = Parameter({width}, NetworkParameter::Init::kConstant, 1);
  const std::string bias = Parameter({width}, NetworkParameter::Init::kConstant, 0);
  Line(Cat(variable, " = torch.layer_norm(", variable, ", [", width, "], ", weight, ", ", bias, ", 1e-05, False)"));
}

void ScriptWriter::Attention(std::string_view variable, int rows, int width, int heads) {
  const int each = width / heads;
  for (const char* part : {"query", "key", "value"}) {
    Line(Cat(part, " = ", variable));
    Linear(part, width, width);
    Line(Cat(part, " = torch.transpose(torch.reshape(", part, ", [-1, ", rows, ", ", heads, ", ", each, "]), 1, 2)"));
  }
  Line(Cat("weight = torch.softmax(torch.matmul(query, torch.transpose(key, 2, 3)) * ", Shortest(1 / std::sqrt(each)), ", 3)"));
  Line(Cat(variable, " = torch.reshape(torch.transpose(torch.matmul(weight, value), 1, 2), [-1, ", rows, ", ", width, "])"));
  Linear(variable, width, width);
}

void ScriptWriter::Dropout(std::string_view variable, std::vector<std::int64_t> shape, double rate) {
  if (rate <= 0) return;
  const int place = Noise(std::move(shape), rate);
  Line("if len(noise) > 0:");
  Line(Cat("    ", variable, " = ", variable, " * noise[", place, "]"));
}

int ScriptWriter::Pool(std::string_view variable, std::string_view pool, int rows, int width, int half) {
  if (pool == "last" && half > 0) {
    Line(Cat(variable, " = torch.cat([", variable, "[:, -1, :", half, "], ", variable, "[:, 0, ", half, ":]], 1)"));
  } else if (pool == "last") {
    Line(Cat(variable, " = ", variable, "[:, -1]"));
  } else if (pool == "mean") {
    Line(Cat(variable, " = torch.mean(", variable, ", [1])"));
  } else if (pool == "max") {
    Line(Cat(variable, " = torch.amax(", variable, ", [1])"));
  } else if (pool == "flatten") {
    Line(Cat(variable, " = torch.reshape(", variable, ", [-1, ", rows * width, "])"));
    return rows * width;
  } else {
    Line(Cat("weight = ", variable));
    Linear("weight", width, 1);
    Line(Cat(variable, " = torch.sum(", variable, " * torch.softmax(weight, 1), [1])"));
  }
  return width;
}

}  // namespace millwright::learn
