#pragma once

// Includes LibTorch: only for the .cc files of this room.

#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>

#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/learn/learners/torch/network.h"
#include "lib/learn/learners/torch/standardise.h"
#include "lib/learn/text.h"

namespace millwright::learn {

/// The first line of what LibTorch threw, or of what its script's error stack says last.
std::string Reason(const std::exception& error);

/// f's status; what LibTorch throws becomes `code`.
template <typename F>
std::invoke_result_t<F> Guarded(absl::StatusCode code, std::string_view doing, F&& f) {
  try {
    return f();
  } catch (const std::exception& error) {
    return absl::Status(code, Cat("torch, ", doing, ": ", Reason(error)));
  }
}

/// This thread's LibTorch works with so many threads from now on.
void UseThreads(int threads);

/// While it lives, this thread runs scripts as they are written: what optimising executors fuse depends on what ran before, and
/// would change the last bits.
using PlainExecution = torch::jit::GraphOptimizerEnabledGuard;

/// Numbers that depend on the seed and the stage alone, so that a stage can be done again on its own.
at::Generator GeneratorOf(std::uint64_t seed, std::uint64_t stage);

/// The network with weights as they begin.
torch::jit::Module BuildModule(const Network& network, const Standardisation& standardisation, at::Generator generator);

/// The network's noise for a batch; empty when it takes none.
std::vector<at::Tensor> DrawNoise(const Network& network, std::int64_t batch, at::Generator& generator, at::Device device);

/// The bytes that LoadTorch and Python's torch.jit.load read. The same weights give the same bytes.
std::string ExportModule(const torch::jit::Module& module, std::size_t features, std::size_t outputs);

}  // namespace millwright::learn
