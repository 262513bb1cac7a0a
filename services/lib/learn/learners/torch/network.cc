#include "lib/learn/learners/torch/network.h"

#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kMaxSequenceValues = 1'000'000;

/// What an architecture is built of.
struct Plan {
  const TorchParams& params;
  LearningTask task;
  int rows = 0;
  int columns = 0;
  int statics = 0;
  int outputs = 1;
};

/// Each writes lines that turn h [batch, rows, columns] into a vector [batch, width] and answers with the width.
using Body = int (*)(const Plan& plan, ScriptWriter& w);

int LstmLayers(const Plan& plan, int width, ScriptWriter& w) {
  const TorchParams& p = plan.params;
  for (int layer = 0; layer < p.layers; ++layer) {
    if (layer > 0) w.Dropout("h", {plan.rows, width}, p.dropout);
    width = w.Lstm("h", width, p.hidden, p.bidirectional);
  }
  return w.Pool("h", p.pool, plan.rows, width, p.bidirectional ? p.hidden : 0);
}

int Convolutions(const Plan& plan, ScriptWriter& w) {
  const TorchParams& p = plan.params;
  int width = plan.columns;
  w.Line("h = torch.transpose(h, 1, 2)");
  for (int layer = 0; layer < p.conv_layers; ++layer) {
    w.Convolution("h", width, p.filters, p.kernel);
    w.Line("h = torch.relu(h)");
    width = p.filters;
    if (layer + 1 < p.conv_layers) w.Dropout("h", {width, plan.rows}, p.dropout);
  }
  w.Line("h = torch.transpose(h, 1, 2)");
  return width;
}

int Lstm(const Plan& plan, ScriptWriter& w) { return LstmLayers(plan, plan.columns, w); }

int Cnn(const Plan& plan, ScriptWriter& w) {
  const int width = Convolutions(plan, w);
  return w.Pool("h", plan.params.pool, plan.rows, width, 0);
}

int CnnLstm(const Plan& plan, ScriptWriter& w) {
  const int width = Convolutions(plan, w);
  return LstmLayers(plan, width, w);
}

int DeepCnn(const Plan& plan, ScriptWriter& w) {
  const TorchParams& p = plan.params;
  w.Line("h = torch.unsqueeze(h, 1)");
  int in = 1;
  for (int layer = 0; layer <= p.conv_layers; ++layer) {
    const bool is_joining = layer == p.conv_layers;
    const int out = is_joining ? 1 : p.filters;
    const int kernel = is_joining ? 3 : p.kernel;
    const double xavier = std::sqrt(6.0 / ((in + out) * kernel));
    const std::string weight = w.Parameter({out, in, kernel, 1}, NetworkParameter::Init::kUniform, xavier);
    const std::string bias = w.Parameter({out}, NetworkParameter::Init::kConstant, 0);
    if (kernel > 1) w.Line(Cat("h = torch.constant_pad_nd(h, [0, 0, ", kernel / 2, ", ", (kernel - 1) / 2, "], 0.0)"));
    w.Line(Cat("h = torch.tanh(torch.conv2d(h, ", weight, ", ", bias, ", [1, 1], [0, 0], [1, 1], 1))"));
    in = out;
  }
  const int width = plan.rows * plan.columns;
  w.Line(Cat("h = torch.reshape(h, [-1, ", width, "])"));
  return width;
}

int Transformer(const Plan& plan, ScriptWriter& w) {
  const TorchParams& p = plan.params;
  w.Linear("h", plan.columns, p.hidden);
  const std::string positions = w.Parameter({plan.rows, p.hidden}, NetworkParameter::Init::kNormal, 0.02);
  w.Line(Cat("h = h + ", positions));
  for (int layer = 0; layer < p.layers; ++layer) {
    w.Line("part = h");
    w.LayerNorm("part", p.hidden);
    w.Attention("part", plan.rows, p.hidden, p.attention_heads);
    w.Dropout("part", {plan.rows, p.hidden}, p.dropout);
    w.Line("h = h + part");
    w.Line("part = h");
    w.LayerNorm("part", p.hidden);
    w.Linear("part", p.hidden, p.feedforward);
    w.Line("part = torch.gelu(part)");
    w.Linear("part", p.feedforward, p.hidden);
    w.Dropout("part", {plan.rows, p.hidden}, p.dropout);
    w.Line("h = h + part");
  }
  w.LayerNorm("h", p.hidden);
  return w.Pool("h", p.pool, plan.rows, p.hidden, 0);
}

