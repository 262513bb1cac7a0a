#include "scheduler/domain/definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/domain/yaml.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr char kGood[] = R"(
name: demo
description: A small pipeline
parameters:
  data: {type: file, help: the rows}
  trials: {type: int, default: 4}
steps:
  - id: load
    task: import_csv
    with: {file: "${params.data}", dataset: demo}
  - id: tune
    title: tune the model
    study:
      metric: validation_rmse
      direction: minimize
      sampler: tpe
      trials: ${params.trials}
      space:
        max_depth: {type: int, low: 2, high: 8}
        eta: {type: float, low: 0.01, high: 0.3, log: true}
    with: {dataset_version_id: "${steps.load.outputs.dataset_version_id}", spec: {heads: []}}
  - id: train
    task: train
    attempts: 5
    with: {dataset_version_id: "${steps.load.outputs.dataset_version_id}", spec: {}, params: "${steps.tune.outputs.best_params}"}
outputs:
  run_id: ${steps.train.outputs.run_id}
)";

/// kGood with one text replaced; the error it gives.
std::string ErrorWith(const std::string& from, const std::string& to) {
  std::string text = kGood;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return std::string(ParseDefinition(text.replace(at, from.size(), to)).status().message());
}

TEST(Definition, ReadsAPipeline) {
  const auto definition = ParseDefinition(kGood);
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_EQ(definition->name, "demo");
  ASSERT_EQ(definition->steps.size(), 3u);
  EXPECT_EQ(definition->steps[1].kind(), "study");
  EXPECT_EQ(definition->steps[1].task, "train");
  EXPECT_EQ(definition->steps[1].title, "tune the model");
  EXPECT_EQ(definition->steps[2].attempts, 5);
  EXPECT_EQ(definition->steps[2].title, "train");
}

TEST(Definition, ReferencesImplyNeeds) {
  const auto definition = ParseDefinition(kGood);
  ASSERT_TRUE(definition.ok());
  EXPECT_THAT(definition->steps[0].needs, testing::IsEmpty());
  EXPECT_THAT(definition->steps[1].needs, testing::ElementsAre(0));
  EXPECT_THAT(definition->steps[2].needs, testing::ElementsAre(0, 1));
}

TEST(Definition, ErrorsNameThePathAndWhatWouldBeRight) {
  EXPECT_EQ(ErrorWith("task: import_csv", "task: import_cvs").find("steps[0].task: \"import_cvs\" is not a task; there are "),
            0u);
  EXPECT_EQ(ErrorWith("file: \"${params.data}\", ", ""), "steps[0].with.file: is missing; the task import_csv needs it");
  EXPECT_EQ(ErrorWith("${params.data}", "${params.date}"), "steps[0].with.file: ${params.date}: there is no parameter \"date\"");
  EXPECT_THAT(ErrorWith("${params.data}", "${param.data}"),
              HasSubstr("steps[0].with.file: \"${param.data}\" is not a reference; write ${params.NAME}"));
  EXPECT_THAT(ErrorWith("${params.data}", "${params.data"), HasSubstr("has no closing }"));
  EXPECT_THAT(ErrorWith("outputs.best_params", "outputs.best_parameters"),
              HasSubstr("steps[2].with.params: ${steps.tune.outputs.best_parameters}: a study's outputs are"));
  EXPECT_THAT(ErrorWith("type: file", "type: path"), HasSubstr("parameters.data.type: \"path\" is not one of string, int"));
  EXPECT_THAT(ErrorWith("default: 4", "default: four"), HasSubstr("parameters.trials.default: \"four\" is not an int"));
  EXPECT_THAT(ErrorWith("attempts: 5", "attempts: 0"), HasSubstr("steps[2].attempts: 0 is not a whole number from 1 to 20"));
  EXPECT_THAT(ErrorWith("attempts: 5", "retries: 5"), HasSubstr("steps[2].retries: unknown key; known are id, title"));
  EXPECT_THAT(ErrorWith("id: tune", "id: load"), HasSubstr("steps[1].id: \"load\" stands there twice"));
  EXPECT_THAT(ErrorWith("name: demo", "title: demo"), HasSubstr("title: unknown key"));
  EXPECT_THAT(ErrorWith("attempts: 5", "needs: [lode]"), HasSubstr("steps[2].needs[0]: \"lode\" is not a step"));
  EXPECT_THAT(ErrorWith("trials: ${params.trials}", "trials: 0"),
              HasSubstr("steps[1].study.trials: 0 is not a whole number from 1 to 10000"));
  EXPECT_THAT(ErrorWith("run_id: ${steps.train.outputs.run_id}", "run_id: ${steps.trian.outputs.run_id}"),
              HasSubstr("outputs.run_id: ${steps.trian.outputs.run_id}: there is no step"));
}

