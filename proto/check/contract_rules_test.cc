#include "check/contract_rules.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "contracts/contracts.h"
#include "millwright/api/v1/options.pb.h"
#include "millwright/system/v1/system.pb.h"

namespace millwright::contracts {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

// The system contract, changed by `change`, in a pool of its own.
template <typename Change>
std::vector<std::string> Compare(Change change) {
  FileDescriptorSet released;
  google::protobuf::DescriptorPool current;
  const auto* file = system::v1::SystemStatus::descriptor()->file();
  for (const auto* imported : {google::protobuf::FileDescriptorProto::descriptor()->file(), file->dependency(0),
                               api::v1::HttpRoute::descriptor()->file()}) {
    imported->CopyTo(released.add_file());
    EXPECT_NE(current.BuildFile(released.file(released.file_size() - 1)), nullptr);
  }
  file->CopyTo(released.add_file());
  FileDescriptorProto changed = released.file(3);
  change(changed);
  EXPECT_NE(current.BuildFile(changed), nullptr);
  return CheckCompatible(released, current);
}

// A file with one service whose RPC has these options (text format).
std::vector<std::string> RulesOf(const std::string& options,
                                 const std::string& fields = "name: \"name\" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL") {
  FileDescriptorProto file;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      absl::StrCat("name: \"x.proto\" package: \"x\" syntax: \"proto3\" dependency: \"millwright/api/v1/options.proto\" "
                   "message_type { name: \"In\" field { ",
                   fields,
                   " } } service { name: \"S\" method { name: \"Do\" input_type: \".x.In\" output_type: \".x.In\" options { ",
                   options, " } } }"),
      &file));
  google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
  return CheckRules({pool.BuildFile(file)});
}

constexpr char kAudit[] = " [millwright.api.v1.audit]: AUDIT_NONE";
constexpr char kViewer[] = " [millwright.api.v1.access] { action: \"x\" least_role: ROLE_VIEWER }";

TEST(CheckRulesTest, TheContractsHoldTheRules) { EXPECT_THAT(CheckRules(Files()), IsEmpty()); }

TEST(CheckRulesTest, AnRpcNeedsAccessRuleAndAudit) {
  EXPECT_THAT(RulesOf(absl::StrCat(kAudit, kViewer)), IsEmpty());
  EXPECT_THAT(RulesOf(kAudit), Contains(HasSubstr("has no access rule")));
  EXPECT_THAT(RulesOf(kViewer), Contains(HasSubstr("does not say whether it is audited")));
  EXPECT_THAT(RulesOf(absl::StrCat(kAudit, " [millwright.api.v1.access] { action: \"x\" public: true internal: true }")),
              Contains(HasSubstr("exactly one of")));
  EXPECT_THAT(
      RulesOf(absl::StrCat(kAudit, " [millwright.api.v1.access] { action: \"x\" least_role: ROLE_VIEWER resource: \"id\" }")),
      Contains(HasSubstr("resource \"id\"")));
}

TEST(CheckRulesTest, RoutesAreUniqueAndTheirFieldsExist) {
  EXPECT_THAT(RulesOf(absl::StrCat(kAudit, kViewer, " [millwright.api.v1.http] { get: \"/v1/x/{name}\" }")), IsEmpty());
  EXPECT_THAT(RulesOf(absl::StrCat(kAudit, kViewer, " [millwright.api.v1.http] { get: \"/v1/x/{id}\" }")),
              Contains(HasSubstr("{id}")));
  EXPECT_THAT(RulesOf(absl::StrCat(kAudit, kViewer, " [millwright.api.v1.http] { }")), Contains(HasSubstr("no verb")));
  EXPECT_THAT(RulesOf(absl::StrCat(
                  kAudit, kViewer,
                  " [millwright.api.v1.http] { get: \"/v1/x/{name}\" } [millwright.api.v1.http] { get: \"/v1/x/{name}:y\" }")),
              IsEmpty());
}

TEST(CheckRulesTest, SecretsAreMarked) {
  EXPECT_THAT(RulesOf(absl::StrCat(kAudit, kViewer), "name: \"session_token\" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL"),
              Contains(HasSubstr("named like a secret")));
  EXPECT_THAT(
      RulesOf(absl::StrCat(kAudit, kViewer), "name: \"next_page_token\" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL"),
      IsEmpty());
}

TEST(CheckCompatibleTest, AdditionsAreFree) {
  EXPECT_THAT(Compare([](FileDescriptorProto&) {}), IsEmpty());
  EXPECT_THAT(Compare([](FileDescriptorProto& file) {
                auto* field = file.mutable_message_type(0)->add_field();
                field->set_name("colour");
                field->set_number(99);
                field->set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
                field->set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
              }),
              IsEmpty());
}

TEST(CheckCompatibleTest, RemovedRetypedAndRenumberedFieldsAreFound) {
  EXPECT_THAT(Compare([](FileDescriptorProto& file) { file.mutable_message_type(0)->mutable_field()->RemoveLast(); }),
              Contains(HasSubstr("last_exit = 8 was removed")));
  EXPECT_THAT(Compare([](FileDescriptorProto& file) { file.mutable_message_type(0)->mutable_field(0)->set_number(77); }),
              Contains(HasSubstr("another number")));
  EXPECT_THAT(Compare([](FileDescriptorProto& file) {
                file.mutable_message_type(0)->mutable_field(0)->set_type(google::protobuf::FieldDescriptorProto::TYPE_BYTES);
              }),
              Contains(HasSubstr("was string and is bytes")));
}

TEST(CheckCompatibleTest, RemovedRpcsRoutesAndEnumValuesAreFound) {
  EXPECT_THAT(Compare([](FileDescriptorProto& file) { file.clear_service(); }),
              Contains(HasSubstr("GetSystemStatus was removed")));
  EXPECT_THAT(Compare([](FileDescriptorProto& file) {
                file.mutable_service(0)->mutable_method(0)->mutable_options()->ClearExtension(api::v1::http);
              }),
              Contains(HasSubstr("lost its route GET /v1/system")));
  EXPECT_THAT(Compare([](FileDescriptorProto& file) { file.mutable_enum_type(0)->mutable_value()->RemoveLast(); }),
              Contains(HasSubstr("SERVICE_STATE_STOPPED")));
}

}  // namespace
}  // namespace millwright::contracts
