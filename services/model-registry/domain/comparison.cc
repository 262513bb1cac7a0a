#include "model-registry/domain/comparison.h"

#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace millwright::registry {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDifferences = 5000;
constexpr std::size_t kMaxValue = 2000;
constexpr int kMaxDepth = 6;

std::string Text(const json& value) {
  if (value.is_null()) return "";
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > kMaxValue) text = text.substr(0, kMaxValue) + "…";
  return text;
}

json Number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

/// "heads.0.params.max_depth" → value, for objects and lists down to a depth.
void Flatten(const json& value, const std::string& key, int depth, std::map<std::string, json>& out) {
  if (value.is_structured() && !value.empty() && depth < kMaxDepth) {
    for (const auto& [name, item] : value.items())
      Flatten(item, key.empty() ? name : absl::StrCat(key, ".", name), depth + 1, out);
    return;
  }
  if (!value.is_null()) out[key.empty() ? "value" : key] = value;
}

std::map<std::string, json> Flat(const json& value) {
  std::map<std::string, json> out;
  Flatten(value, "", 0, out);
  return out;
}

json Part(const json& bundle, const char* key) { return bundle.is_object() && bundle.contains(key) ? bundle[key] : json(); }

using Section = std::map<std::string, json>;

void Compare(const char* name, const Section& left, const Section& right, Comparison& comparison) {
  std::set<std::string> keys;
  for (const auto& [key, value] : left) keys.insert(key);
  for (const auto& [key, value] : right) keys.insert(key);
  for (const std::string& key : keys) {
    if (comparison.differences.size() >= kMaxDifferences) {
      comparison.notes.push_back(absl::StrCat(name, ": more than ", kMaxDifferences, " things to compare; the rest is left off"));
      return;
    }
    const auto a = left.find(key), b = right.find(key);
    const json no_value;
    const json& first = a == left.end() ? no_value : a->second;
    const json& second = b == right.end() ? no_value : b->second;
    comparison.differences.push_back({name, key, Text(first), Text(second), first == second});
  }
}

Section Metrics(const std::map<std::string, double>& metrics) {
  Section section;
  for (const auto& [key, value] : metrics) section[key] = Number(value);
  return section;
}

/// Of each dataset version the newest evaluation.
Section Evaluations(const std::vector<Evaluation>& evaluations) {
  Section section;
  std::set<std::string> seen;
  for (const Evaluation& evaluation : evaluations) {
    if (!seen.insert(evaluation.dataset_version_id).second) continue;
    for (const auto& [key, value] : evaluation.metrics)
      section[absl::StrCat(key, " on ", evaluation.dataset_version_id)] = Number(value);
  }
  return section;
}

/// Of the lineage what says on which data it was trained, or the rest.
Section Lineage(const json& lineage, bool is_data) {
  Section section;
  for (const auto& [key, value] : Flat(lineage)) {
    const bool says_data = key.rfind("dataset", 0) == 0;
    if (says_data == is_data) section[key] = value;
  }
  return section;
}

/// In a table's cell: no line ends, no bars.
std::string Cell(const std::string& text) {
  return absl::StrReplaceAll(text, {{"|", "\\|"}, {"\n", " "}, {"\r", " "}, {"<", "&lt;"}});
}

void AddTable(const std::string& title, const char* head, const Section& rows, std::string& card) {
  if (rows.empty()) return;
  absl::StrAppend(&card, "\n## ", title, "\n\n| ", head, " |\n|---|---|\n");
  for (const auto& [key, value] : rows) {
    const std::string text = value.is_string() ? value.get<std::string>() : Text(value);
    absl::StrAppend(&card, "| ", Cell(key), " | ", Cell(text), " |\n");
  }
}

}  // namespace

Comparison CompareFacts(const VersionFacts& left, const VersionFacts& right) {
  Comparison comparison;
  Compare("params", Section(left.params.begin(), left.params.end()), Section(right.params.begin(), right.params.end()),
          comparison);
  Compare("metrics", Metrics(left.metrics), Metrics(right.metrics), comparison);
  Compare("evaluation", Evaluations(left.evaluations), Evaluations(right.evaluations), comparison);
  Compare("data", Lineage(left.version.lineage, true), Lineage(right.version.lineage, true), comparison);
  Compare("lineage", Lineage(left.version.lineage, false), Lineage(right.version.lineage, false), comparison);
  Compare("features", Flat(Part(left.bundle, "pipeline")), Flat(Part(right.bundle, "pipeline")), comparison);
  Compare("reference_statistics", Flat(Part(left.bundle, "reference_statistics")),
          Flat(Part(right.bundle, "reference_statistics")), comparison);
  return comparison;
}

std::string CardOf(const VersionFacts& facts) {
  const ModelVersion& version = facts.version;
  std::string card = absl::StrCat("# ", Cell(version.name), " version ", version.version, "\n");
  if (version.description && !version.description->empty()) absl::StrAppend(&card, "\n", *version.description, "\n");
  if (!version.card_text.empty()) absl::StrAppend(&card, "\n", version.card_text, "\n");

  Section about{{"stage", Name(version.stage)},
                {"made by", version.created_by},
                {"made at", absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", version.created_at, absl::UTCTimeZone())}};
  if (!version.run_id.empty()) about["run"] = version.run_id;
  if (!version.logged_model_id.empty()) about["logged model"] = version.logged_model_id;
  if (!version.source.empty()) about["source"] = version.source;
  if (!version.content_hash.empty()) about["content hash"] = version.content_hash;
  std::uint64_t size = 0;
  for (const BundleFile& file : version.files) size += file.size;
  if (!version.files.empty()) about["files"] = absl::StrCat(version.files.size(), ", ", size, " bytes");
  AddTable("About", "what | value", about, card);
  AddTable("Data", "what | value", Lineage(version.lineage, true), card);
  Section rest = Lineage(version.lineage, false);
  for (auto it = rest.begin(); it != rest.end();) it = it->first.rfind("training_spec", 0) == 0 ? rest.erase(it) : std::next(it);
  AddTable("Lineage", "what | value", rest, card);
  AddTable("Parameters", "parameter | value", Section(facts.params.begin(), facts.params.end()), card);

  std::set<std::string> seen;
  for (const Evaluation& evaluation : facts.evaluations) {
    if (!seen.insert(evaluation.dataset_version_id).second) continue;
    AddTable(absl::StrCat("Evaluation on dataset version ", Cell(evaluation.dataset_version_id)), "metric | value",
             Metrics(evaluation.metrics), card);
  }
  if (facts.evaluations.empty()) AddTable("Metrics of the run", "metric | value", Metrics(facts.metrics), card);
  Section inputs;
  for (const json& column : Part(facts.bundle, "input")) {
    if (column.is_object() && column.contains("name") && column["name"].is_string())
      inputs[column["name"].get<std::string>()] =
          column.contains("required") && column["required"] == true ? "required" : "accepted";
  }
  AddTable("Input columns", "column | use", inputs, card);
  return card;
}

}  // namespace millwright::registry
