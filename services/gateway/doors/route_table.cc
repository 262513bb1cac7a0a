#include "gateway/doors/route_table.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/doors/percent.h"
#include "lib/base/status_macros.h"

namespace millwright::gateway {
namespace {

std::pair<std::string, std::string> VerbAndPath(const api::v1::HttpRoute& route) {
  switch (route.verb_case()) {
    case api::v1::HttpRoute::kGet:
      return {"GET", route.get()};
    case api::v1::HttpRoute::kPost:
      return {"POST", route.post()};
    case api::v1::HttpRoute::kPut:
      return {"PUT", route.put()};
    case api::v1::HttpRoute::kPatch:
      return {"PATCH", route.patch()};
    case api::v1::HttpRoute::kDelete:
      return {"DELETE", route.delete_()};
    case api::v1::HttpRoute::VERB_NOT_SET:
      break;
  }
  return {};
}

Route::Segment ParseSegment(absl::string_view text) {
  if (!absl::StartsWith(text, "{")) return {.literal = std::string(text), .field = "", .verb = ""};
  const std::size_t close = text.find('}');
  if (absl::EndsWith(text, "=**}"))
    return {.literal = "", .field = std::string(text.substr(1, text.size() - 5)), .verb = "", .is_rest = true};
  const absl::string_view rest = close == absl::string_view::npos ? "" : text.substr(close + 1);
  return {
      .literal = "", .field = std::string(text.substr(1, close - 1)), .verb = std::string(rest.empty() ? rest : rest.substr(1))};
}

// Larger is more specific, segment by segment.
std::vector<int> Rank(const Route& route) {
  std::vector<int> rank;
  for (const Route::Segment& segment : route.segments)
    rank.push_back(segment.field.empty() ? 2 : segment.is_rest ? -1 : segment.verb.empty() ? 0 : 1);
  return rank;
}

// The raw value of the segment's field; empty when the part does not match. Literals match as they are sent.
std::optional<absl::string_view> MatchSegment(const Route::Segment& segment, absl::string_view part) {
  if (segment.field.empty()) return part == segment.literal ? std::optional<absl::string_view>("") : std::nullopt;
  if (!segment.verb.empty()) {
    const std::string suffix = absl::StrCat(":", segment.verb);
    if (!absl::EndsWith(part, suffix)) return std::nullopt;
    part.remove_suffix(suffix.size());
  }
  if (segment.is_mlflow_rest) {
    const bool has_line_break = absl::StrContains(part, "%0a") || absl::StrContains(part, "%0A");
    return has_line_break ? std::nullopt : std::optional(part);
  }
  if (part.empty()) return std::nullopt;
  return part;
}

using RawFields = std::vector<std::pair<std::string, absl::string_view>>;

// The raw values of the route's fields, when the path is one of the route's.
std::optional<RawFields> MatchPath(const Route& route, const std::vector<absl::string_view>& parts) {
  const bool has_rest = route.segments.back().is_rest;
  if (has_rest ? parts.size() < route.segments.size() : parts.size() != route.segments.size()) return std::nullopt;
  RawFields fields;
  for (std::size_t i = 0; i < route.segments.size(); ++i) {
    absl::string_view part = parts[i];
    // The parts are views of one text.
    if (route.segments[i].is_rest)
      part = absl::string_view(part.data(), static_cast<std::size_t>(parts.back().data() + parts.back().size() - part.data()));
    const std::optional<absl::string_view> value = MatchSegment(route.segments[i], part);
    if (!value) return std::nullopt;
    if (!route.segments[i].field.empty()) fields.emplace_back(route.segments[i].field, *value);
  }
  return fields;
}

constexpr char kClientPrefix[] = "/api/";
constexpr char kPagePrefix[] = "/ajax-api/";
constexpr char kPageSegment[] = "ajax-api";

}  // namespace

RouteTable::RouteTable(const MethodTable& methods) {
  for (const Method& method : methods.methods()) {
    const auto& options = method.descriptor->options();
    for (int i = 0; i < options.ExtensionSize(api::v1::http); ++i) {
      Route route{.method = &method};
      std::tie(route.http_verb, route.path) = VerbAndPath(options.GetExtension(api::v1::http, i));
      for (const absl::string_view part : absl::StrSplit(route.path, '/')) route.segments.push_back(ParseSegment(part));
      route.segments.back().is_mlflow_rest = route.segments.back().is_rest && method.dialect == api::v1::JSON_DIALECT_MLFLOW;
      routes_.push_back(route);
      if (method.dialect != api::v1::JSON_DIALECT_MLFLOW || !absl::StartsWith(route.path, kClientPrefix)) continue;
      route.is_alias = true;
      route.path = absl::StrCat(kPagePrefix, absl::StripPrefix(route.path, kClientPrefix));
      route.segments[1].literal = kPageSegment;
      routes_.push_back(std::move(route));
    }
  }
  std::stable_sort(routes_.begin(), routes_.end(), [](const Route& a, const Route& b) { return Rank(a) > Rank(b); });
  for (const Route& route : routes_) {
    if (route.path.find('{') == std::string::npos) literals_.emplace(absl::StrCat(route.http_verb, " ", route.path), &route);
  }
}

const Route* RouteTable::FindLiteral(const std::string& http_verb, absl::string_view raw_path) const {
  const auto it = literals_.find(absl::StrCat(http_verb, " ", raw_path));
  return it == literals_.end() ? nullptr : it->second;
}

absl::StatusOr<std::optional<RouteMatch>> RouteTable::Match(const std::string& http_verb, const std::string& raw_path) const {
  ASSIGN_OR_RETURN(std::optional<RouteMatch> match, MatchOnce(http_verb, raw_path));
  if (match || !absl::StrContains(raw_path, "//")) return match;
  const std::vector<absl::string_view> parts = absl::StrSplit(raw_path, '/', absl::SkipEmpty());
  ASSIGN_OR_RETURN(match, MatchOnce(http_verb, absl::StrCat("/", absl::StrJoin(parts, "/"))));
  const bool is_lenient = match && match->route->method->dialect == api::v1::JSON_DIALECT_MLFLOW;
  return is_lenient ? match : std::optional<RouteMatch>();
}

absl::StatusOr<std::optional<RouteMatch>> RouteTable::MatchOnce(const std::string& http_verb, absl::string_view raw_path) const {
  if (const Route* route = FindLiteral(http_verb, raw_path)) return std::optional<RouteMatch>({.route = route, .fields = {}});
  const std::vector<absl::string_view> parts = absl::StrSplit(raw_path, '/');
  for (const Route& route : routes_) {
    const std::optional<RawFields> raw = route.http_verb == http_verb ? MatchPath(route, parts) : std::nullopt;
    if (!raw) continue;
    RouteMatch match{.route = &route, .fields = {}};
    for (const auto& [field, value] : *raw) {
      absl::StatusOr<std::string> decoded = PercentDecode(value, /*plus_is_space=*/false);
      // A path of MLflow's is any text: its service decodes what we do not.
      const bool is_any_text = route.method->dialect == api::v1::JSON_DIALECT_MLFLOW && route.segments.back().is_rest &&
                               route.segments.back().field == field && IsUtf8(value);
      if (!decoded.ok() && is_any_text) decoded = std::string(value);
      if (!decoded.ok()) return decoded.status();
      match.fields.emplace_back(field, *std::move(decoded));
    }
    return std::optional<RouteMatch>(std::move(match));
  }
  return std::optional<RouteMatch>();
}

std::vector<std::string> RouteTable::Verbs(const std::string& raw_path) const {
  const std::vector<absl::string_view> parts = absl::StrSplit(raw_path, '/');
  std::set<std::string> verbs;
  for (const Route& route : routes_) {
    if (MatchPath(route, parts)) verbs.insert(route.http_verb);
  }
  return {verbs.begin(), verbs.end()};
}

}  // namespace millwright::gateway
