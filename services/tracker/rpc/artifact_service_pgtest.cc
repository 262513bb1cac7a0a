#include <gmock/gmock.h>

#include "lib/rpc/client.h"
#include "lib/rpc/test_server.h"
#include "tracker/rpc/artifact_service.h"
#include "tracker/rpc/mlflow_artifacts_service.h"
#include "tracker/storage/artifact_database_test.h"
#include "tracker/storage/pg_upload_store.h"

namespace millwright::tracker {
namespace {

namespace mlpb = millwright::mlflow::v1;
using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using Native = v1::ArtifactService::Stub;
using Proxy = mlpb::MlflowArtifactsService::Stub;

class ArtifactServiceTest : public ArtifactDatabaseTest {
 protected:
  template <typename Request, typename Reply, typename Stub>
  grpc::Status Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                    const Request& request, Reply* reply) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    return (stub.*method)(&context, request, reply);
  }
  template <typename Request, typename Reply, typename Stub>
  grpc::Status Upload(Stub& stub, std::unique_ptr<grpc::ClientWriter<Request>> (Stub::*method)(grpc::ClientContext*, Reply*),
                      Request first, const std::string& content, Reply* reply) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    const auto writer = (stub.*method)(&context, reply);
    writer->Write(first);
    for (std::size_t at = 0; at < content.size(); at += 100'000) {
      Request part;
      part.set_data(content.substr(at, 100'000));
      writer->Write(part);
    }
    writer->WritesDone();
    return writer->Finish();
  }
  template <typename Request, typename Bytes, typename Stub>
  grpc::Status Download(Stub& stub,
                        std::unique_ptr<grpc::ClientReader<Bytes>> (Stub::*method)(grpc::ClientContext*, const Request&),
                        const Request& request, Bytes* all) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    const auto reader = (stub.*method)(&context, request);
    Bytes message;
    std::string data;
    while (reader->Read(&message)) {
      EXPECT_LE(message.data().size(), 256u << 10);
      data += message.data();
      all->MergeFrom(message);
    }
    all->set_data(data);
    return reader->Finish();
  }

  grpc::Status ProxyPut(const std::string& path, const std::string& content) {
    mlpb::UploadArtifactRequest first;
    first.set_artifact_path(path);
    mlpb::UploadArtifactResponse reply;
    return Upload(*proxy_, &Proxy::UploadArtifact, first, content, &reply);
  }
  std::string ProxyGet(const std::string& path) {
    mlpb::DownloadArtifactRequest request;
    request.set_artifact_path(path);
    mlpb::ArtifactBytes all;
    const grpc::Status status = Download(*proxy_, &Proxy::DownloadArtifact, request, &all);
    return status.ok() ? all.data() : "! " + status.error_message();
  }

  std::string experiment_ = CreateExperiment("1");
  RunId run_ = CreateRun(experiment_);
  std::string folder_of_run_ = absl::StrCat(experiment_, "/", run_.value(), "/artifacts");
  PgUploadStore upload_store_{db()};
  ArtifactUploads uploads_{upload_store_, *blobs_, base::SystemClock()};
  ArtifactService native_service_{*blobs_, artifacts_};
  MlflowArtifactsService proxy_service_{*blobs_, artifacts_, uploads_};
  rpc::TestServer server_{{&native_service_, &proxy_service_}};
  std::unique_ptr<Native> native_ = v1::ArtifactService::NewStub(server_.ChannelAs(rpc::TestCaller()));
  std::unique_ptr<Proxy> proxy_ = mlpb::MlflowArtifactsService::NewStub(server_.ChannelAs(rpc::TestCaller()));
};

