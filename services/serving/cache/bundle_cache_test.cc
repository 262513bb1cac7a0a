#include "serving/cache/bundle_cache.h"

#include <gtest/gtest.h>

#include <fstream>

#include "lib/base/check.h"
#include "lib/base/files.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"
#include "serving/cache/deployment_file.h"
#include "serving/cache/token_file.h"
#include "serving/testing/test_bundle.h"

namespace millwright::serving {
namespace {

namespace fs = std::filesystem;
const base::WorkspaceId kWorkspace("1");

class CacheTest : public testing::Test {
 protected:
  CacheTest() { CHECK_OK(BundleCache::Prepare(root_)); }
  ~CacheTest() override { fs::remove_all(root_); }

  Arm Add(int version, const std::string& content, const std::string& path = "model.ubj") {
    const std::string sha256 = base::Sha256Hex(content);
    blobs_.blobs[sha256] = content;
    return {.version = version, .content_hash = sha256, .files = {{path, sha256, content.size()}}};
  }
  std::size_t Folders() {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(root_), fs::directory_iterator()));
  }

  const fs::path root_ = fs::temp_directory_path() / ("serving-cache-test-" + base::RandomHex(8));
  MemoryBlobs blobs_;
  BundleCache cache_{root_, blobs_, 2, 1 << 20};
};

TEST_F(CacheTest, DownloadsOnce) {
  const Arm arm = Add(1, "abc", "data/model.ubj");
  const auto folder = cache_.Fetch(kWorkspace, arm);
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_EQ(base::ReadFile(*folder / "data/model.ubj").value(), "abc");
  ASSERT_TRUE(cache_.Fetch(kWorkspace, arm).ok());
  EXPECT_EQ(blobs_.reads, 1);
}

TEST_F(CacheTest, FetchesADamagedBundleAgain) {
  const Arm arm = Add(1, "abc");
  const fs::path folder = cache_.Fetch(kWorkspace, arm).value();
  std::ofstream(folder / "model.ubj") << "abd";
  EXPECT_EQ(base::ReadFile(cache_.Fetch(kWorkspace, arm).value() / "model.ubj").value(), "abc");
  EXPECT_EQ(blobs_.reads, 2);
}

TEST_F(CacheTest, RefusesBytesOfAnotherDigestAndLeavesNothing) {
  Arm arm = Add(1, "abc");
  blobs_.blobs[arm.files[0].sha256] = "abd";
  EXPECT_EQ(cache_.Fetch(kWorkspace, arm).status().code(), absl::StatusCode::kDataLoss);
  blobs_.blobs[arm.files[0].sha256] = "abcdef";
  EXPECT_EQ(cache_.Fetch(kWorkspace, arm).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Folders(), 0u);
}

TEST_F(CacheTest, APathCannotLeaveTheFolder) {
  for (const char* path : {"../x", "/etc/x", "a/../../x", "", "a//b", ".hidden", "a\\b"}) {
    EXPECT_EQ(cache_.Fetch(kWorkspace, Add(1, "abc", path)).status().code(), absl::StatusCode::kInvalidArgument) << path;
  }
  EXPECT_EQ(Folders(), 0u);
}

TEST_F(CacheTest, RefusesABundleOverItsBound) {
  Arm arm = Add(1, "abc");
  arm.files[0].size = (1 << 20) + 1;
  EXPECT_EQ(cache_.Fetch(kWorkspace, arm).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(CacheTest, DropsTheLongestUnusedButNeverWhatMustStay) {
  const Arm one = Add(1, "one");
  const Arm two = Add(2, "two");
  const Arm three = Add(3, "three");
  const fs::path first = cache_.Fetch(kWorkspace, one).value();
  const fs::path second = cache_.Fetch(kWorkspace, two).value();
  fs::last_write_time(first, fs::file_time_type::clock::now() - std::chrono::hours(2));
  fs::last_write_time(second, fs::file_time_type::clock::now() - std::chrono::hours(1));
  cache_.Keep({BundleId(one), BundleId(three)});
  ASSERT_TRUE(cache_.Fetch(kWorkspace, three).ok());
  EXPECT_TRUE(fs::exists(first));
  EXPECT_FALSE(fs::exists(second));
}

TEST_F(CacheTest, ClearsWhatAnInterruptedDownloadLeft) {
  fs::create_directories(root_ / ".partial-1234");
  CHECK_OK(BundleCache::Prepare(root_));
  EXPECT_EQ(Folders(), 0u);
}

TEST_F(CacheTest, DeploymentsSurviveOnDisk) {
  const KnownDeployments known{.revision = 7,
                               .deployments = {{.key = {kWorkspace, "펌프 \"1\""}, .revision = 7, .primary = Add(3, "abc")},
                                               {.key = {kWorkspace, "empty"}, .revision = 5, .primary = std::nullopt}}};
  ASSERT_TRUE(SaveDeployments(root_ / "deployments.json", known).ok());
  const auto read = LoadDeployments(root_ / "deployments.json");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->revision, 7);
  EXPECT_EQ(read->deployments, known.deployments);
  std::ofstream(root_ / "deployments.json") << "{\"revision\": 7";
  EXPECT_EQ(LoadDeployments(root_ / "deployments.json").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(LoadDeployments(root_ / "none.json").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(CacheTest, TokenHashesSurviveOnDiskForOwnersEyesOnly) {
  const fs::path path = root_ / "tokens.bin";
  const TokenTable::Grants grants = {
      {base::Sha256Hex("a"),
       Grant{.subject = "ann", .role = auth::Role::kAdmin, .workspace = kWorkspace, .expires_at = absl::FromUnixMillis(5)}},
      {base::Sha256Hex("b"), Grant{.subject = "worker:w 1", .role = auth::Role::kWorker, .workspace = kWorkspace}}};
  ASSERT_TRUE(SaveTokens(path, grants).ok());
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const auto read = LoadTokens(path);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ(read->at(base::Sha256Hex("a")).expires_at, absl::FromUnixMillis(5));
  EXPECT_EQ(read->at(base::Sha256Hex("b")).subject, "worker:w 1");
  std::ofstream(path, std::ios::app) << "x";
  EXPECT_EQ(LoadTokens(path).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace millwright::serving
