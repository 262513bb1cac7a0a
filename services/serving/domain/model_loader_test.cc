#include "serving/domain/model_loader.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "lib/base/check.h"
#include "lib/base/random.h"
#include "serving/cache/bundle_cache.h"
#include "serving/testing/test_bundle.h"

namespace millwright::serving {
namespace {

namespace fs = std::filesystem;
const ModelKey kPumps{base::WorkspaceId("1"), "pumps"};

class ModelLoaderTest : public testing::Test {
 protected:
  ModelLoaderTest() { CHECK_OK(BundleCache::Prepare(root_)); }
  ~ModelLoaderTest() override { fs::remove_all(root_); }

  Deployment Deploy(std::int64_t revision, std::optional<Arm> arm) {
    return {.key = kPumps, .revision = revision, .primary = std::move(arm)};
  }
  int Answering() {
    const auto served = catalog_.Find(kPumps);
    return served.ok() ? (*served)->identity->version : 0;
  }
  CatalogEntry Entry() { return catalog_.snapshot()->at(kPumps); }

  const fs::path root_ = fs::temp_directory_path() / ("serving-test-" + base::RandomHex(8));
  MemoryBlobs blobs_;
  BundleCache cache_{root_, blobs_, 3, 64 << 20};
  base::ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  ModelCatalog catalog_;
  ModelLoader loader_{catalog_, cache_, clock_};
};

TEST_F(ModelLoaderTest, AnswersUnknownAndLoadingModelsInDifferentWords) {
  EXPECT_EQ(catalog_.Find(kPumps).status().code(), absl::StatusCode::kNotFound);
  loader_.Want({Deploy(1, blobs_.Add(TrainTestBundle(10), 1))});
  EXPECT_EQ(catalog_.Find(kPumps).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(loader_.IsSettled());
  EXPECT_TRUE(loader_.RunOnce());
  EXPECT_TRUE(loader_.IsSettled());
  EXPECT_EQ(Answering(), 1);
  EXPECT_EQ(catalog_.Find(kPumps, "1").value()->identity->revision, 1);
  EXPECT_EQ(catalog_.Find(kPumps, "2").status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(loader_.RunOnce());
}

TEST_F(ModelLoaderTest, RollbackIsASwapInMemory) {
  const Arm one = blobs_.Add(TrainTestBundle(10), 1);
  const Arm two = blobs_.Add(TrainTestBundle(20), 2);
  loader_.Want({Deploy(1, one)});
  loader_.RunOnce();
  loader_.Want({Deploy(2, two)});
  EXPECT_EQ(Answering(), 1) << "the old one answers while the new one loads";
  loader_.RunOnce();
  EXPECT_EQ(Answering(), 2);
  const int reads = blobs_.reads;
  loader_.Want({Deploy(3, one)});
  EXPECT_EQ(Answering(), 1);
  loader_.Want({Deploy(4, two)});
  EXPECT_EQ(Answering(), 2);
  EXPECT_EQ(blobs_.reads, reads);
  EXPECT_EQ(catalog_.Find(kPumps).value()->identity->revision, 4);
}

TEST_F(ModelLoaderTest, AFailedLoadKeepsTheOldVersionAndSaysWhy) {
  loader_.Want({Deploy(1, blobs_.Add(TrainTestBundle(10), 1))});
  loader_.RunOnce();
  Arm bad = blobs_.Add(TrainTestBundle(20), 2);
  bad.content_hash = std::string(64, '0');
  loader_.Want({Deploy(2, bad)});
  EXPECT_TRUE(loader_.RunOnce());
  EXPECT_EQ(Answering(), 1);
  EXPECT_EQ(Entry().state, LoadState::kFailed);
  EXPECT_EQ(Entry().wanted_version, 2);
  EXPECT_NE(Entry().reason.find("content hash"), std::string::npos) << Entry().reason;
  clock_.Advance(absl::Hours(1));
  EXPECT_FALSE(loader_.RunOnce()) << "a bad bundle does not become good";
}

TEST_F(ModelLoaderTest, ADamagedModelFileIsRefused) {
  loader_.Want({Deploy(1, blobs_.Add(TrainTestBundle(10), 1))});
  loader_.RunOnce();
  Arm arm = blobs_.Add(TrainTestBundle(20), 2);
  for (BundleFile& file : arm.files) {
    if (!file.path.ends_with(".ubj")) continue;
    blobs_.blobs[file.sha256][100] ^= 1;
  }
  loader_.Want({Deploy(2, arm)});
  loader_.RunOnce();
  EXPECT_EQ(Answering(), 1);
  EXPECT_EQ(Entry().state, LoadState::kFailed);
}

TEST_F(ModelLoaderTest, TriesAgainWithBackoffWhileTheTrackerIsAway) {
  const Arm arm = blobs_.Add(TrainTestBundle(10), 1);
  blobs_.failure = absl::UnavailableError("connection refused");
  loader_.Want({Deploy(1, arm)});
  EXPECT_TRUE(loader_.RunOnce());
  EXPECT_EQ(Entry().state, LoadState::kFailed);
  EXPECT_FALSE(loader_.RunOnce()) << "not before the backoff is over";
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(loader_.RunOnce());
  blobs_.failure = absl::OkStatus();
  clock_.Advance(absl::Seconds(2));
  EXPECT_TRUE(loader_.RunOnce());
  EXPECT_EQ(Answering(), 1);
}

TEST_F(ModelLoaderTest, IgnoresAnOlderRevision) {
  loader_.Want({Deploy(5, blobs_.Add(TrainTestBundle(10), 1))});
  loader_.RunOnce();
  loader_.Want({Deploy(4, blobs_.Add(TrainTestBundle(20), 2))});
  EXPECT_FALSE(loader_.RunOnce());
  EXPECT_EQ(Entry().wanted_version, 1);
}

TEST_F(ModelLoaderTest, NothingInProductionAnswersNotFoundAndReturnsAtOnce) {
  const Arm arm = blobs_.Add(TrainTestBundle(10), 1);
  loader_.Want({Deploy(1, arm)});
  loader_.RunOnce();
  loader_.Want({Deploy(2, std::nullopt)});
  EXPECT_EQ(catalog_.Find(kPumps).status().code(), absl::StatusCode::kNotFound);
  loader_.Want({Deploy(3, arm)});
  EXPECT_EQ(Answering(), 1);
}

TEST_F(ModelLoaderTest, ReplaceForgetsModelsThatAreGone) {
  loader_.Want({Deploy(9, blobs_.Add(TrainTestBundle(10), 1))});
  loader_.RunOnce();
  loader_.Replace({});
  EXPECT_TRUE(catalog_.snapshot()->empty());
}

TEST_F(ModelLoaderTest, LoadsFromTheLocalCacheWithTheTrackerAway) {
  const Arm arm = blobs_.Add(TrainTestBundle(10), 1);
  loader_.Want({Deploy(1, arm)});
  loader_.RunOnce();
  blobs_.failure = absl::UnavailableError("connection refused");
  ModelCatalog catalog;
  BundleCache cache(root_, blobs_, 3, 64 << 20);
  ModelLoader again(catalog, cache, clock_);
  again.Want({Deploy(1, arm)});
  again.RunOnce();
  EXPECT_TRUE(catalog.Find(kPumps).ok());
}

TEST_F(ModelLoaderTest, CountsOutliveASwap) {
  const Arm one = blobs_.Add(TrainTestBundle(10), 1);
  loader_.Want({Deploy(1, one)});
  loader_.RunOnce();
  catalog_.Find(kPumps).value()->stats->Count(Outcome::kOk, absl::Milliseconds(1));
  loader_.Want({Deploy(2, blobs_.Add(TrainTestBundle(20), 2))});
  loader_.RunOnce();
  loader_.Want({Deploy(3, one)});
  EXPECT_EQ(catalog_.Find(kPumps).value()->stats->requests(), 1u);
}

}  // namespace
}  // namespace millwright::serving
