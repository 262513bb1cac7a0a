// MLflow's unmodified clients, and the recorded answers of its server, against the running platform.
#include <gtest/gtest.h>

#include <future>
#include <iostream>
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
  const Ended ended =
      RunProgram({absl::StrCat(MILLWRIGHT_SOURCE, "/tests/python/environment"), absl::StrCat(kFolder, "/", lock), "--system"});
  if (ended.exit_code != 0) {
    ADD_FAILURE() << ended.err;
    return "";
  }
  return absl::StrCat(absl::StripAsciiWhitespace(ended.out), "/bin/python");
}

class MlflowTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    platform_ = new Platform();
    const Ended up = platform_->Up();
    ASSERT_EQ(up.exit_code, 0) << up.err;
  }
  static void TearDownTestSuite() {
    delete platform_;
    platform_ = nullptr;
  }

  /// A Python program against the platform, of which it is told in the words of MLflow's client.
  static Ended Run(const std::string& python, const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {python};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const std::string token = platform_->Secret("cli.token");
    return RunProgram(command, {absl::StrCat("MLFLOW_TRACKING_URI=", Url()), absl::StrCat("MLFLOW_TRACKING_TOKEN=", token),
                                absl::StrCat("MILLWRIGHT_TOKEN=", token), "MLFLOW_HTTP_REQUEST_MAX_RETRIES=1",
                                "MLFLOW_DISABLE_TELEMETRY=true", "PYTHONDONTWRITEBYTECODE=1", "OMP_NUM_THREADS=2"});
  }
  static std::string Url() { return absl::StrCat("http://", platform_->HttpAddress()); }

 private:
  static inline Platform* platform_ = nullptr;
};

TEST_F(MlflowTest, AnswersAsTheRecordedServerDid) {
  const std::string python = Python("requirements-latest.txt");
  ASSERT_FALSE(python.empty());
  const Ended ended = Run(python, {absl::StrCat(kFolder, "/differential.py"), "replay", Url()});
  std::cerr << ended.out << ended.err;
  EXPECT_EQ(ended.exit_code, 0);
}

// Both at once: each waits for the server most of the time.
TEST_F(MlflowTest, TheClientsOfBothVersionsFindNoDifference) {
  std::vector<std::future<Ended>> suites;
  for (const char* lock : {"requirements-latest.txt", "requirements-2.txt"}) {
    const std::string python = Python(lock);
    ASSERT_FALSE(python.empty());
    suites.push_back(std::async(std::launch::async, [python] {
      return Run(python, {"-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "-W", "ignore", "-rs",
                          absl::StrCat(kFolder, "/clients")});
    }));
  }
  for (std::future<Ended>& suite : suites) {
    const Ended ended = suite.get();
    std::cerr << ended.out << ended.err;
    EXPECT_EQ(ended.exit_code, 0);
  }
}

}  // namespace
}  // namespace millwright::e2e
