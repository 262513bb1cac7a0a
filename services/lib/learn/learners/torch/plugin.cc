#include "lib/learn/learners/torch/plugin.h"

#include "lib/learn/learners/torch/torch_learner.h"
#include "lib/learn/learners/torch/torch_model.h"

extern "C" __attribute__((visibility("default"))) const millwright::learn::TorchPlugin* MillwrightTorch() {
  static constexpr millwright::learn::TorchPlugin kPlugin{.make = &millwright::learn::MakeTorch,
                                                          .load = &millwright::learn::LoadTorch};
  return &kPlugin;
}
