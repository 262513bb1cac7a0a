// proto_check RELEASED          fails when a contract breaks the rules or the released contracts
// proto_check --raise RELEASED  makes the contracts as they are the released ones
#include <cstdio>
#include <set>
#include <string>

#include "check/contract_rules.h"
#include "contracts/contracts.h"
#include "lib/base/files.h"

namespace millwright::contracts {
namespace {

// Files with what they import, each after its imports.
void Add(const google::protobuf::FileDescriptor* file, std::set<std::string>& seen, google::protobuf::FileDescriptorSet& set) {
  if (!seen.insert(file->name()).second) return;
  for (int i = 0; i < file->dependency_count(); ++i) Add(file->dependency(i), seen, set);
  file->CopyTo(set.add_file());
}

int Raise(const std::string& path) {
  google::protobuf::FileDescriptorSet set;
  std::set<std::string> seen;
  for (const auto* file : Files()) Add(file, seen, set);
  const absl::Status status = base::WriteFileAtomically(path, set.SerializeAsString());
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}

int Check(const std::string& path) {
  const absl::StatusOr<std::string> bytes = base::ReadFile(path);
  google::protobuf::FileDescriptorSet released;
  if (!bytes.ok() || !released.ParseFromString(*bytes)) {
    std::fprintf(stderr, "%s: the released contracts do not read\n", path.c_str());
    return 1;
  }
  const std::vector<std::string> broken_rules = CheckRules(Files());
  for (const std::string& problem : broken_rules) std::fprintf(stderr, "contract: %s\n", problem.c_str());
  const std::vector<std::string> breaks = CheckCompatible(released, *google::protobuf::DescriptorPool::generated_pool());
  for (const std::string& problem : breaks) std::fprintf(stderr, "contract: %s\n", problem.c_str());
  if (!breaks.empty()) {
    std::fprintf(stderr,
                 "These changes break released clients. Add beside the old instead; before a release that may break them: "
                 "proto_check --raise %s\n",
                 path.c_str());
  }
  return broken_rules.empty() && breaks.empty() ? 0 : 1;
}

}  // namespace
}  // namespace millwright::contracts

int main(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (argc == 2 && first != "--raise") return millwright::contracts::Check(first);
  if (argc == 3 && first == "--raise") return millwright::contracts::Raise(argv[2]);
  std::fprintf(stderr, "usage: proto_check [--raise] RELEASED.binpb\n");
  return 2;
}
