#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/doors/method_table.h"

namespace millwright::gateway {

/// One HTTP route of an RPC, such as POST /v1/runs/{run_id}:finish.
struct Route {
  /// One part between slashes: a literal, or a field and perhaps a verb after a colon. The last one may take the whole rest.
  struct Segment {
    std::string literal;
    std::string field;
    std::string verb;
    bool is_rest = false;
    bool is_mlflow_rest = false;  // may be empty, holds no line break
  };
  std::string http_verb;  // "GET"
  std::string path;       // the template
  std::vector<Segment> segments;
  const Method* method = nullptr;
  bool is_alias = false;  // of the MLflow dialect's /api/N.0, under /ajax-api/N.0
};

/// Whether requests of the verb carry their fields in a body.
inline bool HasBody(const std::string& http_verb) { return http_verb == "POST" || http_verb == "PUT" || http_verb == "PATCH"; }

/// A request's route and the path's fields with their values, percent-decoded once.
struct RouteMatch {
  const Route* route = nullptr;
  std::vector<std::pair<std::string, std::string>> fields;
};

/// The routes of all RPCs, from the option `http` of their descriptors. Immutable, so thread-safe.
class RouteTable {
 public:
  /// `methods` must outlive the table.
  explicit RouteTable(const MethodTable& methods);

  /// The route of a raw path (as it was sent, without the query); empty when there is none. InvalidArgument for broken escapes.
  /// A literal wins over a field, a field with a verb over one without, any of them over one that takes all that is left. Where
  /// MLflow's dialect is spoken, repeated slashes count as one if there is no route otherwise.
  absl::StatusOr<std::optional<RouteMatch>> Match(const std::string& http_verb, const std::string& raw_path) const;
  /// The HTTP verbs that have a route for this path, sorted; empty for a path of no route.
  std::vector<std::string> Verbs(const std::string& raw_path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  const Route* FindLiteral(const std::string& http_verb, absl::string_view raw_path) const;
  absl::StatusOr<std::optional<RouteMatch>> MatchOnce(const std::string& http_verb, absl::string_view raw_path) const;

  std::vector<Route> routes_;                                // the more specific first
  absl::flat_hash_map<std::string, const Route*> literals_;  // "GET /v1/runs": routes without fields
};

}  // namespace millwright::gateway
