#include <gmock/gmock.h>

#include <thread>

#include "lib/base/clock.h"
#include "lib/pg/database_test.h"
#include "migrations.h"
#include "tracker/domain/lineage.h"
#include "tracker/domain/logged_models.h"
#include "tracker/domain/tracker.h"
#include "tracker/storage/model_metrics.h"
#include "tracker/storage/pg_experiment_store.h"
#include "tracker/storage/pg_logged_model_store.h"
#include "tracker/storage/pg_reset.h"
#include "tracker/storage/pg_run_link_store.h"
#include "tracker/storage/pg_run_store.h"

namespace millwright::tracker {
namespace {

const base::WorkspaceId kOurs("1");
const base::WorkspaceId kTheirs("2");

class PgLoggedModelStoreTest : public pg::DatabaseTest {
 protected:
  PgLoggedModelStoreTest() : DatabaseTest({{"tracker", migrations()}}) {}

  LoggedModel Make(const std::string& name = "pump") {
    NewLoggedModel fresh{.experiment_id = ExperimentId("0"), .name = name};
    return *models_.Create(kOurs, fresh);
  }
  RunId MakeRun() { return tracker_.CreateRun(kOurs, {.experiment_id = ExperimentId("0"), .created_by = "ana"})->id; }
  Metric Point(const std::string& key, double value, const LoggedModelId& model) {
    return {.key = key, .value = value, .step = 3, .timestamp_ms = 7, .model = {model.value(), "pumps", "d1"}};
  }