/// LSTM layers to one vector, and that to the latent values.
int EncodeSequence(const Plan& plan, std::string_view pool, ScriptWriter& w) {
  const TorchParams& p = plan.params;
  int width = plan.columns;
  for (int layer = 0; layer < p.layers; ++layer) {
    if (layer > 0) w.Dropout("h", {plan.rows, width}, p.dropout);
    width = w.Lstm("h", width, p.hidden, p.bidirectional);
  }
  return w.Pool("h", pool, plan.rows, width, p.bidirectional ? p.hidden : 0);
}

/// h [batch, latent] repeated at every row, LSTM layers, and back to the columns; then the mean squared error, [batch, 1].
void DecodeAndCompare(const Plan& plan, ScriptWriter& w) {
  const TorchParams& p = plan.params;
  w.Line(Cat("h = torch.repeat_interleave(torch.unsqueeze(h, 1), ", plan.rows, ", 1)"));
  int width = p.latent;
  for (int layer = 0; layer < p.layers; ++layer) width = w.Lstm("h", width, p.hidden, false);
  w.Linear("h", width, plan.columns);
  w.Line("error = torch.pow(h - sequence, 2)");
  // What trains is the error of all rows; the score may look at the newest ones only.
  if (p.score_rows > 0 && p.score_rows < plan.rows) {
    w.Line("if len(noise) == 0 and scores:");
    w.Line(Cat("    error = error[:, -", p.score_rows, ":]"));
  }
  w.Line("h = torch.mean(error, [1, 2]).unsqueeze(1)");
}

int LstmAutoencoder(const Plan& plan, ScriptWriter& w) {
  const int width = EncodeSequence(plan, "last", w);
  w.Linear("h", width, plan.params.latent);
  w.Dropout("h", {plan.params.latent}, plan.params.dropout);
  DecodeAndCompare(plan, w);
  return 1;
}

int RecurrentVae(const Plan& plan, ScriptWriter& w) {
  const TorchParams& p = plan.params;
  const int width = EncodeSequence(plan, p.pool, w);
  w.Line("spread = h");
  w.Linear("h", width, p.latent);
  w.Linear("spread", width, p.latent);
  w.Line("spread = torch.clamp(spread, -10.0, 10.0)");
  w.Line(Cat("penalty = torch.sum(torch.pow(h, 2) + torch.exp(spread) - spread - 1.0, [1]) * ", Shortest(p.kl_weight / 2)));
  const int noise = w.Noise({p.latent}, 0);
  w.Line("if len(noise) > 0:");
  w.Line(Cat("    h = h + torch.exp(spread * 0.5) * noise[", noise, "]"));
  if (plan.task.kind != Task::kAnomaly) return p.latent;
  DecodeAndCompare(plan, w);
  return 1;
}

constexpr Body kBodies[] = {&Lstm, &Cnn, &CnnLstm, &DeepCnn, &Transformer, &LstmAutoencoder, &RecurrentVae};

/// x [batch, columns] to h [batch, outputs].
void WriteMlp(const Plan& plan, int columns, ScriptWriter& w) {
  const TorchParams& p = plan.params;
  if (p.clip > 0) w.Line(Cat("x = torch.clamp(x, -", Shortest(p.clip), ", ", Shortest(p.clip), ")"));
  w.Line("h = x");
  w.Dropout("h", {columns}, p.input_dropout);
  int width = columns;
  for (std::size_t layer = 0; layer < p.units.size(); ++layer) {
    if (layer > 0) w.Dropout("h", {width}, p.dropout);
    w.Linear("h", width, p.units[layer]);
    w.Line("h = torch.relu(h)");
    width = p.units[layer];
  }
  w.Linear("h", width, plan.outputs);
  if (!p.has_linear_skip) return;
  const std::string weight = w.Parameter({plan.outputs, columns}, NetworkParameter::Init::kConstant, 0);
  w.Line(Cat("h = h + torch.matmul(x, torch.t(", weight, "))"));
}

