#include "e2e/platform.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "lib/base/files.h"

namespace millwright::e2e {
namespace {

constexpr int kDefaultPorts[] = {5000, 7000, 7001, 7002, 7003, 7004, 7005, 7006, 7007, 7008, 8000};

bool IsFree(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return is_free;
}

// Below the range that the kernel gives to outgoing connections.
int FreeOffset() {
  for (int i = 0; i < 200; ++i) {
    const int offset = 10'000 + ((getpid() * 37 + i * 211) % 140) * 100;
    bool is_free = true;
    for (const int port : kDefaultPorts) is_free = is_free && IsFree(port + offset) && IsFree(port + 100 + offset);
    if (is_free) return offset;
  }
  ADD_FAILURE() << "no free ports";
  return 0;
}

// Starts a process that takes the platform down as soon as the other end of the pipe, which is returned, closes without a word.
int StartGuard(const std::string& home) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    // Not a descendant of the test, nor in its group: ctest ends all of those when a test takes too long.
    if (fork() != 0) _exit(0);
    setsid();
    const int null = open("/dev/null", O_WRONLY);
    dup2(ends[0], 0);
    dup2(null, 1);
    dup2(null, 2);
    // By its environment, not its arguments: tests look for processes that name the folder.
    setenv("MILLWRIGHT_HOME", home.c_str(), 1);
    execl("/bin/sh", "sh", "-c", "read -r _ || exec \"$0\" down", MILLWRIGHT_PROGRAM, nullptr);
    _exit(127);
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return ends[1];
}

HttpAnswer ToAnswer(const httplib::Result& result) {
  if (!result) return {};
  HttpAnswer answer{.status = result->status, .text = result->body};
  answer.body = nlohmann::json::parse(result->body, nullptr, /*allow_exceptions=*/false);
  if (answer.body.is_discarded()) answer.body = nullptr;
  return answer;
}

httplib::Client ClientOf(const std::string& address) {
  httplib::Client client(absl::StrCat("http://", address));
  client.set_read_timeout(60);
  client.set_connection_timeout(5);
  return client;
}

httplib::Headers HeadersOf(const std::string& token) {
  if (token == "-") return {};
  return {{"Authorization", absl::StrCat("Bearer ", token)}};
}

}  // namespace

Ended RunProgram(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  int out[2];
  int err[2];
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) return {};
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(out[1], 1);
    dup2(err[1], 2);
    const int null = open("/dev/null", O_RDONLY);
    dup2(null, 0);
    for (const std::string& setting : environment) putenv(const_cast<char*>(setting.c_str()));
    std::vector<char*> arguments;
    for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  close(out[1]);
  close(err[1]);
  Ended ended;
  pollfd files[2] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
  int open_files = 2;
  int status = 0;
  bool has_exited = false;
  while (open_files > 0) {
    // A daemon may have inherited the pipe: what counts is that the program itself has ended and said all it had to.
    const int ready = poll(files, 2, has_exited ? 0 : 100);
    if (ready == 0 && has_exited) break;
    for (int i = 0; i < 2; ++i) {
      if (files[i].fd < 0 || (files[i].revents & (POLLIN | POLLHUP)) == 0) continue;
      char buffer[65536];
      const ssize_t n = read(files[i].fd, buffer, sizeof buffer);
      if (n > 0) {
        (i == 0 ? ended.out : ended.err).append(buffer, static_cast<std::size_t>(n));
      } else {
        files[i].fd = -1;
        --open_files;
      }
    }
    if (!has_exited) has_exited = waitpid(pid, &status, WNOHANG) == pid;
  }
  close(out[0]);
  close(err[0]);
  if (!has_exited) waitpid(pid, &status, 0);
  ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended;
}

Platform::Platform(std::vector<std::string> environment) : environment_(std::move(environment)), offset_(FreeOffset()) {
  char folder[] = "/tmp/mwXXXXXX";
  home_ = mkdtemp(folder);
  // The database runs as another user when the tests run as root, and must reach its folder.
  std::filesystem::permissions(
      home_, std::filesystem::perms::owner_all | std::filesystem::perms::group_exec | std::filesystem::perms::others_exec);
  guard_ = StartGuard(home_);
}

Platform::~Platform() {
  Down();
  if (guard_ >= 0) {
    const char word[] = "down\n";
    EXPECT_EQ(write(guard_, word, sizeof word - 1), static_cast<ssize_t>(sizeof word - 1));
    close(guard_);
  }
  if (testing::Test::HasFailure()) {
    std::cerr << "the platform's folder is kept: " << home_ << "\n";
    return;
  }
  std::error_code error;
  std::filesystem::remove_all(home_, error);
}

