// MLflow's unmodified clients, and the recorded answers of its server, against the running platform.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "e2e/platform.h"

namespace millwright::e2e {
namespace {

const std::string kFolder = absl::StrCat(MILLWRIGHT_SOURCE, "/tests/conformance/mlflow");

/// The interpreter that has what a lock names; empty, with the reason as a failure, when it cannot be installed.
std::string Python(const std::string& lock) {
  const Ended ended = RunProgram({absl::StrCat(MILLWRIGHT_SOURCE, "/tests/python/environment"), absl::StrCat(kFolder, "/", lock), "--system"});
  if (ended.exit_code != 0) {
    ADD_FAILURE() << ended.err;
    return "";
  }
  return absl::StrCat(absl::StripAsciiWhitespace(ended.out), "/bin/python");
}

class MlflowTest : public testing::Test {
 protected:
  void RunAgainstPlatform(const std::string& lock, const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {Python(lock)};
    if (command[0].empty()) return;
    command.insert(command.end(), arguments.begin(), arguments.end());
    Platform platform;
    const Ended up = platform.Up();
    ASSERT_EQ(up.exit_code, 0) << up.err;
    const std::string token = platform.Secret("cli.token");
    for (std::string& argument : command) {
      if (argument == "URL") argument = absl::StrCat("http://", platform.HttpAddress());
    }
    const Ended ended = RunProgram(command, {absl::StrCat("MLFLOW_TRACKING_URI=http://", platform.HttpAddress()), absl::StrCat("MLFLOW_TRACKING_TOKEN=", token),
                                             absl::StrCat("MILLWRIGHT_TOKEN=", token), "MLFLOW_HTTP_REQUEST_MAX_RETRIES=1", "MLFLOW_DISABLE_TELEMETRY=true",
                                             "PYTHONDONTWRITEBYTECODE=1", "OMP_NUM_THREADS=2"});
    std::cerr << ended.out << ended.err;
    EXPECT_EQ(ended.exit_code, 0);
  }

  void RunClients(const std::string& lock) {
    RunAgainstPlatform(lock, {"-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "-W", "ignore", absl::StrCat(kFolder, "/clients")});
  }
};

TEST_F(MlflowTest, AnswersAsTheRecordedServerDid) {
  RunAgainstPlatform("requirements-latest.txt", {absl::StrCat(kFolder, "/differential.py"), "replay", "URL"});
}

TEST_F(MlflowTest, TheNewestClientFindsNoDifference) { RunClients("requirements-latest.txt"); }

TEST_F(MlflowTest, TheLastClientOfVersionTwoFindsNoDifference) { RunClients("requirements-2.txt"); }

}  // namespace
}  // namespace millwright::e2e
