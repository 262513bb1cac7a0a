#include "lib/rpc/call_registry.h"

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace millwright::rpc {
namespace {

struct Calls {
  absl::Mutex mutex;
  absl::flat_hash_map<const void*, CallInfo> by_context ABSL_GUARDED_BY(mutex);
};

Calls& RunningCalls() {
  static auto* calls = new Calls;
  return *calls;
}

class CallMemory : public grpc::experimental::Interceptor {
 public:
  CallMemory(const void* context, CallInfo info) : context_(context) {
    absl::MutexLock lock(&RunningCalls().mutex);
    RunningCalls().by_context[context_] = std::move(info);
  }
  ~CallMemory() override {
    absl::MutexLock lock(&RunningCalls().mutex);
    RunningCalls().by_context.erase(context_);
  }
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override { methods->Proceed(); }

 private:
  const void* context_;
};

class CallMemoryFactory : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit CallMemoryFactory(const auth::Signer& signer) : signer_(signer) {}
  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override {
    return new CallMemory(info->server_context(), {.method = info->method(), .signer = &signer_});
  }

 private:
  const auth::Signer& signer_;
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> RememberCalls(const auth::Signer& signer) {
  return std::make_unique<CallMemoryFactory>(signer);
}

std::optional<CallInfo> InfoOf(const grpc::ServerContextBase& context) {
  absl::MutexLock lock(&RunningCalls().mutex);
  const auto it = RunningCalls().by_context.find(&context);
  if (it == RunningCalls().by_context.end()) return std::nullopt;
  return it->second;
}

}  // namespace millwright::rpc
