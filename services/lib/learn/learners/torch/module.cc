#include "lib/learn/learners/torch/module.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>

namespace millwright::learn {

namespace {

constexpr std::size_t kMaxReasonBytes = 400;

at::Tensor Begin(const NetworkParameter& parameter, at::Generator& generator) {
  at::Tensor tensor = at::empty(parameter.shape, at::kFloat);
  switch (parameter.init) {
    case NetworkParameter::Init::kUniform:
      return tensor.uniform_(-parameter.scale, parameter.scale, generator);
    case NetworkParameter::Init::kNormal:
      return tensor.normal_(0, parameter.scale, generator);
    case NetworkParameter::Init::kConstant:
      break;
  }
  return tensor.fill_(parameter.scale);
}

}  // namespace

std::string Reason(const std::exception& error) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  std::string text = torch_error != nullptr ? torch_error->what_without_backtrace() : error.what();
  // A script's error tells where it happened first and what at the end.
  if (text.starts_with("The following operation failed in the TorchScript interpreter")) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    text = text.substr(text.rfind('\n') + 1);
  }
  return text.substr(0, std::min(text.find('\n'), kMaxReasonBytes));
}

void UseThreads(int threads) {
  // Both OpenMP's and OpenBLAS's number of threads belong to the calling thread.
  thread_local int in_use = 0;
  if (in_use == threads) return;
  at::set_num_threads(threads);
  in_use = threads;
}

at::Generator GeneratorOf(std::uint64_t seed, std::uint64_t stage) {
  // SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
  std::uint64_t z = seed * 0x9e3779b97f4a7c15 + (stage + 1) * 0xd1b54a32d192ed03;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return at::make_generator<at::CPUGeneratorImpl>(z ^ (z >> 31));
}

torch::jit::Module BuildModule(const Network& network, const Standardisation& standardisation, at::Generator generator) {
  torch::jit::Module module("Millwright");
  for (const NetworkParameter& parameter : network.parameters) {
    at::Tensor weight = Begin(parameter, generator);
    weight.requires_grad_(true);
    module.register_parameter(parameter.name, std::move(weight), false);
  }
  module.register_buffer("input_mean", torch::tensor(standardisation.input_mean));
  module.register_buffer("input_scale", torch::tensor(standardisation.input_scale));
  module.register_buffer("target_mean", torch::tensor(standardisation.target_mean));
  module.register_buffer("target_scale", torch::tensor(standardisation.target_scale));
  module.register_attribute("training", c10::BoolType::get(), false);  // Python's eval() sets it
  module.define(network.script);
  return module;
}

std::vector<at::Tensor> DrawNoise(const Network& network, std::int64_t batch, at::Generator& generator, at::Device device) {
  std::vector<at::Tensor> drawn;
  for (const NetworkNoise& noise : network.noise) {
    std::vector<std::int64_t> shape{batch};
    shape.insert(shape.end(), noise.shape.begin(), noise.shape.end());
    at::Tensor tensor = at::empty(shape, at::kFloat);
    if (noise.dropout > 0) {
      tensor.bernoulli_(1 - noise.dropout, generator).div_(1 - noise.dropout);
    } else {
      tensor.normal_(0, 1, generator);
    }
    drawn.push_back(tensor.to(device));
  }
  return drawn;
}

}  // namespace millwright::learn
