#include "lib/learn/learners/torch/checkpoint.h"

#include <torch/serialize/input-archive.h>
#include <torch/serialize/output-archive.h>

#include <sstream>

namespace millwright::learn {

namespace {

void Write(torch::serialize::OutputArchive& archive, std::string_view name, const std::vector<at::Tensor>& tensors) {
  archive.write(Cat(name, "_count"), static_cast<std::int64_t>(tensors.size()));
  for (std::size_t i = 0; i < tensors.size(); ++i) archive.write(Cat(name, i), tensors[i].detach().to(at::kCPU));
}

/// As many as `like`, of the same shapes, or none; throws otherwise.
std::vector<at::Tensor> Read(torch::serialize::InputArchive& archive, std::string_view name,
                             const std::vector<at::Tensor>& like) {
  c10::IValue count;
  archive.read(Cat(name, "_count"), count);
  if (count.toInt() == 0) return {};
  TORCH_CHECK(count.toInt() == static_cast<std::int64_t>(like.size()), "the checkpoint has another number of weights");
  std::vector<at::Tensor> tensors;
  for (std::size_t i = 0; i < like.size(); ++i) {
    at::Tensor tensor;
    archive.read(Cat(name, i), tensor);
    TORCH_CHECK(tensor.sizes() == like[i].sizes(), "the checkpoint has weights of another shape");
    tensors.push_back(tensor.detach().to(like[i].device()));
  }
  return tensors;
}

}  // namespace

std::string WriteCheckpoint(const std::string& fingerprint, const TrainingState& state, const std::vector<at::Tensor>& weights,
                            const torch::optim::Optimizer& optimizer) {
  torch::serialize::OutputArchive archive;
  archive.write("fingerprint", fingerprint);
  archive.write("next_epoch", state.next_epoch);
  archive.write("best_epoch", state.best_epoch);
  archive.write("best_value", state.best_value);
  Write(archive, "weight", weights);
  Write(archive, "best", state.best_weights);
  Write(archive, "sum", state.sums);
  torch::serialize::OutputArchive of_optimizer(archive.compilation_unit());
  optimizer.save(of_optimizer);
  archive.write("optimizer", of_optimizer);
  std::ostringstream out;
  archive.save_to(out);
  return std::move(out).str();
}

bool ReadCheckpoint(std::string_view bytes, const std::string& fingerprint, TrainingState& state,
                    std::vector<at::Tensor>& weights, torch::optim::Optimizer& optimizer) {
  try {
    torch::serialize::InputArchive archive;
    archive.load_from(bytes.data(), bytes.size());
    c10::IValue of_whom, next_epoch, best_epoch, best_value;
    archive.read("fingerprint", of_whom);
    if (of_whom.toStringRef() != fingerprint) return false;
    archive.read("next_epoch", next_epoch);
    archive.read("best_epoch", best_epoch);
    archive.read("best_value", best_value);
    TrainingState read{.next_epoch = static_cast<int>(next_epoch.toInt()),
                       .best_epoch = static_cast<int>(best_epoch.toInt()),
                       .best_value = best_value.toDouble(),
                       .best_weights = Read(archive, "best", weights),
                       .sums = Read(archive, "sum", weights)};
    const std::vector<at::Tensor> read_weights = Read(archive, "weight", weights);
    torch::serialize::InputArchive of_optimizer;
    archive.read("optimizer", of_optimizer);
    optimizer.load(of_optimizer);
    const at::NoGradGuard no_gradients;
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i].copy_(read_weights.at(i));
    state = std::move(read);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace millwright::learn
