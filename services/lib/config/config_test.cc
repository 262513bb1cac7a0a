#include "lib/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/base/files.h"
#include "lib/base/random.h"

namespace millwright::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Settings {
  std::string address = "127.0.0.1:0";
  std::string key_file;
  std::string password;
  int port = 5000;
  double share = 0.5;
  bool is_public = false;
  std::vector<std::string> peers;

  void Bind(Binder& binder) {
    binder.Text("server.address", &address, "where it listens");
    binder.Text("server.key_file", &key_file, "the key", true);
    binder.Secret("server.password", &password, "the password");
    binder.Int("server.port", &port, 1, 65535, "the port");
    binder.Double("share", &share, 0, 1, "part of the traffic");
    binder.Bool("public", &is_public, "whether anyone may come in");
    binder.TextList("peers", &peers, "other servers");
  }
};

class ConfigTest : public testing::Test {
 protected:
  absl::Status Load(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "program");
    Binder binder;
    settings_.Bind(binder);
    return binder.Load(static_cast<int>(arguments.size()), arguments.data());
  }
  std::string File(const std::string& content) {
    const std::string path = testing::TempDir() + "/config_test_" + base::RandomHex(8) + ".yaml";
    EXPECT_TRUE(base::WriteFileAtomically(path, content).ok());
    return "--config=" + path;
  }
  Settings settings_;
};

TEST_F(ConfigTest, ArgumentsWinOverTheFileAndTheFileOverDefaults) {
  const std::string file = File("server:\n  address: 10.0.0.1:1\n  port: 7\n  key_file: /k\npeers: [a, b]\n");
  ASSERT_EQ(Load({file.c_str(), "--server.port=9", "--public", "true"}), absl::OkStatus());
  EXPECT_EQ(settings_.address, "10.0.0.1:1");
  EXPECT_EQ(settings_.port, 9);
  EXPECT_EQ(settings_.share, 0.5);
  EXPECT_TRUE(settings_.is_public);
  EXPECT_THAT(settings_.peers, ElementsAre("a", "b"));
}

TEST_F(ConfigTest, UnknownKeyNamesItsFullPath) {
  const std::string file = File("server:\n  adress: x\n");
  EXPECT_THAT(Load({file.c_str()}).message(), HasSubstr("server.adress: unknown key"));
  EXPECT_THAT(Load({"--server.prot=1"}).message(), HasSubstr("--server.prot: unknown key"));
}

TEST_F(ConfigTest, ValueOutOfRangeSaysTheRange) {
  EXPECT_THAT(Load({"--server.port=70000"}).message(),
              HasSubstr("--server.port: \"70000\" must be a whole number from 1 to 65535"));
  EXPECT_THAT(Load({"--server.port=many"}).message(), HasSubstr("whole number"));
  EXPECT_THAT(Load({"--share=nan"}).message(), HasSubstr("from 0 to 1"));
  EXPECT_THAT(Load({"--public=yes"}).message(), HasSubstr("true or false"));
}

TEST_F(ConfigTest, MissingRequiredKeyIsRefused) { EXPECT_THAT(Load({}).message(), HasSubstr("server.key_file: is missing")); }

TEST_F(ConfigTest, MalformedFilesAndArgumentsAreErrors) {
  EXPECT_FALSE(Load({File("a: [").c_str()}).ok());
  EXPECT_FALSE(Load({File("- a\n- b\n").c_str()}).ok());
  EXPECT_FALSE(Load({File("server:\n").c_str()}).ok());
  EXPECT_FALSE(Load({"--config=/does/not/exist"}).ok());
  EXPECT_THAT(Load({"server.port=1"}).message(), HasSubstr("unknown argument"));
  EXPECT_THAT(Load({"--server.port"}).message(), HasSubstr("has no value"));
}

TEST_F(ConfigTest, HelpNamesEveryKeyAndNoSecret) {
  settings_.password = "hunter2";
  Binder binder;
  settings_.Bind(binder);
  EXPECT_THAT(binder.Help(), HasSubstr("server.port: the port (1 to 65535; default 5000)"));
  EXPECT_THAT(binder.Help(), testing::Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace millwright::config
