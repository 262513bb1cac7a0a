#include <gtest/gtest.h>

#include <filesystem>

#include "lib/base/files.h"
#include "scheduler/domain/definition.h"

namespace millwright::scheduler {
namespace {

// What a pipeline may ask for beside files; everything else has a default.
const nlohmann::json kAsked = {{"reproduce", {{"model", "pump-failure"}, {"version", 1}}}, {"amhs-change", {{"target", "c1"}}}};

// Tests run in the source folder.
TEST(ShippedPipelines, AreValidAndRunWithTheirDefaults) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("pipelines")) {
    if (entry.path().extension() != ".yaml") continue;
    ++count;
    const auto text = base::ReadFile(entry.path());
    ASSERT_TRUE(text.ok()) << text.status();
    const auto definition = ParseDefinition(*text);
    ASSERT_TRUE(definition.ok()) << entry.path() << ": " << definition.status();
    EXPECT_EQ(definition->name + ".yaml", entry.path().filename());
    nlohmann::json given = kAsked.value(definition->name, nlohmann::json::object());
    for (const Parameter& parameter : definition->parameters) {
      EXPECT_FALSE(parameter.help.empty()) << parameter.name;
      if (parameter.type == ParameterType::kFile) given[parameter.name] = {{"sha256", std::string(64, 'a')}, {"name", "a.txt"}};
    }
    EXPECT_TRUE(CompleteParameters(*definition, given).ok()) << CompleteParameters(*definition, given).status();
  }
  EXPECT_GE(count, 2);
}

}  // namespace
}  // namespace millwright::scheduler