TEST(Definition, StudiesAreCheckedWhenTheyAreWrittenOut) {
  const auto error = [](const std::string& from, const std::string& to) {
    std::string text = kGood;
    text.replace(text.find("${params.trials}"), 16, "4");
    text.replace(text.find(from), from.size(), to);
    return std::string(ParseDefinition(text).status().message());
  };
  EXPECT_THAT(error("sampler: tpe", "sampler: tpee"),
              HasSubstr("steps[1].study.sampler: \"tpee\" is not a sampler; there are random, tpe"));
  EXPECT_THAT(error("low: 0.01", "low: 0"), HasSubstr("steps[1].study.space.eta.low: 0 must be above 0 with log"));
  EXPECT_THAT(error("low: 2", "low: 9"), HasSubstr("steps[1].study.space.max_depth: low 9 is above high 8"));
}

TEST(Definition, SharedPartsStandWhereTheyAreNamed) {
  std::string text = kGood;
  text.replace(text.find("spec: {heads: []}"), 17, "spec: \"${definitions.spec}\"");
  text.replace(text.find("spec: {}"), 8, "spec: \"${definitions.spec}\"");
  text += "definitions:\n  spec: {seed: \"${params.trials}\", heads: [{name: rul}]}\n";
  const auto definition = ParseDefinition(text);
  ASSERT_TRUE(definition.ok()) << definition.status();
  const json spec = {{"seed", "${params.trials}"}, {"heads", {{{"name", "rul"}}}}};
  EXPECT_EQ(definition->steps[1].with["spec"], spec);
  EXPECT_EQ(definition->steps[2].with["spec"], spec);

  std::string nested = text;
  nested.replace(nested.find("[{name: rul}]"), 13, "\"${definitions.heads}\"");
  const auto same = ParseDefinition(nested + "  heads: [{name: rul}]\n");
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->steps[1].with["spec"], spec);

  const auto error = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return std::string(ParseDefinition(changed).status().message());
  };
  EXPECT_EQ(error("${definitions.spec}", "${definitions.spce}"),
            "steps[1].with.spec: ${definitions.spce}: there is no definition \"spce\"; there are spec");
  EXPECT_THAT(error("\"${definitions.spec}\"", "\"my ${definitions.spec}\""), HasSubstr("it must stand alone"));
  EXPECT_THAT(error("{name: rul}", "{name: \"${definitions.spec}\"}"), HasSubstr("definitions use each other in a circle"));
  EXPECT_THAT(error("${params.trials}\", heads", "${params.trails}\", heads"),
              HasSubstr("steps[1].with.spec: ${params.trails}: there is no parameter"));
}

TEST(Definition, WhatMayBeMissingIsReferredToAsOptional) {
  EXPECT_THAT(ErrorWith("{type: file, help: the rows}", "{type: file, optional: true}"),
              HasSubstr("steps[0].with.file: ${params.data}: the parameter is optional; write ${params.data?}"));
  EXPECT_THAT(ErrorWith("default: 4}", "default: 4, optional: true}"),
              HasSubstr("parameters.trials.optional: a parameter with a default"));
  EXPECT_THAT(ErrorWith("task: import_csv", "task: import_csv\n    when: \"${params.trials}\""),
              HasSubstr("${steps.load.outputs.dataset_version_id}: the step has a \"when\" and may be left out"));
  EXPECT_THAT(ErrorWith("task: import_csv", "task: import_csv\n    when: 3"), HasSubstr("steps[0].when: 3 is not one reference"));
}

TEST(Definition, CirclesAreRefused) {
  EXPECT_EQ(ErrorWith("dataset: demo}", "dataset: demo}\n    needs: [train]"),
            "steps[0].needs: the steps need each other in a circle: load -> train -> load");
  EXPECT_THAT(ErrorWith("dataset: demo}", "dataset: demo}\n    needs: [load]"), HasSubstr("load -> load"));
}

