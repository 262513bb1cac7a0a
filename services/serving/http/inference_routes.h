#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/base/clock.h"
#include "serving/domain/model_catalog.h"
#include "serving/domain/predictor.h"
#include "serving/domain/token_table.h"
#include "serving/http/reply.h"

namespace millwright::serving {

/// What the routes need to know of a request before its body.
struct RequestHead {
  absl::string_view verb;
  absl::string_view target;
  absl::string_view authorization;
  bool has_binary_tensors = false;  // header Inference-Header-Content-Length
};

/// A request that was let in and wants a prediction.
struct PredictionTask {
  enum class Kind { kPredict, kInfer };
  Kind kind = Kind::kPredict;
  ModelKey key;
  std::string version;  // as the path names it; empty: the one that answers now
};

/// Every route of the inference door; the README lists them. Thread-safe.
class InferenceRoutes {
 public:
  /// `why_not_ready`: empty when the process can serve.
  InferenceRoutes(const ModelCatalog& catalog, const TokenTable& tokens, const Predictor& predictor,
                  std::function<std::string()> why_not_ready, const base::Clock& clock = base::SystemClock())
      : catalog_(catalog), tokens_(tokens), predictor_(predictor), why_not_ready_(std::move(why_not_ready)), clock_(clock) {}

  /// Checks route, verb and token. An answer that needs no body comes at once.
  std::variant<Reply, PredictionTask> Begin(const RequestHead& head) const;
  /// Scores. May take milliseconds: not for a network thread.
  Reply Run(const PredictionTask& task, std::string& body, absl::Time began) const;

  /// From now on the door is not ready, while it goes on answering.
  void Drain() { is_draining_ = true; }
  bool is_draining() const { return is_draining_; }

 private:
  std::variant<Reply, PredictionTask> Authorized(const RequestHead& head, std::vector<std::string> path) const;
  Reply Ready() const;
  Reply ModelMetadata(const ModelKey& key, absl::string_view version) const;
  Reply ModelReady(const ModelKey& key, absl::string_view version) const;
  Reply Predict(const ServedVersion& version, std::string& body, absl::Time began) const;
  Reply Infer(const ServedVersion& version, std::string& body, absl::Time began) const;

  const ModelCatalog& catalog_;
  const TokenTable& tokens_;
  const Predictor& predictor_;
  const std::function<std::string()> why_not_ready_;
  const base::Clock& clock_;
  std::atomic<bool> is_draining_{false};
};

}  // namespace millwright::serving