/// Static columns, a dense layer, and the answers.
void WriteHead(const Plan& plan, Architecture architecture, int width, ScriptWriter& w) {
  const TorchParams& p = plan.params;
  if (plan.statics > 0) {
    w.Line("h = torch.cat([h, others], 1)");
    width += plan.statics;
  }
  w.Dropout("h", {width}, p.dropout);
  if (p.dense > 0) {
    w.Linear("h", width, p.dense);
    w.Line(architecture == Architecture::kDeepCnn ? "h = torch.tanh(h)" : "h = torch.relu(h)");
    width = p.dense;
  }
  w.Linear("h", width, plan.outputs);
}

std::string_view LastFunction(Task task) {
  switch (task) {
    case Task::kRegression:
      return "answer * self.target_scale + self.target_mean";
    case Task::kBinary:
      return "torch.sigmoid(answer)";
    case Task::kMulticlass:
      return "torch.softmax(answer, 1)";
    case Task::kAnomaly:
      break;
  }
  return "answer + penalty.unsqueeze(1)";
}

/// What reads a sequence and the columns beside it.
absl::Status WriteSequenceNetwork(Architecture architecture, Plan& plan, const FeatureLayout& layout, ScriptWriter& w) {
  if (!layout.sequence)
    return absl::InvalidArgumentError(
        Cat(Name(architecture), " reads a sequence of rows: the features need a \"sequence\" step"));
  const FeatureLayout::Sequence& sequence = *layout.sequence;
  const std::size_t values = sequence.rows * sequence.columns;
  if (values == 0 || values > kMaxSequenceValues || sequence.begin + values > layout.names.size())
    return absl::InvalidArgumentError(Cat("a sequence of ", sequence.rows, " rows of ", sequence.columns,
                                          " columns is not one that a network takes: 1 to ", kMaxSequenceValues, " values"));
  const bool has_statics = plan.task.kind != Task::kAnomaly && layout.names.size() > values;
  plan.rows = static_cast<int>(sequence.rows);
  plan.columns = static_cast<int>(sequence.columns);
  plan.statics = has_statics ? static_cast<int>(layout.names.size() - values) : 0;
  const std::size_t end = sequence.begin + values;
  w.Line(
      Cat("sequence = torch.reshape(x[:, ", sequence.begin, ":", end, "], [-1, ", sequence.rows, ", ", sequence.columns, "])"));
  if (has_statics) w.Line(Cat("others = torch.cat([x[:, :", sequence.begin, "], x[:, ", end, ":]], 1)"));
  w.Line("h = sequence");
  const int width = kBodies[static_cast<int>(architecture)](plan, w);
  if (plan.task.kind != Task::kAnomaly) WriteHead(plan, architecture, width, w);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Network> MakeNetwork(Architecture architecture, const TorchParams& params, const LearningTask& task,
                                    const FeatureLayout& layout) {
  Plan plan{.params = params, .task = task, .outputs = task.kind == Task::kMulticlass ? static_cast<int>(task.classes) : 1};
  ScriptWriter w;
  w.Line("x = torch.nan_to_num((x - self.input_mean) * self.input_scale, 0.0)");
  w.Line("penalty = torch.zeros([x.size(0)], dtype=x.dtype, device=x.device)");
  if (architecture == Architecture::kMlp)
    WriteMlp(plan, static_cast<int>(layout.names.size()), w);
  else
    RETURN_IF_ERROR(WriteSequenceNetwork(architecture, plan, layout, w));
  w.Line("return h, penalty");

  Network network;
  network.script = Cat("def answer(self, x: Tensor, noise: List[Tensor], scores: bool) -> Tuple[Tensor, Tensor]:\n", w.TakeText(),
                       "\ndef raw(self, x: Tensor, noise: List[Tensor]) -> Tuple[Tensor, Tensor]:\n",
                       "    return self.answer(x, noise, False)\n",
                       "\ndef forward(self, x: Tensor) -> Tensor:\n    answer, penalty = self.answer(x, [], True)\n    return ",
                       LastFunction(task.kind), "\n");
  network.parameters = w.TakeParameters();
  network.noise = w.TakeNoise();
  network.outputs = static_cast<std::size_t>(plan.outputs);
  return network;
}

}  // namespace millwright::learn
