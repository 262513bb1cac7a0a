#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "tracker/domain/artifact_upload.h"
#include "tracker/domain/blob_collector.h"
#include "tracker/storage/artifact_database_test.h"
#include "tracker/storage/pg_dataset_store.h"
#include "tracker/storage/pg_idle_blobs.h"
#include "tracker/storage/pg_upload_store.h"

namespace millwright::tracker {
namespace {

const base::WorkspaceId kOurs("1");
constexpr absl::Duration kGrace = absl::Hours(1);
const ArtifactRoot kTree = ArtifactRoot::Tree();

// The clock begins an hour and more after the machine's, as files bear the machine's times.
class BlobCollectorTest : public ArtifactDatabaseTest {
 protected:
  int Collect() {
    const absl::StatusOr<int> collected = collector_.Collect();
    EXPECT_TRUE(collected.ok()) << collected.status();
    return collected.value_or(-1);
  }
  // A pass that sees what is idle, and one after the grace.
  int CollectLater() {
    const int before = Collect();
    clock_.Advance(kGrace);
    return before + Collect();
  }

  base::ManualClock clock_{absl::Now() + absl::Hours(2)};
  PgIdleBlobs idle_{db()};
  BlobCollector collector_{idle_, *blobs_, clock_, kGrace};
  PgUploadStore upload_store_{db()};
  ArtifactUploads uploads_{upload_store_, *blobs_, clock_};
};

TEST_F(BlobCollectorTest, ABlobThatNothingPointsAtGoesAfterTheGrace) {
  Hold("unused");
  EXPECT_EQ(Collect(), 0);
  clock_.Advance(kGrace - absl::Seconds(1));
  EXPECT_EQ(Collect(), 0);
  EXPECT_TRUE(IsStored("unused"));
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Collect(), 1);
  EXPECT_FALSE(IsStored("unused"));
  EXPECT_TRUE(absl::IsNotFound(artifacts_.GetHeld(kOurs, base::Sha256Hex("unused")).status()));
}

TEST_F(BlobCollectorTest, WhatSomethingPointsAtStays) {
  ASSERT_TRUE(Put(kTree, "a", "a file").ok());
  ASSERT_TRUE(artifacts_.Pin(kOurs, "model-version/m/1", {Hold("a model")}).ok());
  PgDatasetStore datasets(db());
  ASSERT_TRUE(datasets
                  .CreateVersion(kOurs, {"d", Hold("a table"), base::Sha256Hex("t"), 1, nlohmann::json::object(),
                                         nlohmann::json::object(), nlohmann::json::object()})
                  .ok());
  EXPECT_EQ(CollectLater(), 0);
  EXPECT_TRUE(IsStored("a file") && IsStored("a model") && IsStored("a table"));
}

TEST_F(BlobCollectorTest, OverwrittenAndDeletedFilesGoAfterAGraceOfTheirOwn) {
  ASSERT_TRUE(Put(kTree, "a", "old").ok());
  ASSERT_TRUE(Put(kTree, "b", "deleted").ok());
  EXPECT_EQ(CollectLater(), 0);
  ASSERT_TRUE(Put(kTree, "a", "new").ok());
  ASSERT_TRUE(artifacts_.Delete(kOurs, kTree, "b").ok());
  EXPECT_EQ(Collect(), 0);
  EXPECT_TRUE(IsStored("old"));
  clock_.Advance(kGrace);
  EXPECT_EQ(Collect(), 2);
  EXPECT_TRUE(IsStored("new"));
}

TEST_F(BlobCollectorTest, AModelVersionsBlobsOutliveTheRun) {
  const RunId run = CreateRun(CreateExperiment("1"));
  ASSERT_TRUE(Put(ArtifactRoot::OfRun(run), "model/m", "released").ok());
  ASSERT_TRUE(Put(ArtifactRoot::OfRun(run), "log", "a log").ok());
  ASSERT_TRUE(artifacts_.PinTree(kOurs, "model-version/m/1", ArtifactRoot::OfRun(run), "model").ok());
  Sql("DELETE FROM tracker.runs WHERE run_id = $1", run.value());
  EXPECT_EQ(CollectLater(), 1);
  EXPECT_TRUE(IsStored("released"));
  ASSERT_TRUE(artifacts_.Unpin(kOurs, "model-version/m/1").ok());
  EXPECT_EQ(CollectLater(), 1);
}

TEST_F(BlobCollectorTest, ABlobThatIsPointedAtAgainStartsAnew) {
  const std::string sha256 = Hold("x");
  EXPECT_EQ(Collect(), 0);
  ASSERT_TRUE(artifacts_.Put(kOurs, kTree, "a", sha256).ok());
  ASSERT_TRUE(artifacts_.Delete(kOurs, kTree, "a").ok());
  clock_.Advance(kGrace);
  EXPECT_EQ(Collect(), 0);
  clock_.Advance(kGrace);
  EXPECT_EQ(Collect(), 1);
}

TEST_F(BlobCollectorTest, BytesOfAProcessThatDiedBetweenFileAndRowAreCollected) {
  const Sealed sealed = Seal("orphan");
  ASSERT_TRUE(sealed.writer->Publish().ok());
  EXPECT_TRUE(IsStored("orphan"));
  EXPECT_EQ(Collect(), 1);  // the file is older than the grace by our clock
  EXPECT_FALSE(IsStored("orphan"));
}

TEST_F(BlobCollectorTest, ARowWhoseBytesTheCollectorLeftBehindIsNoTrouble) {
  const std::string sha256 = Hold("x");
  EXPECT_EQ(Collect(), 0);
  clock_.Advance(kGrace);
  // It died after the row was gone, before the file was.
  ASSERT_TRUE(*idle_.Forget(sha256, clock_.Now()));
  EXPECT_TRUE(IsStored("x"));
  EXPECT_EQ(Collect(), 1);
  EXPECT_FALSE(IsStored("x"));
}

TEST_F(BlobCollectorTest, AnUploadThatExpiresGoesWithItsParts) {
  const std::string id = *uploads_.Create(kOurs, "big", 2);
  const ArtifactUpload upload = *uploads_.FindForPart(id, 1);
  const Sealed part = Seal("part one");
  ASSERT_TRUE(uploads_.PutPart(upload, 1, part.blob, *part.writer).ok());
  EXPECT_EQ(CollectLater(), 0);
  clock_.Advance(ArtifactUploads::kUploadLasts);
  EXPECT_TRUE(absl::IsNotFound(uploads_.FindForPart(id, 2).status()));
  EXPECT_EQ(CollectLater(), 1);
  EXPECT_FALSE(IsStored("part one"));
  EXPECT_EQ(Sql("SELECT count(*)::text FROM tracker.artifact_uploads"), "0");
}

TEST_F(BlobCollectorTest, PartsInAnyOrderBecomeOneFileAndGo) {
  const std::string id = *uploads_.Create(kOurs, "0/big", 3);
  std::map<std::int64_t, std::string> etags;
  for (const auto& [number, content] : std::map<int, std::string>{{3, "three"}, {1, "one"}, {2, "two"}}) {
    const Sealed part = Seal(content);
    ASSERT_TRUE(uploads_.PutPart(*uploads_.FindForPart(id, number), number, part.blob, *part.writer).ok());
    etags[number] = absl::StrCat("\"", part.blob.sha256, "\"");
  }
  std::map<std::int64_t, std::string> wrong = etags;
  wrong[2] = etags[1];
  EXPECT_TRUE(absl::IsInvalidArgument(uploads_.Complete(kOurs, "0/big", id, wrong)));
  wrong.erase(2);
  EXPECT_TRUE(absl::IsInvalidArgument(uploads_.Complete(kOurs, "0/big", id, wrong)));
  EXPECT_TRUE(absl::IsNotFound(uploads_.Complete(base::WorkspaceId("2"), "0/big", id, etags)));
  EXPECT_TRUE(absl::IsNotFound(uploads_.Complete(kOurs, "0/other", id, etags)));
  ASSERT_TRUE(uploads_.Complete(kOurs, "0/big", id, etags).ok());
  EXPECT_TRUE(uploads_.Complete(kOurs, "0/big", id, etags).ok());  // a retry
  const Sealed late = Seal("late");
  EXPECT_TRUE(absl::IsFailedPrecondition(uploads_.PutPart(*uploads_.FindForPart(id, 1), 1, late.blob, *late.writer)));
  EXPECT_EQ(artifacts_.Get(kOurs, kTree, "0/big")->blob.sha256, base::Sha256Hex("onetwothree"));
  EXPECT_EQ(CollectLater(), 3);
  EXPECT_TRUE(IsStored("onetwothree"));
}

TEST_F(BlobCollectorTest, AnAbortedUploadIsGone) {
  const std::string id = *uploads_.Create(kOurs, "big", 1);
  EXPECT_TRUE(absl::IsNotFound(uploads_.Abort(kOurs, "other", id)));
  EXPECT_TRUE(uploads_.Abort(kOurs, "big", id).ok());
  EXPECT_TRUE(absl::IsNotFound(uploads_.FindForPart(id, 1).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(uploads_.Create(kOurs, "big", 0).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(uploads_.Create(kOurs, "big", 10001).status()));
}

TEST_F(BlobCollectorTest, AGrantReadsItsBlobUntilItExpires) {
  ASSERT_TRUE(Put(kTree, "a", "granted").ok());
  const std::string token = *uploads_.Grant({kOurs, artifacts_.Get(kOurs, kTree, "a")->blob, "a"});
  ASSERT_TRUE(artifacts_.Delete(kOurs, kTree, "a").ok());
  EXPECT_EQ(uploads_.FindGrant(token)->blob.size, 7u);
  EXPECT_TRUE(absl::IsNotFound(uploads_.FindGrant(base::RandomHex(32)).status()));
  clock_.Advance(ArtifactUploads::kGrantLasts);
  EXPECT_TRUE(absl::IsNotFound(uploads_.FindGrant(token).status()));
  EXPECT_EQ(CollectLater(), 1);
}

// A store whose bytes on their way in are left alone, as a collector without any grace would take them from under their writers.
class NoSweep : public BlobStore {
 public:
  explicit NoSweep(BlobStore& store) : store_(store) {}
  absl::StatusOr<std::unique_ptr<BlobWriter>> Create() override { return store_.Create(); }
  absl::StatusOr<std::unique_ptr<BlobReader>> Open(const Blob& blob, std::uint64_t offset) override {
    return store_.Open(blob, offset);
  }
  absl::Status Remove(const std::string& sha256) override { return store_.Remove(sha256); }
  absl::Status Sweep(absl::Time, const std::function<absl::Status(const std::vector<std::string>&)>&) override {
    return absl::OkStatus();
  }

 private:
  BlobStore& store_;
};

// The same content comes and goes while a collector without any grace runs: what was acknowledged is always there.
TEST_F(BlobCollectorTest, NothingAcknowledgedIsLostToACollectorThatRunsMeanwhile) {
  std::atomic<bool> is_done = false;
  base::ManualClock future(absl::Now() + absl::Hours(100));
  NoSweep store(*blobs_);
  BlobCollector eager(idle_, store, future, absl::ZeroDuration());
  std::atomic<int> collected = 0;
  std::thread collecting([&] {
    while (!is_done) collected += eager.Collect().value_or(-1000);
  });
  for (int i = 0; i < 150; ++i) {
    const std::string content = absl::StrCat("content ", i % 3);
    EXPECT_EQ(Put(kTree, "a", content), absl::OkStatus());
    EXPECT_TRUE(IsStored(content)) << i;
    if (i % 2 == 0) {
      EXPECT_TRUE(artifacts_.Delete(kOurs, kTree, "a").ok());
    }
  }
  is_done = true;
  collecting.join();
  EXPECT_GT(collected, 10);
}

}  // namespace
}  // namespace millwright::tracker
