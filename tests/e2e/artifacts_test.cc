// Files through the whole platform: large ones in little memory, ranges, parts, odd and hostile names, a tracker that dies, and
// the collector.
#include <gtest/gtest.h>
#include <httplib.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "e2e/platform.h"
#include "lib/base/files.h"
#include "lib/base/sha256.h"

namespace millwright::e2e {
namespace {

namespace fs = std::filesystem;

constexpr char kProxy[] = "/api/2.0/mlflow-artifacts";
constexpr std::size_t kLarge = std::size_t{512} << 20;
// Of the gateway and of the tracker, while such a file goes through.
constexpr int kMaxMegabytes = 64;

// The byte at a place of the large file: nothing repeats within what either side buffers.
char ByteAt(std::size_t at) { return static_cast<char>((at * 2654435761u) >> 13); }

// The largest memory that a process has had so far.
int PeakMegabytes(int pid) {
  const auto status = base::ReadFile(absl::StrCat("/proc/", pid, "/status"));
  if (!status.ok()) return -1;
  for (const absl::string_view line : absl::StrSplit(*status, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    int kilobytes = 0;
    if (words.size() == 3 && words[0] == "VmHWM:" && absl::SimpleAtoi(words[1], &kilobytes)) return kilobytes >> 10;
  }
  return -1;
}

class ArtifactsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    platform_ = new Platform;
    platform_->Configure("tracker", "blobs: {grace_seconds: 2, collect_seconds: 1}\n");
    const Ended up = platform_->Up();
    ASSERT_EQ(up.exit_code, 0) << up.out << up.err;
    const HttpAnswer run = platform_->Post("/v1/runs", {{"name", "with files"}});
    ASSERT_EQ(run.status, 200) << run.text;
    run_ = run.body.value("run_id", "");
  }
  static void TearDownTestSuite() {
    delete platform_;
    platform_ = nullptr;
  }

  static std::unique_ptr<httplib::Client> Client(bool with_token = true) {
    auto client = std::make_unique<httplib::Client>(absl::StrCat("http://", platform_->HttpAddress()));
    client->set_read_timeout(300);
    client->set_write_timeout(300);
    client->set_url_encode(false);  // paths go out as the test writes them
    if (with_token) client->set_bearer_token_auth(platform_->Secret("cli.token"));
    return client;
  }
  static std::string Native(const std::string& path) { return absl::StrCat("/v1/runs/", run_, "/artifacts/", path); }
  static std::string Proxied(const std::string& path) { return absl::StrCat(kProxy, "/artifacts/0/", run_, "/artifacts/", path); }
  static int Put(const std::string& path, const std::string& content) {
    const httplib::Result result = Client()->Put(path, content, "application/octet-stream");
    return result ? result->status : 0;
  }
  static std::string Get(const std::string& path) {
    const httplib::Result result = Client()->Get(path);
    return !result ? "no answer" : result->status == 200 ? result->body : absl::StrCat("! ", result->status, " ", result->body);
  }
  // As `sends` answers each piece of the body; the HTTP status.
  static int PutLarge(const std::string& path, std::size_t size) {
    const httplib::Result result = Client()->Put(
        path, size,
        [](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
          std::string piece(std::min<std::size_t>(length, 1 << 20), '\0');
          for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = ByteAt(offset + i);
          return sink.write(piece.data(), piece.size());
        },
        "application/octet-stream");
    return result ? result->status : 0;
  }
  static std::size_t BlobFiles() {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(platform_->home() + "/blobs"))
      count += entry.is_regular_file() ? 1 : 0;
    return count;
  }

  static Platform* platform_;
  static std::string run_;
};

Platform* ArtifactsTest::platform_ = nullptr;
std::string ArtifactsTest::run_;

