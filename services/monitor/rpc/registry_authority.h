#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "lib/auth/assertion.h"
#include "millwright/registry/v1/registry.grpc.pb.h"
#include "monitor/domain/release_authority.h"

namespace millwright::monitor {

/// Asks the registry as this service, in the release's workspace. Thread-safe.
class RegistryAuthority : public ReleaseAuthority {
 public:
  RegistryAuthority(std::shared_ptr<grpc::Channel> channel, const auth::Signer& signer);
  absl::StatusOr<RollbackAnswer> RollBack(const Release& release) override;

 private:
  /// What the history says of a release that is not the deployed one any more.
  absl::StatusOr<RollbackAnswer> WhatBecameOf(const Release& release);
  auth::Caller As(const Release& release) const { return signer_.Self(release.workspace); }

  const auth::Signer& signer_;
  std::unique_ptr<registry::v1::RegistryService::Stub> registry_;
  std::unique_ptr<registry::v1::DeploymentService::Stub> deployments_;
};

}  // namespace millwright::monitor
