#include "contracts/comments.h"

#include <google/protobuf/descriptor.pb.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "contract_set.h"

namespace millwright::contracts {
namespace {

using google::protobuf::DescriptorPool;

// The contracts once more, with the places of their declarations.
const DescriptorPool& Pool() {
  static const DescriptorPool* pool = [] {
    auto* made = new DescriptorPool;
    google::protobuf::FileDescriptorSet set;
    set.ParseFromArray(kContractSet, static_cast<int>(kContractSetSize));
    for (const auto& file : set.file()) made->BuildFile(file);
    return made;
  }();
  return *pool;
}

template <typename Declaration>
std::string Comment(const Declaration* declaration) {
  google::protobuf::SourceLocation place;
  if (declaration == nullptr || !declaration->GetSourceLocation(&place)) return "";
  std::vector<std::string> lines =
      absl::StrSplit(place.leading_comments.empty() ? place.trailing_comments : place.leading_comments, '\n');
  for (std::string& line : lines) absl::StripAsciiWhitespace(&line);
  std::string text = absl::StrJoin(lines, " ");
  absl::StripAsciiWhitespace(&text);
  return text;
}

}  // namespace

std::string CommentOf(const google::protobuf::Descriptor& message) {
  return Comment(Pool().FindMessageTypeByName(message.full_name()));
}
std::string CommentOf(const google::protobuf::FieldDescriptor& field) {
  return Comment(Pool().FindFieldByName(field.full_name()));
}
std::string CommentOf(const google::protobuf::MethodDescriptor& method) {
  return Comment(Pool().FindMethodByName(method.full_name()));
}

}  // namespace millwright::contracts
