#pragma once

#include "millwright/mlflow/v1/artifacts.grpc.pb.h"
#include "tracker/domain/artifact_store.h"
#include "tracker/domain/artifact_upload.h"

namespace millwright::tracker {

/// MLflow's artifact listing and artifact proxy over the same tree of files as ArtifactService, in its words and with its rules
/// for paths.
class MlflowArtifactsService : public mlflow::v1::MlflowArtifactsService::Service {
 public:
  MlflowArtifactsService(BlobStore& blobs, ArtifactStore& artifacts, ArtifactUploads& uploads)
      : blobs_(blobs), artifacts_(artifacts), uploads_(uploads) {}

  grpc::Status ListArtifacts(grpc::ServerContext* context, const mlflow::v1::ListArtifactsRequest* request,
                             mlflow::v1::ListArtifactsResponse* reply) override;
  grpc::Status ListLoggedModelArtifacts(grpc::ServerContext* context, const mlflow::v1::ListLoggedModelArtifactsRequest* request,
                                        mlflow::v1::ListLoggedModelArtifactsResponse* reply) override;
  grpc::Status CreatePresignedUploadUrl(grpc::ServerContext* context, const mlflow::v1::CreatePresignedUploadUrlRequest* request,
                                        mlflow::v1::CreatePresignedUploadUrlResponse* reply) override;
  grpc::Status CreatePresignedDownloadUrl(grpc::ServerContext* context,
                                          const mlflow::v1::CreatePresignedDownloadUrlRequest* request,
                                          mlflow::v1::CreatePresignedDownloadUrlResponse* reply) override;
  grpc::Status GetRunArtifact(grpc::ServerContext* context, const mlflow::v1::GetRunArtifactRequest* request,
                              grpc::ServerWriter<mlflow::v1::ArtifactBytes>* writer) override;
  grpc::Status UploadRunArtifact(grpc::ServerContext* context, grpc::ServerReader<mlflow::v1::UploadRunArtifactRequest>* reader,
                                 mlflow::v1::UploadRunArtifactResponse* reply) override;
  grpc::Status GetLoggedModelArtifact(grpc::ServerContext* context, const mlflow::v1::GetLoggedModelArtifactRequest* request,
                                      grpc::ServerWriter<mlflow::v1::ArtifactBytes>* writer) override;
  grpc::Status UploadArtifact(grpc::ServerContext* context, grpc::ServerReader<mlflow::v1::UploadArtifactRequest>* reader,
                              mlflow::v1::UploadArtifactResponse* reply) override;
  grpc::Status DownloadArtifact(grpc::ServerContext* context, const mlflow::v1::DownloadArtifactRequest* request,
                                grpc::ServerWriter<mlflow::v1::ArtifactBytes>* writer) override;
  grpc::Status ListProxiedArtifacts(grpc::ServerContext* context, const mlflow::v1::ListProxiedArtifactsRequest* request,
                                    mlflow::v1::ListProxiedArtifactsResponse* reply) override;
  grpc::Status DeleteArtifact(grpc::ServerContext* context, const mlflow::v1::DeleteArtifactRequest* request,
                              mlflow::v1::DeleteArtifactResponse* reply) override;
  grpc::Status CreateMultipartUpload(grpc::ServerContext* context, const mlflow::v1::CreateMultipartUploadRequest* request,
                                     mlflow::v1::CreateMultipartUploadResponse* reply) override;
  grpc::Status UploadPart(grpc::ServerContext* context, grpc::ServerReader<mlflow::v1::UploadPartRequest>* reader,
                          mlflow::v1::UploadPartResponse* reply) override;
  grpc::Status CompleteMultipartUpload(grpc::ServerContext* context, const mlflow::v1::CompleteMultipartUploadRequest* request,
                                       mlflow::v1::CompleteMultipartUploadResponse* reply) override;
  grpc::Status AbortMultipartUpload(grpc::ServerContext* context, const mlflow::v1::AbortMultipartUploadRequest* request,
                                    mlflow::v1::AbortMultipartUploadResponse* reply) override;
  grpc::Status GetPresignedDownloadUrl(grpc::ServerContext* context, const mlflow::v1::GetPresignedDownloadUrlRequest* request,
                                       mlflow::v1::GetPresignedDownloadUrlResponse* reply) override;
  grpc::Status DownloadPresigned(grpc::ServerContext* context, const mlflow::v1::DownloadPresignedRequest* request,
                                 grpc::ServerWriter<mlflow::v1::ArtifactBytes>* writer) override;

 private:
  BlobStore& blobs_;
  ArtifactStore& artifacts_;
  ArtifactUploads& uploads_;
};

}  // namespace millwright::tracker