TEST_F(ArtifactsTest, ALargeFileMovesInLittleMemory) {
  const int gateway = platform_->Pid("gateway");
  const int tracker = platform_->Pid("tracker");
  const absl::Time start = absl::Now();
  ASSERT_EQ(PutLarge(Proxied("large.bin"), kLarge), 200);
  const absl::Time sent = absl::Now();
  std::size_t received = 0;
  bool is_same = true;
  const httplib::Result got = Client()->Get(Native("large.bin"), [&](const char* data, std::size_t size) {
    for (std::size_t i = 0; i < size; i += 977) is_same = is_same && data[i] == ByteAt(received + i);
    received += size;
    return true;
  });
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(received, kLarge);
  EXPECT_TRUE(is_same);
  std::printf("%zu MiB: up %.1f s, down %.1f s; peak memory: gateway %d MiB, tracker %d MiB\n", kLarge >> 20,
              absl::ToDoubleSeconds(sent - start), absl::ToDoubleSeconds(absl::Now() - sent), PeakMegabytes(gateway),
              PeakMegabytes(tracker));
  EXPECT_LT(PeakMegabytes(gateway), kMaxMegabytes);
  EXPECT_LT(PeakMegabytes(tracker), kMaxMegabytes);
  EXPECT_EQ(platform_->Pid("gateway"), gateway);
}

TEST_F(ArtifactsTest, ChunkedBodiesAndEmptyOnesArrive) {
  const auto client = Client();
  const httplib::Result result = client->Put(
      Native("chunked.txt"),
      [](std::size_t, httplib::DataSink& sink) {
        for (const char* piece : {"one ", "two ", "three"}) sink.write(piece, std::strlen(piece));
        sink.done();
        return true;
      },
      "text/plain");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200) << result->body;
  EXPECT_EQ(Get(Native("chunked.txt")), "one two three");
  EXPECT_EQ(Put(Native("empty"), ""), 200);
  EXPECT_EQ(Get(Native("empty")), "");
}

TEST_F(ArtifactsTest, AnswersAreAttachmentsThatNoBrowserRuns) {
  ASSERT_EQ(Put(Native("page.html"), "<script>alert(1)</script>"), 200);
  for (const char* verb : {"GET", "HEAD"}) {
    httplib::Request request;
    request.method = verb;
    request.path = Native("page.html");
    const httplib::Result result = Client()->send(request);
    ASSERT_TRUE(result) << verb;
    EXPECT_EQ(result->status, 200);
    EXPECT_EQ(result->get_header_value("Content-Length"), "25") << verb;
    EXPECT_EQ(result->get_header_value("Content-Type"), "text/html");
    EXPECT_EQ(result->get_header_value("Content-Disposition"), "attachment; filename=page.html");
    EXPECT_EQ(result->get_header_value("X-Content-Type-Options"), "nosniff");
    EXPECT_TRUE(absl::StrContains(result->get_header_value("Content-Security-Policy"), "default-src 'none'"));
    EXPECT_EQ(result->get_header_value("ETag"), absl::StrCat("\"", base::Sha256Hex("<script>alert(1)</script>"), "\""));
    EXPECT_EQ(result->body.size(), std::string(verb) == "HEAD" ? 0u : 25u);
  }
}

TEST_F(ArtifactsTest, RangesAreParts) {
  ASSERT_EQ(Put(Native("digits"), "0123456789"), 200);
  const auto get = [](const std::string& path, const std::string& range) { return Client()->Get(path, {{"Range", range}}); };
  for (const std::string& path : {Native("digits"), Proxied("digits")}) {
    const httplib::Result part = get(path, "bytes=2-4");
    ASSERT_TRUE(part);
    EXPECT_EQ(part->status, 206);
    EXPECT_EQ(part->body, "234");
    EXPECT_EQ(part->get_header_value("Content-Range"), "bytes 2-4/10");
    EXPECT_EQ(get(path, "bytes=-3")->body, "789");
    EXPECT_EQ(get(path, "bytes=8-")->body, "89");
    EXPECT_EQ(get(path, "bytes=0-1,3-4")->body, "0123456789");
    const httplib::Result beyond = get(path, "bytes=10-");
    ASSERT_TRUE(beyond);
    EXPECT_EQ(beyond->status, 416);
    EXPECT_EQ(beyond->get_header_value("Content-Range"), "bytes */10");
  }
}

