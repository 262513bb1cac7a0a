#pragma once

#include <map>
#include <string>
#include <vector>

#include "model-registry/domain/model.h"
#include "model-registry/domain/tracker.h"
#include "nlohmann/json.hpp"

namespace millwright::registry {

/// All that is known of a version, for comparing and showing it.
struct VersionFacts {
  ModelVersion version;
  std::map<std::string, std::string> params;
  std::map<std::string, double> metrics;
  std::vector<Evaluation> evaluations;  // newest first
  nlohmann::json bundle;                // millwright.json; null without one
};

/// One thing of two versions, as JSON text; empty where a version has none.
struct Difference {
  std::string section;  // params, metrics, evaluation, features, reference_statistics, data, lineage
  std::string key;
  std::string left;
  std::string right;
  bool is_equal = false;
};

struct Comparison {
  std::vector<Difference> differences;  // in the order of the sections; equal things too; at most 5000
  std::vector<std::string> notes;       // what could not be read, and what was left off
};

Comparison CompareFacts(const VersionFacts& left, const VersionFacts& right);

/// The card of a version: what people wrote, then what is known.
std::string CardOf(const VersionFacts& facts);

}  // namespace millwright::registry
