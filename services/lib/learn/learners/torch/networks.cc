#include "lib/learn/learners/torch/networks.h"

#include <dlfcn.h>

#include <filesystem>

#include "lib/base/status_macros.h"
#include "lib/learn/learners/torch/plugin.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr char kLibrary[] = "millwright-torch.so";

absl::StatusOr<const TorchPlugin*> Open() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  std::filesystem::path library = folder / kLibrary;
  if (!std::filesystem::exists(library, error)) library = folder.parent_path() / "bin" / kLibrary;
  // Never closed: models and learners of it live as long as the program.
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr)
    return absl::UnavailableError(Cat("neural networks need ", kLibrary, " beside the program: ", dlerror()));
  const auto function = reinterpret_cast<TorchPluginFunction>(dlsym(handle, kTorchPluginSymbol));
  if (function == nullptr) return absl::UnavailableError(Cat(library.string(), " is not ", kLibrary, " of this version"));
  return function();
}

absl::StatusOr<const TorchPlugin*> Plugin() {
  static const auto* opened = new absl::StatusOr<const TorchPlugin*>(Open());
  return *opened;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Learner>> MakeNetworkLearner(Architecture architecture, const nlohmann::json& params,
                                                            const LearningTask& task, std::string_view path) {
  ASSIGN_OR_RETURN(const TorchPlugin* plugin, Plugin());
  return plugin->make(architecture, params, task, path);
}

absl::StatusOr<std::shared_ptr<const Model>> LoadNetwork(std::string_view bytes) {
  ASSIGN_OR_RETURN(const TorchPlugin* plugin, Plugin());
  return plugin->load(bytes);
}

}  // namespace millwright::learn
