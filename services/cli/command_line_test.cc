#include "cli/command_line.h"

#include <gtest/gtest.h>

#include "cli/commands/gate.h"
#include "cli/commands/pipelines.h"
#include "cli/commands/progress_view.h"
#include "lib/rpc/convert.h"
#include "millwright/gateway/v1/identity.pb.h"
#include "millwright/registry/v1/registry.pb.h"
#include "millwright/scheduler/v1/scheduler.pb.h"
#include "millwright/system/v1/system.pb.h"
#include "millwright/telemetry/v1/telemetry.pb.h"
#include "millwright/tracker/v1/tracker.pb.h"

namespace millwright::cli {
namespace {

int RunWith(std::vector<std::string> words) {
  words.insert(words.begin(), "millwright");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return Run(static_cast<int>(arguments.size()), arguments.data());
}

const UnaryCommand& Find(const std::string& group, const std::string& verb) {
  for (const ServiceTable* table : ServiceTables()) {
    for (const UnaryCommand& command : table->commands) {
      if (command.group == group && command.verb == verb) return command;
    }
  }
  throw std::runtime_error("no command " + group + " " + verb);
}

TEST(CommandLine, WrongUsageIsExitCode2) {
  EXPECT_EQ(RunWith({}), 2);
  EXPECT_EQ(RunWith({"modles", "list"}), 2);
  EXPECT_EQ(RunWith({"models", "promote", "pump"}), 2);
  EXPECT_EQ(RunWith({"models", "list", "--output", "xml"}), 2);
  EXPECT_EQ(RunWith({"models", "promote", "pump", "seven"}), 2);
  EXPECT_EQ(RunWith({"models", "promote", "pump", "7", "--stage", "moon"}), 2);
}

TEST(CommandLine, NobodyAtTheAddressIsExitCode3) {
  EXPECT_EQ(RunWith({"models", "list", "--address", "127.0.0.1:1"}), 3);
  EXPECT_EQ(RunWith({"pipelines", "run", "p", "--address", "127.0.0.1:1"}), 3);
  EXPECT_EQ(RunWith({"models", "promote", "pump", "7", "--stage", "staging", "--address", "127.0.0.1:1"}), 3);
  EXPECT_EQ(RunWith({"models", "promote", "pump", "7", "8", "--address", "127.0.0.1:1"}), 2);
}

TEST(CommandLine, EveryCommandNamesAnRpcAndFieldsThatExist) {
  for (const ServiceTable* table : ServiceTables()) {
    for (const UnaryCommand& command : table->commands) {
      Values values;
      for (const Argument& argument : command.arguments) {
        if (argument.from == From::kPosition) values[argument.name] = {std::string(argument.field) == "role" ? "viewer" : "1"};
      }
      // A wrong address keeps it from calling.
      EXPECT_EQ(RunUnary(command, values, {.home = "/nonexistent", .address = "127.0.0.1:1"}, 10), 3)
          << command.group << " " << command.verb;
    }
  }
}

TEST(CommandLine, APromotionGoesToProductionUnlessToldOtherwise) {
  registry::v1::PromoteModelVersionRequest request;
  ASSERT_TRUE(FillRequest(Find("models", "promote"), {{"NAME", {"pump"}}, {"VERSION", {"3"}}}, request).ok());
  EXPECT_EQ(request.name(), "pump");
  EXPECT_EQ(request.version(), 3);
  EXPECT_EQ(request.stage(), registry::v1::STAGE_PRODUCTION);
}

TEST(CommandLine, AGateIsReadFromItsRules) {
  const auto request = GateRequest({.model = "pump",
                                    .rules = {"rmse <= 14.5", "auc>=production", "a<=b>=-1e-3"},
                                    .approvals = 2,
                                    .approver = "admin",
                                    .not_author = true,
                                    .checks = {"smoke"}});
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->stage(), registry::v1::STAGE_PRODUCTION);
  ASSERT_EQ(request->rules_size(), 3);
  EXPECT_EQ(request->rules(0).metric(), "rmse");
  EXPECT_EQ(request->rules(0).direction(), registry::v1::DIRECTION_MINIMIZE);
  EXPECT_EQ(request->rules(0).bound(), 14.5);
  EXPECT_EQ(request->rules(1).direction(), registry::v1::DIRECTION_MAXIMIZE);
  EXPECT_TRUE(request->rules(1).no_worse_than_production());
  EXPECT_FALSE(request->rules(1).has_bound());
  EXPECT_EQ(request->rules(2).metric(), "a<=b");
  EXPECT_EQ(request->rules(2).bound(), -1e-3);
  EXPECT_EQ(request->approvals().count(), 2);
  EXPECT_EQ(request->approvals().least_role(), api::v1::ROLE_ADMIN);
  EXPECT_TRUE(request->approvals().not_author());
  EXPECT_EQ(request->checks(0), "smoke");
}

TEST(CommandLine, AGateThatCannotBeReadSaysHowOneIsWritten) {
  for (const std::string text : {"rmse", "rmse<14", "<=3", "rmse<=", "rmse<=low", "rmse<=nan", "rmse<=inf"}) {
    const auto rule = ReadGateRule(text);
    EXPECT_EQ(rule.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_NE(rule.status().message().find("--rule " + text + ": write METRIC<=BOUND"), absl::string_view::npos) << rule.status();
  }
  EXPECT_FALSE(GateRequest({.model = "pump", .approver = "boss"}).ok());
  EXPECT_EQ(RunWith({"models", "set-gate", "pump", "--rule", "rmse=3"}), 2);
  EXPECT_EQ(RunWith({"models", "set-gate", "pump", "--approvals", "21"}), 2);
}

TEST(CommandLine, AScheduleTakesItsParametersAsSettings) {
  scheduler::v1::CreateScheduleRequest request;
  const Values values = {
      {"NAME", {"nightly"}}, {"pipeline", {"p"}}, {"cron", {"0 3 * * *"}}, {"set", {"trials=5", "label=night shift"}}};
  ASSERT_TRUE(FillRequest(Find("schedules", "create"), values, request).ok());
  EXPECT_EQ(request.parameters().fields().at("trials").number_value(), 5);
  EXPECT_EQ(request.parameters().fields().at("label").string_value(), "night shift");
}

TEST(CommandLine, ASettingWithoutAValueIsRefused) {
  EXPECT_EQ(SplitSetting("trials").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(SplitSetting("a=b=c")->second, "b=c");
}

TEST(CommandLine, ParametersAreReadByTheirDeclaredType) {
  EXPECT_EQ(*ReadParameter("n", scheduler::v1::PARAMETER_TYPE_INT, "42"), 42);
  EXPECT_EQ(*ReadParameter("n", scheduler::v1::PARAMETER_TYPE_STRING, "42"), "42");
  EXPECT_EQ(*ReadParameter("n", scheduler::v1::PARAMETER_TYPE_BOOL, "yes"), true);
  EXPECT_FALSE(ReadParameter("n", scheduler::v1::PARAMETER_TYPE_INT, "4.2").ok());
  EXPECT_FALSE(ReadParameter("n", scheduler::v1::PARAMETER_TYPE_FLOAT, "many").ok());
}

TEST(CommandLine, CompletionKnowsVerbsAndFlags) {
  const CommandLine line;
  const std::string script = CompletionScript(line.app, "bash");
  EXPECT_NE(script.find("'models promote') words='"), std::string::npos);
  EXPECT_NE(script.find("--stage"), std::string::npos);
}

TEST(Output, AListIsATableWithShortNames) {
  registry::v1::ListModelVersionsResponse reply;
  registry::v1::ModelVersion& version = *reply.add_model_versions();
  version.set_name("pump");
  version.set_version(12);
  version.set_stage(registry::v1::STAGE_PRODUCTION);
  *version.mutable_created_at() = rpc::ToProto(absl::FromUnixSeconds(0));
  EXPECT_EQ(ShowTable(reply),
            "MODEL  VERSION  STAGE       RUN  CREATED               BY\n"
            "pump   12       production  -    1970-01-01 00:00:00Z  -\n");
}

TEST(Output, ARunShowsItsParamsAndMetricsALineEach) {
  tracker::v1::Run run;
  run.set_run_id("ab");
  tracker::v1::Metric& metric = *run.add_metrics();
  metric.set_key("rmse");
  metric.set_value(12.5);
  EXPECT_EQ(ShowTable(run), "run_id   ab\nmetrics  rmse=12.5\n");
}

TEST(Output, ControlCharactersDoNotReachTheTerminal) {
  tracker::v1::Run run;
  run.set_name("a\x1b[31m\nb");
  EXPECT_EQ(ShowTable(run), "name  a [31m b\n");
}

TEST(Output, JsonHasSnakeCaseNames) {
  registry::v1::RegisteredModel model;
  model.set_production_version(3);
  EXPECT_NE(ShowJson(model).find("\"production_version\": 3"), std::string::npos);
}

TEST(Output, EveryColumnOfTheTableIsAField) {
  for (const ServiceTable* table : ServiceTables()) {
    for (const auto& [name, columns] : table->columns) {
      const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
      ASSERT_NE(type, nullptr) << name;
      const std::unique_ptr<google::protobuf::Message> message(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
      for (const Column& column : columns) ShowField(*message, column.path);  // aborts on a name that is no field
    }
  }
}

TEST(Summary, MergesTheOutputsBesideTheStatus) {
  scheduler::v1::PipelineRun run;
  run.set_pipeline_run_id("7");
  run.set_state(scheduler::v1::STATE_SUCCEEDED);
  *run.mutable_outputs() = rpc::ToStruct({{"model", "turbofan-rul"}, {"version", 1}, {"metrics", {{"rmse_uncut", 13.5}}}});
  EXPECT_EQ(Summary(run).dump(),
            R"({"status":"succeeded","pipeline_run_id":"7","metrics":{"rmse_uncut":13.5},"model":"turbofan-rul","version":1})");
}

TEST(ProgressView, WithoutATerminalAStepIsALineWhenItStartsAndWhenItEnds) {
  scheduler::v1::PipelineRun run;
  scheduler::v1::Step& step = *run.add_steps();
  step.set_step_id("tune");
  step.set_state(scheduler::v1::STATE_RUNNING);
  step.mutable_progress()->set_total(20);
  *step.mutable_started_at() = rpc::ToProto(absl::FromUnixSeconds(10));
  testing::internal::CaptureStderr();
  {
    ProgressView view(/*is_terminal=*/false);
    view.Show(run, absl::FromUnixSeconds(11));
    step.mutable_progress()->set_done(1);
    view.Show(run, absl::FromUnixSeconds(12));
    step.mutable_progress()->set_done(11);
    step.mutable_progress()->set_unit("trials");
    view.Show(run, absl::FromUnixSeconds(12));
    step.set_state(scheduler::v1::STATE_SUCCEEDED);
    *step.mutable_ended_at() = rpc::ToProto(absl::FromUnixSeconds(13));
    view.Show(run, absl::FromUnixSeconds(13));
    view.Show(run, absl::FromUnixSeconds(14));
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "[1/1] tune started\n"
            "[1/1] tune [#############-----------] 11/20 trials\n"
            "[1/1] tune done in 3.0 s\n");
}

}  // namespace
}  // namespace millwright::cli