TEST_F(ArtifactsTest, NamesOfAnyKindArriveAsTheyAreMeant) {
  const std::vector<std::pair<std::string, std::string>> names{
      {"a%20b.txt", "a b.txt"},
      {"%ED%95%9C%EA%B8%80/%EB%B3%B4%EA%B3%A0%EC%84%9C.csv", "한글/보고서.csv"},
      {"100%25.txt", "100%.txt"},
      {"a+b&c=d;e,f'g(h)!.txt", "a+b&c=d;e,f'g(h)!.txt"},
      {"%F0%9F%98%80", "😀"},
      {"quote%22s.txt", "quote\"s.txt"},
      {"deep/er/and/deeper/x", "deep/er/and/deeper/x"},
      {"what%3F", "what?"}};
  for (const auto& [sent, meant] : names) {
    EXPECT_EQ(Put(Proxied("names/" + sent), meant), 200) << sent;
    EXPECT_EQ(Get(Proxied("names/" + sent)), meant) << sent;
  }
  std::vector<std::string> listed;
  const nlohmann::json list = platform_->CliJson({"runs", "artifacts", "list", run_, "--path", "names"});
  for (const nlohmann::json& artifact : list["artifacts"]) listed.push_back(artifact.value("path", ""));
  for (const auto& [sent, meant] : names)
    EXPECT_NE(std::find(listed.begin(), listed.end(), "names/" + meant), listed.end()) << meant;
}

TEST_F(ArtifactsTest, NoPathLeadsOutOfTheStore) {
  const std::string secret = base::ReadFile(platform_->home() + "/secrets/assertion.key").value();
  const std::string run_folder = absl::StrCat("0/", run_, "/artifacts/");
  for (const char* path : {"..",
                           "../x",
                           "../../secrets/assertion.key",
                           "a/../../x",
                           "%2e%2e/x",
                           "%2E%2E%2fsecrets%2fassertion.key",
                           "..%2f..%2fsecrets%2fassertion.key",
                           "%252e%252e%252fsecrets%252fassertion.key",
                           "%25252e%25252e/x",
                           "..%5c..%5csecrets",
                           "a%5cb",
                           "/etc/passwd",
                           "//etc/passwd",
                           "%2fetc/passwd",
                           "%252fetc/passwd",
                           "file:/etc/passwd",
                           "file%3A%2F%2F%2Fetc%2Fpasswd",
                           "C:/windows",
                           "C%3a%2fwindows",
                           "x%23/../../etc"}) {
    // Where it is the whole path; below a run it may be a name like any other ("C:").
    for (const char* verb : {"GET", "PUT", "DELETE"}) {
      httplib::Request request;
      request.method = verb;
      request.path = absl::StrCat(kProxy, "/artifacts/", path);
      request.body = request.method == "PUT" ? "x" : "";
      const httplib::Result result = Client()->send(request);
      ASSERT_TRUE(result) << verb << " " << path;
      EXPECT_EQ(result->status, 400) << verb << " " << path << ": " << result->body;
    }
    for (const std::string& url :
         {absl::StrCat(kProxy, "/artifacts/", run_folder, path), Native(path), absl::StrCat(kProxy, "/presigned/", path),
          absl::StrCat(kProxy, "/artifacts?path=", path),
          absl::StrCat("/api/2.0/mlflow/artifacts/list?run_id=", run_, "&path=", path),
          absl::StrCat("/get-artifact?run_id=", run_, "&path=", path),
          absl::StrCat("/ajax-api/2.0/mlflow/logged-models/m-x/artifacts/files?artifact_file_path=", path),
          absl::StrCat("/model-versions/get-artifact?name=m&version=1&path=", path)}) {
      const httplib::Result result = Client()->Get(url);
      ASSERT_TRUE(result) << url;
      EXPECT_TRUE(result->status == 400 || result->status == 404) << url << ": " << result->status << " " << result->body;
      EXPECT_FALSE(absl::StrContains(result->body, secret)) << url;
      EXPECT_FALSE(absl::StrContains(result->body, "root:")) << url;
    }
  }
  EXPECT_EQ(Put(absl::StrCat("/v1/runs/", run_, "/artifacts/a/../../x"), "x"), 400);
  // Bytes that no file system takes for what they look like are names: of entries, and of nothing else.
  for (const char* path : {"x%00y", "x%2500y", "%c0%ae%c0%ae/x"}) {
    EXPECT_EQ(Put(Proxied(path), path), 200) << path;
    EXPECT_EQ(Get(Proxied(path)), path) << path;
  }
}

TEST_F(ArtifactsTest, EveryRouteNeedsATokenButTheOnesThatCarryTheirOwn) {
  ASSERT_EQ(Put(Native("private"), "x"), 200);
  for (const std::string& path : {Native("private"), Proxied("private"), absl::StrCat(kProxy, "/presigned/0/x"),
                                  absl::StrCat("/get-artifact?run_id=", run_, "&path=private")}) {
    const httplib::Result result = Client(false)->Get(path);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->status, 401) << path;
  }
  const httplib::Result put = Client(false)->Put(Native("private"), "y", "text/plain");
  ASSERT_TRUE(put);
  EXPECT_EQ(put->status, 401);
  const httplib::Result part =
      Client(false)->Put(absl::StrCat(kProxy, "/mpu/parts/", std::string(64, '0'), "/1"), "y", "text/plain");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->status, 404) << part->body;
  EXPECT_EQ(Get(Native("private")), "x");
}

