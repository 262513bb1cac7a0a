#include "bench/learning/results/scratch_file.h"

#include <cstdlib>
#include <fstream>

#include "bench/learning/results/platform.h"
#include "lib/base/files.h"

namespace millwright::bench {

ScratchFile::ScratchFile(const std::string& name, const std::string& content) {
  std::string folder = (std::filesystem::temp_directory_path() / "millwright-bench-file.XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) Fail("cannot make the folder " + folder);
  folder_ = folder;
  path_ = folder_ / name;
  const absl::Status written = base::WriteFileAtomically(path_, content);
  if (!written.ok()) Fail(std::string(written.message()));
}

ScratchFile::~ScratchFile() { std::filesystem::remove_all(folder_); }

std::vector<std::string> ReadLines(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) Fail("there is no file " + path.string());
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(line);
  }
  return lines;
}

}  // namespace millwright::bench
