#include "tracker/storage/file_blob_store.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/base/files.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"

namespace millwright::tracker {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FileBlobStoreTest : public testing::Test {
 protected:
  FileBlobStoreTest() : folder_(fs::path(testing::TempDir()) / absl::StrCat("blobs-", base::RandomHex(8))) {
    store_ = *FileBlobStore::Create({folder_, 1 << 20});
  }
  ~FileBlobStoreTest() override { fs::remove_all(folder_); }

  absl::StatusOr<Blob> Write(const std::string& content, const std::string& expected = "") {
    auto writer = store_->Create();
    for (std::size_t at = 0; at < content.size(); at += 1000) {
      if (const absl::Status status = (*writer)->Append(absl::string_view(content).substr(at, 1000)); !status.ok()) return status;
    }
    const absl::StatusOr<Blob> blob = (*writer)->Seal(expected);
    if (!blob.ok()) return blob;
    if (const absl::Status status = (*writer)->Publish(); !status.ok()) return status;
    return blob;
  }
  std::size_t Incoming() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_ / "incoming"), fs::directory_iterator()));
  }

  fs::path folder_;
  std::unique_ptr<FileBlobStore> store_;
};

TEST_F(FileBlobStoreTest, LeavesTheReserveOfTheDiskFree) {
  store_ = *FileBlobStore::Create({.folder = folder_, .max_bytes = 1 << 20, .reserve_bytes = std::uint64_t{1} << 60});
  const absl::Status status = Write("content").status();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("the disk is full"));
  EXPECT_EQ(Incoming(), 0u);
}

TEST_F(FileBlobStoreTest, GivesBackWhatItWasGiven) {
  const std::string content = std::string(5000, 'x') + std::string("\0\xff", 2);
  const Blob blob = *Write(content, base::Sha256Hex(content));
  EXPECT_EQ(blob.sha256, base::Sha256Hex(content));
  EXPECT_EQ(blob.size, content.size());
  const auto reader = *store_->Open(blob);
  const std::string first = *reader->Read(3000);
  EXPECT_EQ(first + *reader->Read(3000), content);
  EXPECT_EQ(*reader->Read(3000), "");
  EXPECT_EQ(Incoming(), 0u);
}

TEST_F(FileBlobStoreTest, TheEmptyBlobIsABlob) { EXPECT_EQ(Write("")->sha256, base::Sha256Hex("")); }

TEST_F(FileBlobStoreTest, AnotherDigestIsRefusedAndLeavesNothing) {
  const absl::Status status = Write("abc", std::string(64, '0')).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr(base::Sha256Hex("abc")));
  EXPECT_EQ(Incoming(), 0u);
  EXPECT_FALSE(store_->Open({base::Sha256Hex("abc"), 3}).ok());
}

TEST_F(FileBlobStoreTest, AnAbandonedWriterLeavesNothing) {
  {
    auto writer = *store_->Create();
    ASSERT_TRUE(writer->Append("half").ok());
    EXPECT_EQ(Incoming(), 1u);
  }
  EXPECT_EQ(Incoming(), 0u);
}

TEST_F(FileBlobStoreTest, TheSameBytesTwiceAreOneBlob) {
  EXPECT_TRUE(Write("abc").ok());
  EXPECT_TRUE(Write("abc").ok());
  EXPECT_TRUE(store_->Open({base::Sha256Hex("abc"), 3}).ok());
}

TEST_F(FileBlobStoreTest, OverTheLimitIsResourceExhausted) {
  EXPECT_TRUE(absl::IsResourceExhausted(Write(std::string((1 << 20) + 1, 'x')).status()));
}

TEST_F(FileBlobStoreTest, AFullDiskIsResourceExhausted) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  // A file-size limit fails a write in its middle, as a full disk does.
  const rlimit small{4096, before.rlim_max};
  const auto old_handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const absl::Status status = Write(std::string(10000, 'x')).status();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, old_handler);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_EQ(Incoming(), 0u);
}

TEST_F(FileBlobStoreTest, ADamagedFileIsDataLoss) {
  const Blob blob = *Write("abc");
  EXPECT_TRUE(absl::IsDataLoss(store_->Open({blob.sha256, 4}).status()));
  EXPECT_TRUE(absl::IsDataLoss(store_->Open({base::Sha256Hex("never"), 5}).status()));
}

TEST_F(FileBlobStoreTest, SealedBytesHaveNoNameUntilTheyArePublished) {
  const auto writer = *store_->Create();
  ASSERT_TRUE(writer->Append("abc").ok());
  const Blob blob = *writer->Seal("");
  EXPECT_FALSE(store_->Open(blob).ok());
  ASSERT_TRUE(writer->Publish().ok());
  ASSERT_TRUE(writer->Publish().ok());
  EXPECT_EQ(*(*store_->Open(blob))->Read(10), "abc");
}

TEST_F(FileBlobStoreTest, ReadingMayBeginInTheMiddle) {
  const Blob blob = *Write("abcdef");
  EXPECT_EQ(*(*store_->Open(blob, 4))->Read(10), "ef");
  EXPECT_EQ(*(*store_->Open(blob, 6))->Read(10), "");
}

TEST_F(FileBlobStoreTest, ARemovedBlobIsGoneAndMayBeRemovedAgain) {
  const Blob blob = *Write("abc");
  const auto reader = *store_->Open(blob);
  EXPECT_TRUE(store_->Remove(blob.sha256).ok());
  EXPECT_TRUE(store_->Remove(blob.sha256).ok());
  EXPECT_TRUE(absl::IsDataLoss(store_->Open(blob).status()));
  EXPECT_EQ(*reader->Read(10), "abc");  // whoever reads it reads on
}

TEST_F(FileBlobStoreTest, ASweepFindsOldBlobsAndRemovesWhatDiedOnItsWayIn) {
  const Blob old = *Write("old");
  const Blob young = *Write("young");
  for (const char* name : {"old", "young"}) ASSERT_TRUE(base::WriteFileAtomically(folder_ / "incoming" / name, "x").ok());
  const auto yesterday = fs::file_time_type::clock::now() - std::chrono::hours(25);
  fs::last_write_time(folder_ / "incoming" / "old", yesterday);
  fs::last_write_time(folder_ / old.sha256.substr(0, 2) / old.sha256.substr(2, 2) / old.sha256, yesterday);
  std::vector<std::string> found;
  const auto note = [&](const std::vector<std::string>& some) {
    found.insert(found.end(), some.begin(), some.end());
    return absl::OkStatus();
  };
  ASSERT_TRUE(store_->Sweep(absl::Now() - absl::Hours(24), note).ok());
  EXPECT_THAT(found, testing::ElementsAre(old.sha256));
  EXPECT_EQ(Incoming(), 1u);
  EXPECT_TRUE(store_->Open(young).ok());
}

}  // namespace
}  // namespace millwright::tracker
