#pragma once

#include "millwright/tracker/v1/tracker.grpc.pb.h"
#include "tracker/domain/artifact_store.h"

namespace millwright::tracker {

/// Blobs and artifacts over gRPC; bytes are streamed and never held whole.
class ArtifactService : public v1::ArtifactService::Service {
 public:
  ArtifactService(BlobStore& blobs, ArtifactStore& artifacts) : blobs_(blobs), artifacts_(artifacts) {}

  grpc::Status UploadBlob(grpc::ServerContext* context, grpc::ServerReader<v1::UploadBlobRequest>* reader,
                          v1::Blob* reply) override;
  grpc::Status DownloadBlob(grpc::ServerContext* context, const v1::DownloadBlobRequest* request,
                            grpc::ServerWriter<v1::BlobChunk>* writer) override;
  grpc::Status PutArtifact(grpc::ServerContext* context, const v1::PutArtifactRequest* request, v1::Artifact* reply) override;
  grpc::Status UploadArtifact(grpc::ServerContext* context, grpc::ServerReader<v1::UploadArtifactRequest>* reader,
                              v1::Artifact* reply) override;
  grpc::Status DownloadArtifact(grpc::ServerContext* context, const v1::DownloadArtifactRequest* request,
                                grpc::ServerWriter<v1::ArtifactBytes>* writer) override;
  grpc::Status ListArtifacts(grpc::ServerContext* context, const v1::ListArtifactsRequest* request,
                             v1::ListArtifactsResponse* reply) override;
  grpc::Status DeleteArtifacts(grpc::ServerContext* context, const v1::DeleteArtifactsRequest* request,
                               v1::DeleteArtifactsResponse* reply) override;
  grpc::Status PinBlobs(grpc::ServerContext* context, const v1::PinBlobsRequest* request, v1::PinBlobsResponse* reply) override;
  grpc::Status PinArtifacts(grpc::ServerContext* context, const v1::PinArtifactsRequest* request,
                            v1::PinArtifactsResponse* reply) override;
  grpc::Status UnpinBlobs(grpc::ServerContext* context, const v1::UnpinBlobsRequest* request,
                          v1::UnpinBlobsResponse* reply) override;

 private:
  BlobStore& blobs_;
  ArtifactStore& artifacts_;
};

}  // namespace millwright::tracker