TEST(Definition, ParametersAreCompletedAndChecked) {
  const auto definition = ParseDefinition(kGood);
  ASSERT_TRUE(definition.ok());
  const json file = {{"sha256", std::string(64, 'a')}, {"name", "train.txt"}};
  const auto complete = CompleteParameters(*definition, {{"data", file}});
  ASSERT_TRUE(complete.ok()) << complete.status();
  EXPECT_EQ(*complete, (json{{"data", file}, {"trials", 4}}));
  EXPECT_EQ(CompleteParameters(*definition, {{"data", file}, {"trials", "12"}})->at("trials"), 12);
  EXPECT_EQ(CompleteParameters(*definition, {{"data", {file, file}}})->at("data").size(), 2u);  // a folder
  EXPECT_FALSE(CompleteParameters(*definition, {{"data", {file, 3}}}).ok());
  EXPECT_TRUE(CompleteParameters(*definition, {{"data", std::vector<json>(1000, file)}}).ok());
  const auto error = [&](const json& given) { return std::string(CompleteParameters(*definition, given).status().message()); };
  EXPECT_EQ(error(json::object()), "parameters.data: is missing (file: the rows)");
  EXPECT_THAT(error({{"data", "/etc/passwd"}}), HasSubstr("parameters.data: \"/etc/passwd\" is not an uploaded file"));
  EXPECT_EQ(error({{"data", file}, {"trials", 1.5}}), "parameters.trials: 1.5 is not an int");
  EXPECT_THAT(error({{"data", file}, {"trails", 3}}),
              HasSubstr("parameters.trails: the pipeline has no such parameter; it has data, trials"));
  EXPECT_THAT(error({{"data", file}, {"trials", 0}}), HasSubstr("steps[1].study.trials: 0 is not a whole number"));
  EXPECT_THAT(error({{"data", file}, {"trials", std::string(70'000, '1')}}), HasSubstr("over 65536 bytes"));
  EXPECT_THAT(error({{"data", {{"sha256", std::string(64, 'a')}, {"name", std::string(3'000'000, 'n')}}}}),
              HasSubstr("all files"));
}

TEST(Definition, AListIsGivenAsOneOrWithCommas) {
  std::string text = kGood;
  text.replace(text.find("trials: {type: int, default: 4}"), 31,
               "trials: {type: int, default: 4}\n  sensors: {type: list, default: [speed]}");
  const auto definition = ParseDefinition(text);
  ASSERT_TRUE(definition.ok()) << definition.status();
  const json file = {{"sha256", std::string(64, 'a')}, {"name", "train.txt"}};
  const auto sensors = [&](const json& given) -> json {
    const auto complete = CompleteParameters(*definition, {{"data", file}, {"sensors", given}});
    return complete.ok() ? complete->at("sensors") : json(std::string(complete.status().message()));
  };
  EXPECT_EQ(CompleteParameters(*definition, {{"data", file}})->at("sensors"), json({"speed"}));
  EXPECT_EQ(sensors({"speed", "flow, cold"}), json({"speed", "flow, cold"}));
  EXPECT_EQ(sensors("speed, Volume Flow RateRMS,"), json({"speed", "Volume Flow RateRMS"}));
  EXPECT_THAT(
      sensors({"speed", 3}).get<std::string>(),
      HasSubstr("parameters.sensors: [\"speed\",3] is not a list of up to 1000 texts, or one text with commas between them"));
}

TEST(Yaml, HasTheCoreSchema) {
  const auto value =
      ParseYaml("{a: 1, b: 1.5, c: true, d: null, e: '1', f: text, g: [x, -2], h: 1e3, i: 12abc, j: \"true\", k: 2024-01-02}");
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(
      *value,
      json::parse(
          R"({"a":1,"b":1.5,"c":true,"d":null,"e":"1","f":"text","g":["x",-2],"h":1000.0,"i":"12abc","j":"true","k":"2024-01-02"})"));
}

TEST(Yaml, IsBounded) {
  const auto error = [](const std::string& text) { return std::string(ParseYaml(text).status().message()); };
  EXPECT_THAT(error("a: &x [1]\nb: *x"), HasSubstr("line 1: anchors are not allowed"));
  EXPECT_THAT(error(std::string(100, '[') + std::string(100, ']')), HasSubstr("deeper than 32 levels"));
  EXPECT_THAT(error(std::string(200'000, '[')), HasSubstr("line 1"));
  EXPECT_THAT(error(absl::StrCat("[", std::string(kMaxYamlBytes, ' '), "]")), HasSubstr("over the bound"));
  std::string many = "[";
  for (int i = 0; i < 30'000; ++i) many += "1,";
  EXPECT_THAT(error(many + "1]"), HasSubstr("more than 20000 values"));
  EXPECT_THAT(error("a: 1\na: 2"), HasSubstr("line 2: the key \"a\" stands there twice"));
  EXPECT_THAT(error("a: [1"), HasSubstr("line "));
  EXPECT_THAT(error(""), HasSubstr("empty"));
  EXPECT_THAT(error("a: 1\n---\nb: 2"), HasSubstr("more than one YAML document"));
  EXPECT_THAT(error("a: \xff"), HasSubstr("not UTF-8"));
}

}  // namespace
}  // namespace millwright::scheduler