TEST_F(ArtifactServiceTest, AFileGoesUpAndComesDownWithItsHeaders) {
  const std::string content(600'000, 'x');
  v1::UploadArtifactRequest first;
  first.set_run_id(run_.value());
  first.set_path("model/한글 model.txt");
  first.set_sha256(base::Sha256Hex(content));
  v1::Artifact artifact;
  ASSERT_TRUE(Upload(*native_, &Native::UploadArtifact, first, content, &artifact).ok());
  EXPECT_EQ(artifact.blob().size(), content.size());

  v1::DownloadArtifactRequest request;
  request.set_run_id(run_.value());
  request.set_path("model/한글 model.txt");
  v1::ArtifactBytes all;
  ASSERT_TRUE(Download(*native_, &Native::DownloadArtifact, request, &all).ok());
  EXPECT_EQ(all.data(), content);
  EXPECT_EQ(all.content_length(), 600'000);
  EXPECT_EQ(all.content_type(), "text/plain");
  EXPECT_THAT(all.content_disposition(), HasSubstr("filename*=UTF-8''%ED%95%9C%EA%B8%80%20model.txt"));
  EXPECT_EQ(all.etag(), "\"" + base::Sha256Hex(content) + "\"");
  EXPECT_EQ(ProxyGet(folder_of_run_ + "/model/한글 model.txt"), content);
}

TEST_F(ArtifactServiceTest, ARangeIsPartOfTheFile) {
  ASSERT_TRUE(ProxyPut(folder_of_run_ + "/a", "0123456789").ok());
  v1::DownloadArtifactRequest request;
  request.set_run_id(run_.value());
  request.set_path("a");
  request.set_range("bytes=2-4");
  v1::ArtifactBytes part;
  ASSERT_TRUE(Download(*native_, &Native::DownloadArtifact, request, &part).ok());
  EXPECT_EQ(part.data(), "234");
  EXPECT_EQ(part.content_range(), "bytes 2-4/10");
  EXPECT_EQ(part.content_length(), 3);

  request.set_if_range("\"of another content\"");
  v1::ArtifactBytes whole;
  ASSERT_TRUE(Download(*native_, &Native::DownloadArtifact, request, &whole).ok());
  EXPECT_EQ(whole.data(), "0123456789");

  request.clear_if_range();
  request.set_range("bytes=10-");
  v1::ArtifactBytes beyond;
  EXPECT_EQ(Download(*native_, &Native::DownloadArtifact, request, &beyond).error_code(), StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(beyond.content_range(), "bytes */10");
}

TEST_F(ArtifactServiceTest, AnEmptyFileIsAFile) {
  ASSERT_TRUE(ProxyPut("0/empty", "").ok());
  EXPECT_EQ(ProxyGet("0/empty"), "");
}

TEST_F(ArtifactServiceTest, AnUploadToARunThatIsNotThereLeavesNothing) {
  v1::UploadArtifactRequest first;
  first.set_run_id(base::RandomHex(16));
  first.set_path("a");
  v1::Artifact artifact;
  EXPECT_EQ(Upload(*native_, &Native::UploadArtifact, first, "x", &artifact).error_code(), StatusCode::NOT_FOUND);
  first.set_run_id(run_.value());
  first.set_sha256(base::Sha256Hex("y"));
  EXPECT_EQ(Upload(*native_, &Native::UploadArtifact, first, "x", &artifact).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Sql("SELECT count(*)::text FROM tracker.blobs"), "0");
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "incoming"));
}

TEST_F(ArtifactServiceTest, OneLevelIsListedPageByPage) {
  for (const char* path : {"a", "b/x", "c"}) ASSERT_TRUE(ProxyPut(folder_of_run_ + "/" + path, "x").ok());
  v1::ListArtifactsRequest request;
  request.set_run_id(run_.value());
  request.set_one_level(true);
  request.set_page_size(2);
  v1::ListArtifactsResponse page;
  ASSERT_TRUE(Call(*native_, &Native::ListArtifacts, request, &page).ok());
  ASSERT_EQ(page.artifacts_size(), 1);
  EXPECT_EQ(page.artifacts(0).path(), "a");
  EXPECT_THAT(page.folders(), ElementsAre("b"));
  request.set_page_token(page.next_page_token());
  v1::ListArtifactsResponse rest;
  ASSERT_TRUE(Call(*native_, &Native::ListArtifacts, request, &rest).ok());
  ASSERT_EQ(rest.artifacts_size(), 1);
  EXPECT_EQ(rest.artifacts(0).path(), "c");
  EXPECT_EQ(rest.next_page_token(), "");
  request.set_page_token("nonsense");
  EXPECT_EQ(Call(*native_, &Native::ListArtifacts, request, &rest).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(ArtifactServiceTest, DeletingWhatIsNotThereIsNotFoundButNotForMlflow) {
  v1::DeleteArtifactsRequest request;
  request.set_run_id(run_.value());
  request.set_path("nothing");
  v1::DeleteArtifactsResponse reply;
  EXPECT_EQ(Call(*native_, &Native::DeleteArtifacts, request, &reply).error_code(), StatusCode::NOT_FOUND);
  mlpb::DeleteArtifactRequest proxied;
  proxied.set_artifact_path("nothing");
  mlpb::DeleteArtifactResponse nothing;
  EXPECT_TRUE(Call(*proxy_, &Proxy::DeleteArtifact, proxied, &nothing).ok());
  proxied.set_artifact_path("./");
  EXPECT_EQ(Call(*proxy_, &Proxy::DeleteArtifact, proxied, &nothing).error_message(), "Invalid path");
}

TEST_F(ArtifactServiceTest, PathsThatLeadOutAreInvalidEverywhere) {
  for (const char* path : {"../x", "a/..%2f../x", "%252e%252e/x", "/etc/passwd", "a\\b", "C:/x", "file:/etc/passwd", "a#b"}) {
    EXPECT_EQ(ProxyPut(path, "x").error_message(), "Invalid path") << path;
    EXPECT_EQ(ProxyGet(path), "! Invalid path") << path;
    mlpb::ListProxiedArtifactsRequest list;
    list.set_path(path);
    mlpb::ListProxiedArtifactsResponse listed;
    EXPECT_EQ(Call(*proxy_, &Proxy::ListProxiedArtifacts, list, &listed).error_message(), "Invalid path") << path;
    mlpb::ListArtifactsRequest run_list;
    run_list.set_run_id(run_.value());
    run_list.set_path(path);
    mlpb::ListArtifactsResponse run_listed;
    EXPECT_EQ(Call(*proxy_, &Proxy::ListArtifacts, run_list, &run_listed).error_message(), "Invalid path") << path;
    mlpb::GetRunArtifactRequest get;
    get.set_run_id(run_.value());
    get.set_path(path);
    mlpb::ArtifactBytes bytes;
    EXPECT_EQ(Download(*proxy_, &Proxy::GetRunArtifact, get, &bytes).error_message(), "Invalid path") << path;
    mlpb::GetLoggedModelArtifactRequest get_model;
    get_model.set_model_id("m-x");
    get_model.set_artifact_file_path(path);
    EXPECT_EQ(Download(*proxy_, &Proxy::GetLoggedModelArtifact, get_model, &bytes).error_message(), "Invalid path") << path;
    mlpb::GetPresignedDownloadUrlRequest presign;
    presign.set_artifact_path(path);
    mlpb::GetPresignedDownloadUrlResponse presigned;
    EXPECT_EQ(Call(*proxy_, &Proxy::GetPresignedDownloadUrl, presign, &presigned).error_message(), "Invalid path") << path;
    mlpb::CreateMultipartUploadRequest create;
    create.set_path("f");
    create.set_artifact_path(path);
    mlpb::CreateMultipartUploadResponse created;
    EXPECT_EQ(Call(*proxy_, &Proxy::CreateMultipartUpload, create, &created).error_message(), "Invalid path") << path;
    mlpb::DeleteArtifactRequest remove;
    remove.set_artifact_path(path);
    mlpb::DeleteArtifactResponse removed;
    EXPECT_EQ(Call(*proxy_, &Proxy::DeleteArtifact, remove, &removed).error_message(), "Invalid path") << path;

    v1::UploadArtifactRequest native;
    native.set_run_id(run_.value());
    native.set_path(path);
    v1::Artifact artifact;
    if (std::string(path) == "a#b") continue;  // a plain name to our own contract
    EXPECT_EQ(Upload(*native_, &Native::UploadArtifact, native, "x", &artifact).error_code(), StatusCode::INVALID_ARGUMENT)
        << path;
  }
  EXPECT_EQ(Sql("SELECT count(*)::text FROM tracker.artifact_files"), "0");
}

TEST_F(ArtifactServiceTest, MlflowListsOneLevelBelowARunOrAPlaceOfTheProxy) {
  for (const char* path : {"a.txt", "b/x"}) ASSERT_TRUE(ProxyPut(folder_of_run_ + "/" + path, "abc").ok());
  mlpb::ListArtifactsRequest request;
  request.set_run_id(run_.value());
  mlpb::ListArtifactsResponse reply;
  ASSERT_TRUE(Call(*proxy_, &Proxy::ListArtifacts, request, &reply).ok());
  EXPECT_EQ(reply.root_uri(), "mlflow-artifacts:/" + folder_of_run_);
  ASSERT_EQ(reply.files_size(), 2);
  EXPECT_EQ(reply.files(0).path(), "a.txt");
  EXPECT_EQ(reply.files(0).file_size(), 3);
  EXPECT_TRUE(reply.files(1).is_dir());
  EXPECT_FALSE(reply.files(1).has_file_size());
  request.set_path("b");
  ASSERT_TRUE(Call(*proxy_, &Proxy::ListArtifacts, request, &reply).ok());
  EXPECT_EQ(reply.files(0).path(), "b/x");
  mlpb::ListProxiedArtifactsRequest proxied;
  proxied.set_path(folder_of_run_ + "/b");
  mlpb::ListProxiedArtifactsResponse base_names;
  ASSERT_TRUE(Call(*proxy_, &Proxy::ListProxiedArtifacts, proxied, &base_names).ok());
  EXPECT_EQ(base_names.files(0).path(), "x");
  request.set_run_id("nothing");
  EXPECT_EQ(Call(*proxy_, &Proxy::ListArtifacts, request, &reply).error_message(), "Run with id=nothing not found");
}

TEST_F(ArtifactServiceTest, PartsGoUpWithoutAnyOtherRightThanTheUploadsId) {
  mlpb::CreateMultipartUploadRequest create;
  create.set_artifact_path(folder_of_run_ + "/model");
  create.set_path("/home/ada/big.bin");
  create.set_num_parts(2);
  create.set_host("platform:5000");
  create.set_forwarded_proto("https");
  mlpb::CreateMultipartUploadResponse created;
  ASSERT_TRUE(Call(*proxy_, &Proxy::CreateMultipartUpload, create, &created).ok());
  ASSERT_EQ(created.credentials_size(), 2);
  EXPECT_EQ(created.credentials(1).url(),
            absl::StrCat("https://platform:5000/api/2.0/mlflow-artifacts/mpu/parts/", created.upload_id(), "/2"));

  const auto nobody = mlpb::MlflowArtifactsService::NewStub(server_.ChannelAs({.subject = "anonymous"}));
  mlpb::CompleteMultipartUploadRequest complete;
  complete.set_artifact_path(create.artifact_path());
  complete.set_path(create.path());
  complete.set_upload_id(created.upload_id());
  for (const int number : {2, 1}) {
    mlpb::UploadPartRequest first;
    first.set_upload_id(created.upload_id());
    first.set_part_number(number);
    mlpb::UploadPartResponse part;
    ASSERT_TRUE(Upload(*nobody, &Proxy::UploadPart, first, absl::StrCat("part ", number, ";"), &part).ok());
    auto* named = complete.add_parts();
    named->set_part_number(number);
    named->set_etag(part.etag());
  }
  mlpb::UploadPartRequest wrong;
  wrong.set_upload_id(base::RandomHex(32));
  wrong.set_part_number(1);
  mlpb::UploadPartResponse part;
  EXPECT_EQ(Upload(*nobody, &Proxy::UploadPart, wrong, "x", &part).error_code(), StatusCode::NOT_FOUND);
  mlpb::CompleteMultipartUploadResponse done;
  ASSERT_TRUE(Call(*proxy_, &Proxy::CompleteMultipartUpload, complete, &done).ok());
  EXPECT_EQ(ProxyGet(folder_of_run_ + "/model/big.bin"), "part 1;part 2;");
}

TEST_F(ArtifactServiceTest, APresignedDownloadNeedsItsTokenOnly) {
  ASSERT_TRUE(ProxyPut("0/a b.txt", "0123456789").ok());
  mlpb::GetPresignedDownloadUrlRequest request;
  request.set_artifact_path("0/a b.txt");
  request.set_host("platform:5000");
  mlpb::GetPresignedDownloadUrlResponse presigned;
  ASSERT_TRUE(Call(*proxy_, &Proxy::GetPresignedDownloadUrl, request, &presigned).ok());
  EXPECT_EQ(presigned.file_size(), 10);
  const std::string prefix = "http://platform:5000/api/2.0/mlflow-artifacts/presigned-content/";
  ASSERT_EQ(presigned.url().substr(0, prefix.size()), prefix);
  EXPECT_EQ(presigned.url().substr(prefix.size() + 64), "/a%20b.txt");
  const auto nobody = mlpb::MlflowArtifactsService::NewStub(server_.ChannelAs({.subject = "anonymous"}));
  mlpb::DownloadPresignedRequest download;
  download.set_token(presigned.url().substr(prefix.size(), 64));
  download.set_range("bytes=5-");
  mlpb::ArtifactBytes bytes;
  ASSERT_TRUE(Download(*nobody, &Proxy::DownloadPresigned, download, &bytes).ok());
  EXPECT_EQ(bytes.data(), "56789");
  download.set_token(base::RandomHex(32));
  EXPECT_EQ(Download(*nobody, &Proxy::DownloadPresigned, download, &bytes).error_code(), StatusCode::NOT_FOUND);
}

TEST_F(ArtifactServiceTest, SmallUploadsToARunAreBounded) {
  mlpb::UploadRunArtifactRequest first;
  mlpb::UploadRunArtifactResponse reply;
  EXPECT_EQ(Upload(*proxy_, &Proxy::UploadRunArtifact, first, "x", &reply).error_message(), "Request must specify run_uuid.");
  first.set_run_uuid(run_.value());
  EXPECT_EQ(Upload(*proxy_, &Proxy::UploadRunArtifact, first, "x", &reply).error_message(), "Request must specify path.");
  first.set_path("notes/a.txt");
  EXPECT_EQ(Upload(*proxy_, &Proxy::UploadRunArtifact, first, "", &reply).error_message(), "Request must specify data.");
  EXPECT_EQ(Upload(*proxy_, &Proxy::UploadRunArtifact, first, std::string((10 << 20) + 1, 'x'), &reply).error_message(),
            "Artifact size is too large. Max size is 10MB.");
  ASSERT_TRUE(Upload(*proxy_, &Proxy::UploadRunArtifact, first, "x", &reply).ok());
  EXPECT_EQ(ProxyGet(folder_of_run_ + "/notes/a.txt"), "x");
}

TEST_F(ArtifactServiceTest, ServicesPinWhatModelVersionsName) {
  ASSERT_TRUE(ProxyPut(folder_of_run_ + "/model/m.ubj", "bytes").ok());
  const auto registry =
      v1::ArtifactService::NewStub(server_.ChannelAs({.subject = "service:model-registry", .is_service = true}));
  v1::PinArtifactsRequest request;
  request.set_workspace_id("1");
  request.set_owner("model-version/m/1");
  request.set_location(absl::StrCat("mlflow-artifacts:/", folder_of_run_, "/model"));
  v1::PinArtifactsResponse pinned;
  ASSERT_TRUE(Call(*registry, &Native::PinArtifacts, request, &pinned).ok());
  ASSERT_EQ(pinned.artifacts_size(), 1);
  EXPECT_EQ(pinned.artifacts(0).path(), "m.ubj");
  request.set_location(absl::StrCat("runs:/", run_.value(), "/model/m.ubj"));
  ASSERT_TRUE(Call(*registry, &Native::PinArtifacts, request, &pinned).ok());
  EXPECT_EQ(pinned.artifacts(0).path(), "m.ubj");
  request.set_location("s3://bucket/x");
  EXPECT_EQ(Call(*registry, &Native::PinArtifacts, request, &pinned).error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(Call(*native_, &Native::PinArtifacts, request, &pinned).error_code(), StatusCode::PERMISSION_DENIED);

  v1::PinBlobsRequest blobs;
  blobs.set_workspace_id("1");
  blobs.set_owner("model-version/m/2");
  blobs.add_sha256s(base::Sha256Hex("bytes"));
  v1::PinBlobsResponse none;
  EXPECT_TRUE(Call(*registry, &Native::PinBlobs, blobs, &none).ok());
  blobs.set_workspace_id("2");
  EXPECT_EQ(Call(*registry, &Native::PinBlobs, blobs, &none).error_code(), StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace millwright::tracker