TEST_F(ArtifactsTest, PartsInParallelBecomeOneFileThatRangesRead) {
  constexpr int kParts = 8;
  const std::string folder = absl::StrCat("0/", run_, "/artifacts/parts");
  const HttpAnswer created =
      platform_->Post(absl::StrCat(kProxy, "/mpu/create/", folder), {{"path", "whole.bin"}, {"num_parts", kParts}});
  ASSERT_EQ(created.status, 200) << created.text;
  ASSERT_EQ(created.body["credentials"].size(), kParts);
  const std::string here = absl::StrCat("http://", platform_->HttpAddress());
  std::vector<std::string> etags(kParts);
  std::vector<std::thread> senders;
  for (int i = 0; i < kParts; ++i) {
    senders.emplace_back([&, i] {
      const std::string url = created.body["credentials"][kParts - 1 - i].value("url", "");
      EXPECT_TRUE(absl::StartsWith(url, here)) << url;
      const std::string content(1 << 20, static_cast<char>('a' + kParts - 1 - i));
      const httplib::Result part = Client(false)->Put(url.substr(here.size()), content, "application/octet-stream");
      ASSERT_TRUE(part);
      EXPECT_EQ(part->status, 200) << part->body;
      etags[kParts - 1 - i] = part->get_header_value("ETag");
    });
  }
  for (std::thread& sender : senders) sender.join();
  nlohmann::json parts = nlohmann::json::array();
  for (int i = 0; i < kParts; ++i) parts.push_back({{"part_number", i + 1}, {"etag", etags[i]}, {"url", "ignored"}});
  const nlohmann::json complete{{"path", "whole.bin"}, {"upload_id", created.body["upload_id"]}, {"parts", parts}};
  for (int i = 0; i < 2; ++i) {  // a retry answers the same
    const HttpAnswer done = platform_->Post(absl::StrCat(kProxy, "/mpu/complete/", folder), complete);
    EXPECT_EQ(done.status, 200) << done.text;
  }

  const HttpAnswer presigned = platform_->Get(absl::StrCat(kProxy, "/presigned/", folder, "/whole.bin"));
  ASSERT_EQ(presigned.status, 200) << presigned.text;
  EXPECT_EQ(presigned.body["file_size"], kParts << 20);
  const std::string url = presigned.body.value("url", "").substr(here.size());
  std::vector<std::thread> readers;
  for (int i = 0; i < kParts; ++i) {
    readers.emplace_back([&, i] {
      const httplib::Result piece =
          Client(false)->Get(url, {{"Range", absl::StrCat("bytes=", i << 20, "-", ((i + 1) << 20) - 1)}});
      ASSERT_TRUE(piece);
      EXPECT_EQ(piece->status, 206);
      EXPECT_EQ(piece->body, std::string(1 << 20, static_cast<char>('a' + i)));
    });
  }
  for (std::thread& reader : readers) reader.join();
}

TEST_F(ArtifactsTest, TheCommandLinePutsListsGetsAndDeletes) {
  const fs::path folder = fs::path(platform_->home()) / "cli";
  fs::create_directories(folder / "in/sub");
  ASSERT_TRUE(base::WriteFileAtomically(folder / "in/a.txt", "of a").ok());
  ASSERT_TRUE(base::WriteFileAtomically(folder / "in/sub/b.txt", std::string(3 << 20, 'b')).ok());
  const Ended put = platform_->Cli({"runs", "artifacts", "put", run_, (folder / "in").string(), "cli"});
  EXPECT_EQ(put.exit_code, 0) << put.err;
  const Ended get = platform_->Cli({"runs", "artifacts", "get", run_, "cli", (folder / "out").string()});
  EXPECT_EQ(get.exit_code, 0) << get.err;
  EXPECT_EQ(base::ReadFile(folder / "out/a.txt").value_or(""), "of a");
  EXPECT_EQ(base::ReadFile(folder / "out/sub/b.txt").value_or("").size(), std::size_t{3} << 20);
  EXPECT_EQ(platform_->Cli({"runs", "artifacts", "get", run_, "cli/a.txt", "-"}).out, "of a");
  EXPECT_EQ(platform_->Cli({"runs", "artifacts", "delete", run_, "cli"}).exit_code, 0);
  EXPECT_EQ(platform_->Cli({"runs", "artifacts", "delete", run_, "cli"}).exit_code, 1);
  EXPECT_EQ(platform_->Cli({"runs", "artifacts", "get", run_, "cli/a.txt", "-"}).exit_code, 1);
}