Ended Platform::Up(const std::vector<std::string>& more) {
  std::vector<std::string> command{MILLWRIGHT_PROGRAM,   "up", "--home", home_, "--share", MILLWRIGHT_SHARE, "--port-offset",
                                   absl::StrCat(offset_)};
  command.insert(command.end(), more.begin(), more.end());
  return RunProgram(command, environment_);
}

Ended Platform::Down() { return RunProgram({MILLWRIGHT_PROGRAM, "down", "--home", home_}); }

void Platform::Configure(const std::string& service, const std::string& yaml) {
  std::filesystem::create_directories(home_ + "/config");
  EXPECT_TRUE(base::WriteFileAtomically(absl::StrCat(home_, "/config/", service, ".yaml"), yaml).ok());
}

Ended Platform::Cli(const std::vector<std::string>& arguments, const std::string& token) {
  std::vector<std::string> command{MILLWRIGHT_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment{absl::StrCat("MILLWRIGHT_HOME=", home_),
                                       absl::StrCat("MILLWRIGHT_ADDRESS=", GrpcAddress())};
  if (!token.empty()) environment.push_back(absl::StrCat("MILLWRIGHT_TOKEN=", token));
  return RunProgram(command, environment);
}

nlohmann::json Platform::CliJson(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--output", "json"});
  const Ended ended = Cli(arguments);
  EXPECT_EQ(ended.exit_code, 0) << absl::StrJoin(arguments, " ") << "\n" << ended.out << ended.err;
  nlohmann::json json = nlohmann::json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
  EXPECT_FALSE(json.is_discarded()) << ended.out;
  return json;
}

HttpAnswer Platform::Get(const std::string& path, const std::string& token) {
  return ToAnswer(ClientOf(HttpAddress()).Get(path, HeadersOf(token.empty() ? Secret("cli.token") : token)));
}

HttpAnswer Platform::Post(const std::string& path, const nlohmann::json& body, const std::string& token) {
  return ToAnswer(ClientOf(HttpAddress())
                      .Post(path, HeadersOf(token.empty() ? Secret("cli.token") : token), body.dump(), "application/json"));
}

HttpAnswer Platform::Infer(const std::string& path, const std::string& body, const std::string& token) {
  return ToAnswer(ClientOf(InferenceAddress())
                      .Post(path, HeadersOf(token.empty() ? Secret("inference.token") : token), body, "application/json"));
}

HttpAnswer Platform::InferGet(const std::string& path, const std::string& token) {
  return ToAnswer(ClientOf(InferenceAddress()).Get(path, HeadersOf(token.empty() ? Secret("inference.token") : token)));
}

int Platform::Pid(const std::string& service) {
  if (service == "supervisor") {
    const auto text = base::ReadFile(absl::StrCat(home_, "/run/state.json"));
    const nlohmann::json state = nlohmann::json::parse(text.ok() ? *text : "", nullptr, /*allow_exceptions=*/false);
    return state.is_object() && state.contains("supervisor") ? state["supervisor"].value("pid", 0) : 0;
  }
  const Ended ended = Cli({"status", "--output", "json"});
  const nlohmann::json status = nlohmann::json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
  if (!status.is_object() || !status.contains("services")) return 0;
  for (const nlohmann::json& row : status["services"]) {
    if (row.value("name", "") == service) return row.value("pid", 0);
  }
  return 0;
}

std::string Platform::Secret(const std::string& name) const {
  const auto text = base::ReadFile(absl::StrCat(home_, "/secrets/", name), 4096);
  return text.ok() ? std::string(absl::StripAsciiWhitespace(*text)) : "";
}

std::string Platform::HttpAddress() const { return absl::StrCat("127.0.0.1:", Port(5000)); }
std::string Platform::GrpcAddress() const { return absl::StrCat("127.0.0.1:", Port(7000)); }
std::string Platform::InferenceAddress() const { return absl::StrCat("127.0.0.1:", Port(8000)); }

bool WaitUntil(absl::Duration limit, const std::function<bool()>& is_true) {
  const absl::Time give_up = absl::Now() + limit;
  while (!is_true()) {
    if (absl::Now() > give_up) return false;
    absl::SleepFor(absl::Milliseconds(50));
  }
  return true;
}

std::optional<std::string> DataFolder() {
  const char* named = std::getenv("MILLWRIGHT_TEST_DATA");
  const std::string folder = named != nullptr ? named : absl::StrCat(MILLWRIGHT_SOURCE, "/../shared/data");
  if (!std::filesystem::exists(folder)) return std::nullopt;
  return folder;
}

}  // namespace millwright::e2e