  PgExperimentStore experiments_{db()};
  PgRunStore runs_{db(), {.write_model_metrics = WriteModelMetrics, .settle_every = absl::ZeroDuration()}};
  PgLoggedModelStore store_{db()};
  PgRunLinkStore links_{db()};
  Tracker tracker_{experiments_, runs_, base::SystemClock()};
  LoggedModels models_{store_, experiments_, base::SystemClock()};
  Lineage lineage_{links_};
};

TEST_F(PgLoggedModelStoreTest, AModelComesBackAsItWent) {
  NewLoggedModel fresh{.experiment_id = ExperimentId("0"), .name = "pump", .model_type = "xgboost", .source_run_id = "r"};
  fresh.params = {{"depth", "6"}};
  fresh.tags = {{"b", "2"}, {"a", "1"}};
  const LoggedModel made = *models_.Create(kOurs, fresh);
  EXPECT_TRUE(IsLoggedModelId(made.id.value()));
  EXPECT_EQ(made.status, LoggedModelStatus::kPending);
  EXPECT_EQ(made.artifact_location, "mlflow-artifacts:/0/models/" + made.id.value() + "/artifacts");
  const LoggedModel read = *models_.Get(kOurs, made.id);
  EXPECT_EQ(read.name, "pump");
  EXPECT_EQ(read.model_type, "xgboost");
  EXPECT_EQ(read.tags[0].key, "a");
  EXPECT_EQ(read.params[0].value, "6");
  EXPECT_EQ(models_.Get(kTheirs, made.id).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(PgLoggedModelStoreTest, ADeletedModelIsOnlyThereForWhoAsks) {
  const LoggedModelId id = Make().id;
  ASSERT_TRUE(models_.Delete(kOurs, id).ok());
  EXPECT_TRUE(models_.Delete(kOurs, id).ok());
  EXPECT_EQ(models_.Get(kOurs, id).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(models_.Get(kOurs, id, true)->is_deleted);
  EXPECT_TRUE(models_.List(kOurs, {})->items.empty());
}

TEST_F(PgLoggedModelStoreTest, ParamsAreImmutableAndTagsAreNot) {
  const LoggedModelId id = Make().id;
  ASSERT_TRUE(models_.LogParams(kOurs, id, {{"depth", "6"}}).ok());
  EXPECT_TRUE(models_.LogParams(kOurs, id, {{"depth", "6"}}).ok());
  EXPECT_EQ(models_.LogParams(kOurs, id, {{"depth", "7"}}).code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(models_.SetTags(kOurs, id, {{"stage", "a"}, {"stage", "b"}}).ok());
  EXPECT_EQ(models_.Get(kOurs, id)->tags[0].value, "b");
  EXPECT_TRUE(models_.DeleteTag(kOurs, id, "stage").ok());
  EXPECT_EQ(models_.DeleteTag(kOurs, id, "stage").code(), absl::StatusCode::kNotFound);
}

TEST_F(PgLoggedModelStoreTest, ListsPageNewestFirst) {
  for (int i = 0; i < 5; ++i) Make("pump" + std::to_string(i));
  LoggedModelQuery query;
  query.page.size = 2;
  std::vector<std::string> names;
  do {
    const PageOf<LoggedModel> page = *models_.List(kOurs, query);
    for (const LoggedModel& model : page.items) names.push_back(model.name);
    query.page.before = page.next;
  } while (query.page.before);
  EXPECT_THAT(names, testing::ElementsAre("pump4", "pump3", "pump2", "pump1", "pump0"));
}

TEST_F(PgLoggedModelStoreTest, ADeletedExperimentTakesNoModels) {
  const Experiment experiment = *tracker_.CreateExperiment(kOurs, {.name = "plant"});
  ASSERT_TRUE(tracker_.DeleteExperiment(kOurs, experiment.id).ok());
  NewLoggedModel fresh{.experiment_id = experiment.id};
  EXPECT_EQ(models_.Create(kOurs, fresh).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(PgLoggedModelStoreTest, MetricsOfAModelStandWithTheRunAndTheModelOnce) {
  const RunId run = MakeRun();
  const LoggedModelId id = Make().id;
  const Batch batch{.metrics = {Point("rmse", 1.5, id), Point("rmse", 2.5, id)}};
  ASSERT_TRUE(tracker_.LogBatch(kOurs, run, batch).ok());
  ASSERT_TRUE(tracker_.LogBatch(kOurs, run, batch).ok());  // a retry
  const LoggedModel model = *models_.Get(kOurs, id);
  ASSERT_EQ(model.metrics.size(), 1u);
  EXPECT_EQ(model.metrics[0].metric.value, 1.5);
  EXPECT_EQ(model.metrics[0].metric.model.dataset_digest, "d1");
  EXPECT_EQ(model.metrics[0].run_id, run.value());
  EXPECT_EQ(tracker_.GetRun(kOurs, run)->metrics[0].value, 2.5);
}

TEST_F(PgLoggedModelStoreTest, ABatchAboutAnUnknownModelWritesNothing) {
  const RunId run = MakeRun();
  const Batch batch{.metrics = {Point("rmse", 1, NewLoggedModelId())}, .params = {{"depth", "6"}}};
  EXPECT_EQ(tracker_.LogBatch(kOurs, run, batch).code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(tracker_.GetRun(kOurs, run)->params.empty());
  EXPECT_TRUE(tracker_.GetRun(kOurs, run)->metrics.empty());
}

TEST_F(PgLoggedModelStoreTest, ADatasetKeepsItsFirstDescriptionAndAUseItsFirstTags) {
  const RunId run = MakeRun();
  DatasetInput input{{"pumps", "d1", "local", "a.csv", "S", std::nullopt}, {{"mlflow.data.context", "train"}}};
  ASSERT_TRUE(lineage_.LogInputs(kOurs, run, {input, input}, {"m-1"}).ok());
  input.dataset.source = "b.csv";
  input.tags = {{"mlflow.data.context", "eval"}};
  ASSERT_TRUE(lineage_.LogInputs(kOurs, run, {input}, {"m-1"}).ok());
  const RunLinks links = *lineage_.GetOne(kOurs, run);
  ASSERT_EQ(links.datasets.size(), 1u);
  EXPECT_EQ(links.datasets[0].dataset.source, "a.csv");
  EXPECT_EQ(links.datasets[0].dataset.schema, "S");
  EXPECT_EQ(links.datasets[0].tags[0].value, "train");
  EXPECT_THAT(links.model_inputs, testing::ElementsAre("m-1"));

  const RunId other = MakeRun();
  ASSERT_TRUE(lineage_.LogInputs(kOurs, other, {input}, {}).ok());
  const std::vector<DatasetSummary> datasets = *lineage_.ListDatasets(kOurs, {ExperimentId("0")});
  ASSERT_EQ(datasets.size(), 2u);  // one dataset in two contexts
  EXPECT_EQ(datasets[0].context, "eval");
  EXPECT_EQ(datasets[1].context, "train");
  EXPECT_TRUE(lineage_.ListDatasets(kTheirs, {ExperimentId("0")})->empty());
}

TEST_F(PgLoggedModelStoreTest, OutputsAreWrittenOnceAndNeverOnADeletedRun) {
  const RunId run = MakeRun();
  ASSERT_TRUE(lineage_.LogOutputs(kOurs, run, {{"m-2", 5}, {"m-1", 4}}).ok());
  ASSERT_TRUE(lineage_.LogOutputs(kOurs, run, {{"m-2", 9}}).ok());
  EXPECT_EQ(lineage_.LogOutputs(kOurs, run, {{"m-3", 1}, {"m-2", 9}}, /*may_be_there=*/false).code(),
            absl::StatusCode::kAlreadyExists);
  const RunLinks links = *lineage_.GetOne(kOurs, run);
  ASSERT_EQ(links.model_outputs.size(), 2u);
  EXPECT_EQ(links.model_outputs[1].step, 5);
  ASSERT_TRUE(tracker_.DeleteRun(kOurs, run).ok());
  EXPECT_EQ(lineage_.LogOutputs(kOurs, run, {{"m-3", 1}}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(lineage_.LogInputs(kOurs, run, {}, {}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(lineage_.GetOne(kTheirs, run).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(PgLoggedModelStoreTest, NoEditOfATagIsLost) {
  const RunId run = MakeRun();
  std::vector<std::thread> editors;
  for (int i = 0; i < 8; ++i) {
    editors.emplace_back([&] {
      for (int n = 0; n < 10; ++n) {
        EXPECT_TRUE(lineage_.EditTag(kOurs, run, "history", [](const std::string& value) { return value + "x"; }).ok());
      }
    });
  }
  for (std::thread& editor : editors) editor.join();
  std::string seen;
  ASSERT_TRUE(lineage_.EditTag(kOurs, run, "history", [&](const std::string& value) { return seen = value; }).ok());
  EXPECT_EQ(seen, std::string(80, 'x'));
  EXPECT_EQ(lineage_.EditTag(kTheirs, run, "history", [](const std::string& value) { return value; }).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(PgLoggedModelStoreTest, ManyWritersOfTheSameInputsAgree) {
  const RunId run = MakeRun();
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      std::vector<DatasetInput> inputs;
      for (int j = 0; j < 6; ++j)
        inputs.push_back({{"d" + std::to_string((i + j) % 6), "x", "local", "s", {}, {}}, {{"writer", std::to_string(i)}}});
      EXPECT_TRUE(lineage_.LogInputs(kOurs, run, inputs, {"m-" + std::to_string(i % 3)}).ok());
    });
  }
  for (std::thread& writer : writers) writer.join();
  const RunLinks links = *lineage_.GetOne(kOurs, run);
  EXPECT_EQ(links.datasets.size(), 6u);
  EXPECT_EQ(links.model_inputs.size(), 3u);
  for (const DatasetInput& input : links.datasets) EXPECT_EQ(input.tags.size(), 1u);
}

TEST_F(PgLoggedModelStoreTest, AResetLeavesNothingAndWorkGoesOn) {
  const RunId run = MakeRun();
  const LoggedModelId id = Make().id;
  ASSERT_TRUE(tracker_.LogBatch(kOurs, run, {.metrics = {Point("rmse", 1, id)}, .tags = {{"a", "b"}}}).ok());
  PgReset reset(db());
  ASSERT_TRUE(reset.Run().ok());
  EXPECT_EQ(tracker_.GetRun(kOurs, run).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(models_.Get(kOurs, id, true).status().code(), absl::StatusCode::kNotFound);
  const RunId next = MakeRun();
  ASSERT_TRUE(tracker_.LogBatch(kOurs, next, {.metrics = {{.key = "rmse", .value = 2}}}).ok());
  EXPECT_EQ(tracker_.GetRun(kOurs, next)->metrics.size(), 1u);
  EXPECT_EQ(tracker_.ListExperiments(kOurs, {})->items.size(), 1u);
}

}  // namespace
}  // namespace millwright::tracker
