#include "tracker/rpc/mlflow_sample.h"

namespace millwright::tracker {

std::vector<Point> SampleEvenly(const std::vector<Point>& history, std::size_t most) {
  if (history.size() <= most) return history;
  std::vector<Point> sample;
  sample.reserve(most);
  const std::size_t length = history.size() / most;
  const std::size_t longer = history.size() % most;
  std::size_t at = 0;
  for (std::size_t i = 0; i < most; ++i) {
    sample.push_back(history[at]);
    at += length + (i < longer ? 1 : 0);
  }
  sample.back() = history.back();
  return sample;
}

}  // namespace millwright::tracker
