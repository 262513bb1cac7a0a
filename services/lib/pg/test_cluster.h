#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace millwright::pg {

/// One private PostgreSQL server on a unix socket, of this process alone: it ends and its folder goes when the process ends, also
/// by a signal. Made from an initialised folder that is kept beside the test binary, as initdb takes longer than most tests.
class TestCluster {
 public:
  TestCluster();
  ~TestCluster();
  TestCluster(const TestCluster&) = delete;
  TestCluster& operator=(const TestCluster&) = delete;

  /// Why there is no server here; empty when there is one.
  const std::string& missing() const { return missing_; }
  std::string Url(const std::string& database) const;
  void Start();
  void Stop();

 private:
  bool Run(const std::string& program, const std::vector<std::string>& arguments) const;
  void RemoveLeftovers() const;
  void Initialise();

  std::string missing_;
  std::string binaries_;
  std::filesystem::path folder_;
  pid_t server_ = -1;
};

}  // namespace millwright::pg
