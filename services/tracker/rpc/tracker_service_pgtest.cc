#include <gmock/gmock.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"
#include "lib/pg/database_test.h"
#include "lib/rpc/client.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/test_server.h"
#include "migrations.h"
#include "tracker/rpc/artifact_service.h"
#include "tracker/rpc/dataset_service.h"
#include "tracker/rpc/tracker_service.h"
#include "tracker/storage/file_blob_store.h"
#include "tracker/storage/pg_artifact_store.h"
#include "tracker/storage/pg_dataset_store.h"
#include "tracker/storage/pg_experiment_store.h"
#include "tracker/storage/pg_run_store.h"
#include "tracker/storage/pg_search_store.h"

namespace millwright::tracker {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class TrackerServiceTest : public pg::DatabaseTest {
 protected:
  TrackerServiceTest() : DatabaseTest({{"tracker", migrations()}}) {}
  ~TrackerServiceTest() override { fs::remove_all(folder_); }

  template <typename Request, typename Reply, typename Stub>
  grpc::Status Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                    const Request& request, Reply* reply) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    return (stub.*method)(&context, request, reply);
  }

  std::unique_ptr<v1::TrackerService::Stub> TrackerAs(const auth::Caller& caller) {
    return v1::TrackerService::NewStub(server_.ChannelAs(caller));
  }
  std::unique_ptr<v1::ArtifactService::Stub> ArtifactsAs(const auth::Caller& caller) {
    return v1::ArtifactService::NewStub(server_.ChannelAs(caller));
  }

  v1::Run CreateRun() {
    grpc::ClientContext context;
    v1::Run run;
    EXPECT_TRUE(ours_->CreateRun(&context, {}, &run).ok());
    return run;
  }
  grpc::Status Upload(v1::ArtifactService::Stub& stub, const std::string& content, const std::string& sha256, v1::Blob* blob) {
    grpc::ClientContext context;
    const auto writer = stub.UploadBlob(&context, blob);
    v1::UploadBlobRequest part;
    part.mutable_header()->set_sha256(sha256);
    writer->Write(part);
    for (std::size_t at = 0; at < content.size(); at += 100'000) {
      part.set_bytes(content.substr(at, 100'000));
      writer->Write(part);
    }
    writer->WritesDone();
    return writer->Finish();
  }
  grpc::Status Download(v1::ArtifactService::Stub& stub, const std::string& sha256, const std::string& workspace,
                        std::string* content) {
    grpc::ClientContext context;
    v1::DownloadBlobRequest request;
    request.set_sha256(sha256);
    request.set_workspace_id(workspace);
    const auto reader = stub.DownloadBlob(&context, request);
    v1::BlobChunk chunk;
    while (reader->Read(&chunk)) {
      EXPECT_LE(chunk.bytes().size(), 256u << 10);
      *content += chunk.bytes();
    }
    return reader->Finish();
  }

  fs::path folder_ = fs::path(testing::TempDir()) / absl::StrCat("tracker-", base::RandomHex(8));
  std::unique_ptr<FileBlobStore> blobs_ = *FileBlobStore::Create({.folder = folder_});
  PgExperimentStore experiments_{db()};
  PgRunStore runs_{db()};
  PgArtifactStore artifacts_{db()};
  PgDatasetStore datasets_{db()};
  Tracker tracker_{experiments_, runs_, base::SystemClock()};
  PgSearchStore search_store_{db()};
  Search search_{search_store_};
  TrackerService tracker_service_{tracker_, search_};
  ArtifactService artifact_service_{*blobs_, artifacts_};
  DatasetService dataset_service_{datasets_};
  rpc::TestServer server_{{&tracker_service_, &artifact_service_, &dataset_service_}};
  std::unique_ptr<v1::TrackerService::Stub> ours_ = TrackerAs(rpc::TestCaller());
};

TEST_F(TrackerServiceTest, ARunIsCreatedLoggedAndFinished) {
  const v1::Run run = CreateRun();
  EXPECT_EQ(run.experiment_id(), "0");
  EXPECT_EQ(run.status(), v1::RUN_STATUS_RUNNING);
  EXPECT_FALSE(run.name().empty());
  EXPECT_FALSE(run.created_by().empty());

  v1::LogBatchRequest log;
  log.set_run_id(run.run_id());
  v1::Metric* metric = log.add_metrics();
  metric->set_key("rmse");
  metric->set_value(12.5);
  v1::KeyValue* param = log.add_params();
  param->set_key("depth");
  param->set_value("6");
  v1::LogBatchResponse logged;
  ASSERT_TRUE(Call(*ours_, &v1::TrackerService::Stub::LogBatch, log, &logged).ok());

  v1::FinishRunRequest finish;
  finish.set_run_id(run.run_id());
  v1::Run finished;
  ASSERT_TRUE(Call(*ours_, &v1::TrackerService::Stub::FinishRun, finish, &finished).ok());
  EXPECT_EQ(finished.status(), v1::RUN_STATUS_FINISHED);
  EXPECT_EQ(finished.metrics(0).value(), 12.5);
  EXPECT_EQ(finished.params(0).value(), "6");
  EXPECT_TRUE(finished.has_ended_at());

  finish.set_status(v1::RUN_STATUS_RUNNING);
  EXPECT_EQ(Call(*ours_, &v1::TrackerService::Stub::FinishRun, finish, &finished).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  finish.set_status(v1::RUN_STATUS_FAILED);
  EXPECT_EQ(Call(*ours_, &v1::TrackerService::Stub::FinishRun, finish, &finished).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(TrackerServiceTest, MalformedRequestsAreInvalidArgumentAndNameTheField) {
  v1::Run run;
  v1::GetRunRequest get;
  get.set_run_id("../../etc/passwd");
  const grpc::Status status = Call(*ours_, &v1::TrackerService::Stub::GetRun, get, &run);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("run_id"));
  v1::ListRunsRequest list;
  v1::ListRunsResponse runs;
  for (const char* token : {"x", "bnVsbA", "e30", "WyJhIl0"}) {
    list.set_page_token(token);
    EXPECT_EQ(Call(*ours_, &v1::TrackerService::Stub::ListRuns, list, &runs).error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << token;
  }
  list.clear_page_token();
  list.set_page_size(1001);
  EXPECT_EQ(Call(*ours_, &v1::TrackerService::Stub::ListRuns, list, &runs).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  v1::CreateExperimentRequest create;
  v1::Experiment experiment;
  EXPECT_EQ(Call(*ours_, &v1::TrackerService::Stub::CreateExperiment, create, &experiment).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(TrackerServiceTest, RightsAreChecked) {
  v1::Run run;
  const auto anonymous = v1::TrackerService::NewStub(server_.AnonymousChannel());
  EXPECT_EQ(Call(*anonymous, &v1::TrackerService::Stub::CreateRun, {}, &run).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  const auto viewer = TrackerAs(rpc::TestCaller(auth::Role::kViewer));
  EXPECT_EQ(Call(*viewer, &v1::TrackerService::Stub::CreateRun, {}, &run).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  v1::GetRunRequest get;
  get.set_run_id(CreateRun().run_id());
  EXPECT_TRUE(Call(*viewer, &v1::TrackerService::Stub::GetRun, get, &run).ok());
  EXPECT_TRUE(Call(*TrackerAs(rpc::TestCaller(auth::Role::kWorker)), &v1::TrackerService::Stub::CreateRun, {}, &run).ok());
}

TEST_F(TrackerServiceTest, AnotherWorkspaceSeesNothing) {
  const auto theirs = TrackerAs(rpc::TestCaller(auth::Role::kAdmin, "2"));
  v1::GetRunRequest get;
  get.set_run_id(CreateRun().run_id());
  v1::Run run;
  EXPECT_EQ(Call(*theirs, &v1::TrackerService::Stub::GetRun, get, &run).error_code(), grpc::StatusCode::NOT_FOUND);
  v1::ListRunsResponse runs;
  ASSERT_TRUE(Call(*theirs, &v1::TrackerService::Stub::ListRuns, {}, &runs).ok());
  EXPECT_EQ(runs.runs_size(), 0);
}

TEST_F(TrackerServiceTest, HistoryPagesByToken) {
  v1::LogBatchRequest log;
  log.set_run_id(CreateRun().run_id());
  for (int step = 0; step < 5; ++step) {
    v1::Metric* metric = log.add_metrics();
    metric->set_key("loss");
    metric->set_value(step == 3 ? std::numeric_limits<double>::quiet_NaN() : step);
    metric->set_step(step);
  }
  v1::LogBatchResponse logged;
  ASSERT_TRUE(Call(*ours_, &v1::TrackerService::Stub::LogBatch, log, &logged).ok());
  v1::GetMetricHistoryRequest request;
  request.set_run_id(log.run_id());
  request.set_key("loss");
  request.set_page_size(2);
  std::vector<std::int64_t> steps;
  do {
    v1::GetMetricHistoryResponse page;
    ASSERT_TRUE(Call(*ours_, &v1::TrackerService::Stub::GetMetricHistory, request, &page).ok());
    for (const v1::Metric& metric : page.metrics()) steps.push_back(metric.step());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(steps, testing::ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(TrackerServiceTest, BlobsGoUpAndComeDownUnchanged) {
  const auto artifacts = ArtifactsAs(rpc::TestCaller());
  std::string content(700'000, 'x');
  content[350'000] = '\0';
  v1::Blob blob;
  ASSERT_TRUE(Upload(*artifacts, content, base::Sha256Hex(content), &blob).ok());
  EXPECT_EQ(blob.size(), content.size());
  std::string read;
  ASSERT_TRUE(Download(*artifacts, blob.sha256(), "", &read).ok());
  EXPECT_EQ(read, content);

  EXPECT_EQ(Upload(*artifacts, content, std::string(64, '0'), &blob).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto theirs = ArtifactsAs(rpc::TestCaller(auth::Role::kAdmin, "2"));
  EXPECT_EQ(Download(*theirs, base::Sha256Hex(content), "1", &read).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(TrackerServiceTest, AServiceReadsBlobsOfTheWorkspaceItNames) {
  v1::Blob blob;
  ASSERT_TRUE(Upload(*ArtifactsAs(rpc::TestCaller()), "abc", "", &blob).ok());
  const auto serving = ArtifactsAs(server_.signer().Self());
  std::string read;
  EXPECT_TRUE(Download(*serving, blob.sha256(), "1", &read).ok());
  EXPECT_EQ(read, "abc");
  EXPECT_EQ(Download(*serving, blob.sha256(), "2", &read).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Download(*serving, blob.sha256(), "", &read).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(TrackerServiceTest, ArtifactsRefusePathsThatLeadOut) {
  const auto artifacts = ArtifactsAs(rpc::TestCaller());
  v1::Blob blob;
  ASSERT_TRUE(Upload(*artifacts, "abc", "", &blob).ok());
  v1::PutArtifactRequest put;
  put.set_run_id(CreateRun().run_id());
  put.set_sha256(blob.sha256());
  v1::Artifact artifact;
  for (const char* path : {"", "../x", "/etc/passwd", "a/%2e%2e/b"}) {
    put.set_path(path);
    EXPECT_EQ(Call(*artifacts, &v1::ArtifactService::Stub::PutArtifact, put, &artifact).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT)
        << path;
  }
  put.set_path("model/model.ubj");
  ASSERT_TRUE(Call(*artifacts, &v1::ArtifactService::Stub::PutArtifact, put, &artifact).ok());
  EXPECT_EQ(artifact.blob().size(), 3u);
}

TEST_F(TrackerServiceTest, ADatasetVersionComesBackAsItWent) {
  const auto datasets = v1::DatasetService::NewStub(server_.ChannelAs(rpc::TestCaller()));
  v1::Blob blob;
  ASSERT_TRUE(Upload(*ArtifactsAs(rpc::TestCaller()), "table", "", &blob).ok());
  v1::CreateDatasetVersionRequest create;
  create.set_name("pumps");
  create.set_sha256(blob.sha256());
  create.set_content_hash(base::Sha256Hex("content"));
  create.set_row_count(7);
  (*create.mutable_schema()->mutable_fields())["mean"].set_number_value(0.1);
  v1::DatasetVersion version;
  ASSERT_TRUE(Call(*datasets, &v1::DatasetService::Stub::CreateDatasetVersion, create, &version).ok());
  EXPECT_EQ(version.version(), 1);
  EXPECT_EQ(version.schema().fields().at("mean").number_value(), 0.1);
  v1::GetDatasetVersionRequest get;
  get.set_dataset_version_id(version.dataset_version_id());
  v1::DatasetVersion read;
  ASSERT_TRUE(Call(*datasets, &v1::DatasetService::Stub::GetDatasetVersion, get, &read).ok());
  EXPECT_EQ(read.SerializeAsString(), version.SerializeAsString());
  create.set_content_hash("short");
  EXPECT_EQ(Call(*datasets, &v1::DatasetService::Stub::CreateDatasetVersion, create, &version).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(TrackerServiceTest, ADatasetListsItsLatestVersionAndWhatChangedInIt) {
  const auto datasets = v1::DatasetService::NewStub(server_.ChannelAs(rpc::TestCaller()));
  v1::Blob blob;
  ASSERT_TRUE(Upload(*ArtifactsAs(rpc::TestCaller()), "table", "", &blob).ok());
  std::vector<v1::DatasetVersion> versions;
  for (const double mean : {1.0, 2.5}) {
    v1::CreateDatasetVersionRequest create;
    create.set_name("pumps");
    create.set_sha256(blob.sha256());
    create.set_content_hash(base::Sha256Hex(absl::StrCat(mean)));
    *create.mutable_statistics() = rpc::ToStruct({{"columns", {{{"name", "x"}, {"mean", mean}}}}});
    *create.mutable_validation() = rpc::ToStruct({{"passed", true}});
    ASSERT_TRUE(Call(*datasets, &v1::DatasetService::Stub::CreateDatasetVersion, create, &versions.emplace_back()).ok());
  }
  v1::ListDatasetsResponse listed;
  ASSERT_TRUE(Call(*datasets, &v1::DatasetService::Stub::ListDatasets, v1::ListDatasetsRequest(), &listed).ok());
  ASSERT_EQ(listed.datasets_size(), 1);
  EXPECT_EQ(listed.datasets(0).name(), "pumps");
  EXPECT_EQ(listed.datasets(0).version_count(), 2);
  EXPECT_EQ(listed.datasets(0).latest_version().dataset_version_id(), versions[1].dataset_version_id());
  EXPECT_FALSE(listed.datasets(0).latest_version().has_statistics());

  v1::CompareDatasetVersionsRequest compare;
  compare.set_dataset_version_id(versions[1].dataset_version_id());
  v1::CompareDatasetVersionsResponse differences;
  ASSERT_TRUE(Call(*datasets, &v1::DatasetService::Stub::CompareDatasetVersions, compare, &differences).ok());
  EXPECT_EQ(differences.base().version(), 1);
  ASSERT_EQ(differences.columns_size(), 1);
  EXPECT_EQ(differences.columns(0).statistics(0).base(), 1.0);
  EXPECT_EQ(differences.columns(0).statistics(0).value(), 2.5);
  compare.set_dataset_version_id(versions[0].dataset_version_id());
  EXPECT_EQ(Call(*datasets, &v1::DatasetService::Stub::CompareDatasetVersions, compare, &differences).error_code(),
            grpc::StatusCode::NOT_FOUND);
  compare.set_base_id(versions[0].dataset_version_id());
  EXPECT_TRUE(Call(*datasets, &v1::DatasetService::Stub::CompareDatasetVersions, compare, &differences).ok());
}

TEST_F(TrackerServiceTest, WithoutTheDatabaseItIsUnavailableAndRecovers) {
  CreateRun();
  StopServer();
  v1::Run run;
  EXPECT_EQ(Call(*ours_, &v1::TrackerService::Stub::CreateRun, {}, &run).error_code(), grpc::StatusCode::UNAVAILABLE);
  StartServer();
  EXPECT_TRUE(Call(*ours_, &v1::TrackerService::Stub::CreateRun, {}, &run).ok());
}

}  // namespace
}  // namespace millwright::tracker
