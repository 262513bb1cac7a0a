// The page in Debian's Chromium, as a person uses it, against the running platform.
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "e2e/platform.h"

namespace millwright::e2e {
namespace {

TEST(WebTest, APersonSignsInWatchesPromotesAndRollsBack) {
  const std::string folder = absl::StrCat(MILLWRIGHT_SOURCE, "/tests/e2e/web");
  // tests/run installs both; ctest alone on a machine without them cannot run this.
  if (!std::filesystem::exists("/usr/bin/chromium")) GTEST_SKIP() << "Chromium is not installed: tests/run installs it";
  if (!std::filesystem::exists(folder + "/node_modules/playwright-core"))
    GTEST_SKIP() << "playwright-core is not installed: tests/run installs it";
  ASSERT_TRUE(std::filesystem::exists(absl::StrCat(MILLWRIGHT_SHARE, "/web/index.html"))) << "the page is not built";
  Platform platform;
  const Ended up = platform.Up();
  ASSERT_EQ(up.exit_code, 0) << up.err;
  for (int version = 1; version <= 2; ++version) {
    const nlohmann::json run = platform.CliJson({"pipelines", "run", "example-plant", "--wait"});
    ASSERT_EQ(run.value("version", 0), version) << run.dump(2);
  }
  const std::string code = platform.CliJson({"users", "link", "admin"}).value("code", "");
  ASSERT_FALSE(code.empty());
  const Ended ended = RunProgram({"node", folder + "/run.mjs"},
                                 {"MILLWRIGHT_URL=http://" + platform.HttpAddress(), "MILLWRIGHT_SIGN_IN_CODE=" + code});
  std::cerr << ended.out << ended.err;
  EXPECT_EQ(ended.exit_code, 0);
}

}  // namespace
}  // namespace millwright::e2e
