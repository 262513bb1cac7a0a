// What the machine may lack: space on the disk, a port, a program, a right. The message says it, and nothing is damaged.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "e2e/model_release.h"
#include "e2e/platform.h"
#include "lib/base/files.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"
#include "lib/rpc/client.h"
#include "millwright/tracker/v1/tracker.grpc.pb.h"

namespace millwright::e2e {
namespace {

namespace fs = std::filesystem;

void ExpectSays(const std::string& text, const std::vector<std::string>& words) {
  for (const std::string& word : words) EXPECT_TRUE(absl::StrContains(text, word)) << "does not say <" << word << ">: " << text;
}

// Whether a process has the folder in its command line: every one of a platform has.
bool RunsAnything(const std::string& home) {
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const auto command = base::ReadFile(entry.path() / "cmdline");
    if (command.ok() && absl::StrContains(*command, home) && entry.path().filename() != std::to_string(getpid())) return true;
  }
  return false;
}

// A platform whose data folder is a disk of its own.
class PlatformOnASmallDisk {
 public:
  PlatformOnASmallDisk()
      : is_mounted_(mount("tmpfs", platform.home().c_str(), "tmpfs", 0, "size=800m,mode=0755") == 0), error_(errno) {}
  ~PlatformOnASmallDisk() {
    platform.Down();
    if (is_mounted_) umount2(platform.home().c_str(), MNT_DETACH);
  }
  bool is_mounted() const { return is_mounted_; }
  std::string WhyNot() const { return absl::StrCat("cannot mount a small disk (needs root): ", std::strerror(error_)); }

