#include "scheduler/domain/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/utf8.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;

json PlainScalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (text.find_first_not_of("+-.0123456789eE") != std::string::npos) return text;
  const std::size_t digits = text.find_first_not_of("+-");
  if (digits == std::string::npos || digits > 1) return text;
  if (text.find_first_of(".eE") == std::string::npos) {
    std::int64_t whole = 0;
    if (absl::SimpleAtoi(text, &whole)) return whole;
  }
  double number = 0;
  if (absl::SimpleAtod(text, &number) && std::isfinite(number) && text.find_first_of("0123456789") != std::string::npos)
    return number;
  return text;
}

/// Builds JSON while the parser runs, so that a bound ends the parsing at once and an alias is never expanded.
class JsonBuilder : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { Value(mark, anchor, nullptr, ""); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Fail(mark, "aliases are not allowed; write the value out"); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    if (tag == "?") {
      Value(mark, anchor, PlainScalar(value), value);
    } else if (tag == "!" || tag == "tag:yaml.org,2002:str") {
      Value(mark, anchor, value, value);
    } else {
      Fail(mark, absl::StrCat("the tag ", tag, " is not known"));
    }
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    Open(mark, anchor, json::array());
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    Open(mark, anchor, json::object());
  }
  void OnMapEnd() override { Close(); }

  json root;
  bool has_root = false;

 private:
  struct Level {
    json value;
    std::string key;
    bool has_key = false;
  };

  [[noreturn]] void Fail(const YAML::Mark& mark, const std::string& what) { throw YAML::ParserException(mark, what); }

  void Bound(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) Fail(mark, "anchors are not allowed; write the value out");
    if (++nodes_ > kMaxYamlNodes) Fail(mark, absl::StrCat("more than ", kMaxYamlNodes, " values"));
  }
  void Open(const YAML::Mark& mark, YAML::anchor_t anchor, json empty) {
    Bound(mark, anchor);
    if (static_cast<int>(levels_.size()) >= kMaxYamlDepth) Fail(mark, absl::StrCat("deeper than ", kMaxYamlDepth, " levels"));
    if (!levels_.empty() && levels_.back().value.is_object() && !levels_.back().has_key) Fail(mark, "a key must be a plain text");
    levels_.push_back({std::move(empty), "", false});
  }
  void Close() {
    json value = std::move(levels_.back().value);
    levels_.pop_back();
    Put(std::move(value));
  }
  void Value(const YAML::Mark& mark, YAML::anchor_t anchor, json value, const std::string& text) {
    Bound(mark, anchor);
    if (!levels_.empty() && levels_.back().value.is_object() && !levels_.back().has_key) {
      if (levels_.back().value.contains(text)) Fail(mark, absl::StrCat("the key \"", text, "\" stands there twice"));
      levels_.back().key = text;
      levels_.back().has_key = true;
      return;
    }
    Put(std::move(value));
  }
  void Put(json value) {
    if (levels_.empty()) {
      root = std::move(value);
      has_root = true;
    } else if (levels_.back().value.is_array()) {
      levels_.back().value.push_back(std::move(value));
    } else {
      levels_.back().value[levels_.back().key] = std::move(value);
      levels_.back().has_key = false;
    }
  }

  std::vector<Level> levels_;
  int nodes_ = 0;
};

}  // namespace

absl::StatusOr<json> ParseYaml(const std::string& text) {
  if (text.size() > kMaxYamlBytes)
    return absl::InvalidArgumentError(absl::StrCat("definition: ", text.size(), " bytes is over the bound of ", kMaxYamlBytes));
  if (!base::IsUtf8(text)) return absl::InvalidArgumentError("definition: not UTF-8");
  try {
    std::istringstream in(text);
    YAML::Parser parser(in);
    JsonBuilder builder;
    if (!parser.HandleNextDocument(builder) || !builder.has_root) return absl::InvalidArgumentError("definition: empty");
    JsonBuilder rest;
    if (parser.HandleNextDocument(rest) && rest.has_root && !rest.root.is_null())
      return absl::InvalidArgumentError("definition: more than one YAML document");
    return std::move(builder.root);
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("definition: line ", error.mark.line + 1, ": ", error.msg));
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("definition: ", error.what()));
  }
}

}  // namespace millwright::scheduler