TEST_F(ArtifactsTest, AClientThatLeavesLeavesNothingBehind) {
  const std::size_t before = BlobFiles();
  const httplib::Result result = Client()->Put(
      Native("given-up"), 64 << 20,
      [](std::size_t offset, std::size_t, httplib::DataSink& sink) {
        const std::string piece(1 << 20, 'x');
        return offset < (8 << 20) && sink.write(piece.data(), piece.size());
      },
      "application/octet-stream");
  EXPECT_FALSE(result);
  EXPECT_TRUE(WaitUntil(absl::Seconds(20), [&] { return BlobFiles() <= before; }));
  EXPECT_TRUE(absl::StartsWith(Get(Native("given-up")), "! 404"));
}

TEST_F(ArtifactsTest, DeletedAndOverwrittenFilesAreCollectedAndTheRestStays) {
  ASSERT_EQ(Put(Native("kept"), "kept content"), 200);
  ASSERT_EQ(Put(Native("gone"), "gone content"), 200);
  ASSERT_EQ(Put(Native("replaced"), "old content"), 200);
  const auto is_stored = [](const std::string& content) {
    const std::string sha256 = base::Sha256Hex(content);
    return fs::exists(absl::StrCat(platform_->home(), "/blobs/", sha256.substr(0, 2), "/", sha256.substr(2, 2), "/", sha256));
  };
  ASSERT_TRUE(is_stored("gone content") && is_stored("old content"));
  const httplib::Result deleted = Client()->Delete(Native("gone"));
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->status, 200) << deleted->body;
  ASSERT_EQ(Put(Native("replaced"), "new content"), 200);
  EXPECT_TRUE(WaitUntil(absl::Seconds(20), [&] { return !is_stored("gone content") && !is_stored("old content"); }));
  EXPECT_TRUE(is_stored("kept content"));
  EXPECT_EQ(Get(Native("kept")), "kept content");
  EXPECT_EQ(Get(Native("replaced")), "new content");
}

TEST_F(ArtifactsTest, KillingTheTrackerLosesNoAcknowledgedFile) {
  std::atomic<bool> is_done = false;
  std::vector<std::vector<std::string>> acknowledged(4);
  std::vector<std::thread> senders;
  for (std::size_t sender = 0; sender < acknowledged.size(); ++sender) {
    senders.emplace_back([&, sender] {
      for (int i = 0; !is_done; ++i) {
        const std::string name = absl::StrCat("killed/", sender, "-", i);
        if (Put(Native(name), absl::StrCat(name, std::string(200'000, 'x'))) == 200) acknowledged[sender].push_back(name);
      }
    });
  }
  for (int i = 0; i < 3; ++i) {
    absl::SleepFor(absl::Milliseconds(700));
    const int tracker = platform_->Pid("tracker");
    ASSERT_GT(tracker, 0);
    kill(tracker, SIGKILL);
    EXPECT_TRUE(WaitUntil(absl::Seconds(20),
                          [&] { return Get(Native("killed/0-0")).size() > 200'000 || platform_->Pid("tracker") != tracker; }));
  }
  EXPECT_TRUE(WaitUntil(absl::Seconds(20), [] { return Put(Native("alive"), "x") == 200; }));
  is_done = true;
  for (std::thread& sender : senders) sender.join();
  std::size_t count = 0;
  for (const std::vector<std::string>& names : acknowledged) {
    count += names.size();
    for (const std::string& name : names) EXPECT_EQ(Get(Native(name)), absl::StrCat(name, std::string(200'000, 'x'))) << name;
  }
  EXPECT_GT(count, 10u);
  // What died on its way in is collected.
  EXPECT_TRUE(WaitUntil(absl::Seconds(20), [] { return fs::is_empty(platform_->home() + "/blobs/incoming"); }));
}

}  // namespace
}  // namespace millwright::e2e
