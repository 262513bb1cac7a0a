#include "serving/domain/deployment.h"

#include <algorithm>

#include "lib/base/sha256.h"

namespace millwright::serving {

std::string BundleId(const Arm& arm) {
  std::vector<BundleFile> files = arm.files;
  std::sort(files.begin(), files.end(), [](const BundleFile& a, const BundleFile& b) { return a.path < b.path; });
  base::Sha256 hash;
  for (const BundleFile& file : files) {
    hash.Update(file.path);
    hash.Update(absl::string_view("\0", 1));
    hash.Update(file.sha256);
  }
  return hash.FinishHex();
}

}  // namespace millwright::serving
