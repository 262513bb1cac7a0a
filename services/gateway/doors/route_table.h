#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/doors/method_table.h"

namespace millwright::gateway {

/// One HTTP route of an RPC, such as POST /v1/runs/{run_id}:finish.
struct Route {
  /// One part between slashes: a literal, or a field and perhaps a verb after a colon.
  struct Segment {
    std::string literal;
    std::string field;
    std::string verb;
  };
  std::string http_verb;  // "GET"
  std::string path;       // the template
  std::vector<Segment> segments;
  const Method* method = nullptr;
};

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
  /// A literal wins over a field, a field with a verb over one without.
  absl::StatusOr<std::optional<RouteMatch>> Match(const std::string& http_verb, const std::string& raw_path) const;
  /// The HTTP verbs that have a route for this path, sorted; empty for a path of no route.
  std::vector<std::string> Verbs(const std::string& raw_path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;  // the more specific first
};

}  // namespace millwright::gateway
