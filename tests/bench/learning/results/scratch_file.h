#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace millwright::bench {

/// A file with a content in the folder for temporary files; gone with the object.
class ScratchFile {
 public:
  ScratchFile(const std::string& name, const std::string& content);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path folder_;
  std::filesystem::path path_;
};

/// The lines of a file, without their ends; the program ends when it cannot be read.
std::vector<std::string> ReadLines(const std::filesystem::path& path);

}  // namespace millwright::bench
