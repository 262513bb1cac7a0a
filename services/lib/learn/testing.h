#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "lib/learn/table/csv.h"
#include "lib/learn/table/table.h"
#include "lib/learn/training/training_spec.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

inline nlohmann::json Fixture(const std::string& name) {
  std::ifstream file(std::filesystem::path(MILLWRIGHT_LEARN_TESTDATA) / name);
  std::stringstream text;
  text << file.rdbuf();
  return nlohmann::json::parse(text.str());
}

inline TrainingSpec SpecFixture(const std::string& name, const nlohmann::json& params = nullptr) {
  return WithParams(ParseTrainingSpec(Fixture(name)).value(), params).value();
}

/// The folder with the public data sets.
inline std::filesystem::path DataFolder() {
  const char* folder = std::getenv("MILLWRIGHT_TEST_DATA");
  return folder != nullptr ? folder : "../shared/data";
}

inline Column Numbers(std::string name, std::vector<double> values, ColumnRole role = ColumnRole::kSensor) {
  return {.spec = {.name = std::move(name), .role = role}, .numbers = std::move(values)};
}

inline Column Texts(std::string name, std::vector<std::string> values, ColumnRole role = ColumnRole::kAsset) {
  return {.spec = {.name = std::move(name), .role = role, .type = ColumnType::kText}, .texts = std::move(values)};
}

/// A folder of its own, removed at the end.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "learn-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace millwright::learn