  /// Takes every byte that is left.
  void Fill() const {
    const int fd = open(Filler().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_GE(fd, 0);
    const auto closer = absl::MakeCleanup([fd] { close(fd); });
    const std::string zeros(1 << 20, '\0');
    for (std::size_t size = zeros.size(); size > 0;) {
      if (write(fd, zeros.data(), size) < 0) size /= 2;
    }
  }
  void Free() const { fs::remove(Filler()); }

  Platform platform;

 private:
  std::string Filler() const { return platform.home() + "/filler"; }

  bool is_mounted_;
  int error_;
};

std::string DownloadBlob(Platform& platform, const std::string& sha256) {
  const auto stub =
      tracker::v1::ArtifactService::NewStub(rpc::ConnectWithToken(platform.GrpcAddress(), platform.Secret("cli.token")));
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Seconds(60));
  tracker::v1::DownloadBlobRequest request;
  request.set_sha256(sha256);
  const auto reader = stub->DownloadBlob(&context, request);
  std::string bytes;
  tracker::v1::BlobChunk chunk;
  while (reader->Read(&chunk)) bytes += chunk.bytes();
  const grpc::Status end = reader->Finish();
  EXPECT_TRUE(end.ok()) << end.error_message();
  return bytes;
}

TEST(FullDiskTest, AnUploadIsRefusedAndWorksOnceThereIsSpace) {
  PlatformOnASmallDisk disk;
  if (!disk.is_mounted()) GTEST_SKIP() << disk.WhyNot();
  Platform& platform = disk.platform;
  const Ended up = platform.Up();
  ASSERT_EQ(up.exit_code, 0) << up.err;
  const std::string earlier = base::RandomHex(1 << 20);
  const absl::StatusOr<std::string> kept = UploadBlob(platform, earlier);
  ASSERT_TRUE(kept.ok()) << kept.status();
  const HttpAnswer run = platform.Post("/v1/runs", {{"name", "before"}});
  ASSERT_EQ(run.status, 200) << run.text;
  const std::string path = "/v1/runs/" + run.body.value("run_id", "");
  const nlohmann::json point{{"key", "loss"}, {"value", 0.5}, {"step", 1}, {"timestamp_ms", 1'700'000'000'000}};
  ASSERT_EQ(platform.Post(path + "/log", {{"metrics", {point}}}).status, 200);

  disk.Fill();
  const std::string refused = base::RandomHex(4 << 20);
  const absl::Status status = UploadBlob(platform, refused).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  ExpectSays(std::string(status.message()), {"the disk is full", "MiB are free", platform.home() + "/blobs"});
  EXPECT_TRUE(fs::is_empty(platform.home() + "/blobs/incoming")) << "half a blob stayed";
  const std::string file = absl::StrCat("/tmp/", base::RandomHex(8), ".csv");
  const auto remover = absl::MakeCleanup([&file] { unlink(file.c_str()); });
  ASSERT_TRUE(base::WriteFileAtomically(file, refused).ok());
  const Ended job = platform.Cli({"pipelines", "run", "turbofan-rul", "--set", "data=" + file, "--wait"});
  EXPECT_EQ(job.exit_code, 1) << job.err;
  EXPECT_EQ(job.out, "");
  ExpectSays(job.err, {"the disk is full"});
  EXPECT_EQ(platform.Get(path).status, 200) << "what is there can be read";
  EXPECT_EQ(DownloadBlob(platform, *kept), earlier);

  disk.Free();
  absl::StatusOr<std::string> again;
  EXPECT_TRUE(WaitUntil(absl::Seconds(60), [&] {
    again = UploadBlob(platform, refused);
    return again.ok();
  })) << again.status();
  EXPECT_EQ(DownloadBlob(platform, *again), refused);
  EXPECT_EQ(DownloadBlob(platform, *kept), earlier);
  EXPECT_EQ(platform.Get(path + "/metrics?key=loss").body["metrics"].size(), 1u);
  EXPECT_EQ(platform.Post(path + "/log", {{"metrics", {point}}}).status, 200);

  // Stopped, filled and started: the same.
  ASSERT_EQ(platform.Down().exit_code, 0);
  disk.Fill();
  const Ended full = platform.Up();
  EXPECT_EQ(full.exit_code, 1);
  ExpectSays(full.err, {"the disk of " + platform.home() + " is full", "MiB are needed", "Free some space", "MILLWRIGHT_HOME"});
  EXPECT_FALSE(RunsAnything(platform.home()));
  disk.Free();
  const Ended up_again = platform.Up();
  ASSERT_EQ(up_again.exit_code, 0) << up_again.err;
  EXPECT_EQ(DownloadBlob(platform, *again), refused);
  EXPECT_EQ(platform.Get(path + "/metrics?key=loss").body["metrics"].size(), 1u);
}

TEST(FullDiskTest, TheFirstUpSaysSo) {
  PlatformOnASmallDisk disk;
  if (!disk.is_mounted()) GTEST_SKIP() << disk.WhyNot();
  disk.Fill();
  const Ended up = disk.platform.Up();
  EXPECT_EQ(up.exit_code, 1);
  EXPECT_EQ(up.out, "");
  ExpectSays(up.err, {"disk", "is full", disk.platform.home()});
  EXPECT_FALSE(RunsAnything(disk.platform.home()));
  EXPECT_FALSE(fs::exists(disk.platform.home() + "/pg"));
}

TEST(TakenPortTest, UpNamesThePortTheKeyAndTheWayOut) {
  Platform platform;
  const std::pair<int, const char*> ports[] = {{5000, "doors.http_address of the gateway"},
                                               {7000, "doors.grpc_address of the gateway"},
                                               {8000, "inference.address of serving"},
                                               {7002, "server.address of tracker"},
                                               {7107, "server.metrics_address of trainer-worker"}};
  for (const auto& [number, key] : ports) {
    const int port = platform.Port(number);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto closer = absl::MakeCleanup([fd] { close(fd); });
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << port;
    ASSERT_EQ(listen(fd, 1), 0);
    const Ended up = platform.Up();
    EXPECT_EQ(up.exit_code, 1);
    ExpectSays(up.err,
               {absl::StrCat("port ", port, " (", key, ")"), "another program listens there", "ss -ltnp", "--port-offset"});
    EXPECT_FALSE(RunsAnything(platform.home()));
    EXPECT_FALSE(fs::exists(platform.home() + "/pg")) << "a database was made for nothing";
  }
}

TEST(MissingPartTest, UpNamesWhatIsMissing) {
  Platform platform;
  const fs::path programs = platform.home() + "/bin";
  fs::create_directories(programs);
  const fs::path original = fs::path(MILLWRIGHT_PROGRAM).parent_path();
  fs::copy_file(MILLWRIGHT_PROGRAM, programs / "millwright");
  for (const char* name : {"gateway", "telemetry", "model-registry", "scheduler", "monitor", "serving"}) {
    fs::create_symlink(original / absl::StrCat("millwright-", name), programs / absl::StrCat("millwright-", name));
  }
  const std::vector<std::string> command{programs / "millwright",   "up",      "--home",
                                         platform.home() + "/data", "--share", MILLWRIGHT_SHARE};
  const Ended up = RunProgram(command);
  EXPECT_EQ(up.exit_code, 1);
  ExpectSays(up.err, {"missing programs", programs / "millwright-tracker", programs / "millwright-trainer-worker", "deploy/up"});
  EXPECT_FALSE(absl::StrContains(up.err, "millwright-gateway,")) << up.err;
  EXPECT_FALSE(RunsAnything(platform.home()));

  const Ended no_share =
      RunProgram({MILLWRIGHT_PROGRAM, "up", "--home", platform.home() + "/data", "--share", "/no/such/folder"});
  EXPECT_EQ(no_share.exit_code, 1);
  ExpectSays(no_share.err, {"/no/such/folder/pipelines is missing", "--share"});
}

TEST(HarnessTest, APlatformGoesDownWithItsTest) {
  int home[2];
  ASSERT_EQ(pipe2(home, O_CLOEXEC), 0);
  const pid_t test = fork();
  if (test == 0) {
    auto* platform = new Platform;
    const bool is_up = platform->Up().exit_code == 0;
    const std::string line = is_up ? platform->home() : "";
    if (write(home[1], line.data(), line.size()) > 0) raise(SIGKILL);
    _exit(1);
  }
  close(home[1]);
  char buffer[4096];
  const ssize_t size = read(home[0], buffer, sizeof buffer);
  close(home[0]);
  int status = 0;
  waitpid(test, &status, 0);
  ASSERT_GT(size, 0) << "the platform did not start";
  ASSERT_TRUE(WIFSIGNALED(status));
  const std::string folder(buffer, static_cast<std::size_t>(size));
  EXPECT_TRUE(WaitUntil(absl::Seconds(30), [&] { return !RunsAnything(folder); })) << folder;
  fs::remove_all(folder);
}

TEST(DataFolderTest, AFolderThatCannotBeUsedIsNamed) {
  std::vector<std::string> as_plain_user;
  if (geteuid() == 0) {
    if (getpwnam("nobody") == nullptr) GTEST_SKIP() << "this machine has no account nobody";
    as_plain_user = {"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"};
    std::vector<std::string> probe = as_plain_user;
    probe.insert(probe.end(), {MILLWRIGHT_PROGRAM, "version"});
    if (RunProgram(probe).exit_code != 0) GTEST_SKIP() << "the account nobody cannot run " << MILLWRIGHT_PROGRAM;
  }
  const auto up = [&](const std::string& home) {
    std::vector<std::string> command = as_plain_user;
    command.insert(command.end(), {MILLWRIGHT_PROGRAM, "up", "--home", home, "--share", MILLWRIGHT_SHARE});
    const Ended ended = RunProgram(command);
    EXPECT_EQ(ended.exit_code, 1) << home;
    EXPECT_EQ(ended.out, "");
    return ended.err;
  };
  ExpectSays(up("/usr/lib/millwright-test"),
             {"cannot make the folder /usr/lib/millwright-test", "Permission denied", "MILLWRIGHT_HOME"});
  ExpectSays(up("/usr/lib/not-there/millwright-test"),
             {"/usr/lib/not-there/millwright-test", "Permission denied", "MILLWRIGHT_HOME"});
  EXPECT_FALSE(RunsAnything("millwright-test"));
  ExpectSays(up("/usr/lib"), {"/usr/lib belongs to another user (uid 0)", "MILLWRIGHT_HOME"});
  ExpectSays(up("/etc/passwd"), {"/etc/passwd is not a folder"});
  ExpectSays(up("/etc/passwd/data"), {"/etc/passwd/data", "Not a directory", "MILLWRIGHT_HOME"});
}

}  // namespace
}  // namespace millwright::e2e
