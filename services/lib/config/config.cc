#include "lib/config/config.h"

#include <yaml-cpp/yaml.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/base/files.h"
#include "lib/base/status_macros.h"

namespace millwright::config {
namespace {

/// One key of the YAML file with its value as text; lists are joined by commas.
struct FileValue {
  std::string key;
  std::string value;
};

absl::Status Flatten(const YAML::Node& node, const std::string& prefix, const std::string& file, std::vector<FileValue>& out) {
  if (node.IsMap()) {
    for (const auto& item : node) {
      if (!item.first.IsScalar())
        return absl::InvalidArgumentError(absl::StrCat(file, ": a key under \"", prefix, "\" is not a text"));
      RETURN_IF_ERROR(
          Flatten(item.second, prefix.empty() ? item.first.Scalar() : absl::StrCat(prefix, ".", item.first.Scalar()), file, out));
    }
    return absl::OkStatus();
  }
  if (node.IsSequence()) {
    std::vector<std::string> values;
    for (const YAML::Node& item : node) {
      if (!item.IsScalar())
        return absl::InvalidArgumentError(absl::StrCat(file, ": ", prefix, ": a list may hold plain values only"));
      values.push_back(item.Scalar());
    }
    out.push_back({prefix, absl::StrJoin(values, ",")});
    return absl::OkStatus();
  }
  if (!node.IsScalar())
    return absl::InvalidArgumentError(absl::StrCat(file, ": ", prefix.empty() ? "the file" : prefix, " has no value"));
  out.push_back({prefix, node.Scalar()});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FileValue>> ReadYaml(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string content, base::ReadFile(file, 1 << 20));
  std::vector<FileValue> values;
  try {
    const YAML::Node root = YAML::Load(content);
    if (root.IsNull()) return values;
    if (!root.IsMap()) return absl::InvalidArgumentError(absl::StrCat(file, ": must hold keys and values"));
    RETURN_IF_ERROR(Flatten(root, "", file, values));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(file, ": ", error.what()));
  }
  return values;
}

}  // namespace

void Binder::Text(std::string key, std::string* field, std::string help, bool required) {
  entries_.push_back({std::move(key), std::move(help), required, false, false, [field](const std::string& value) {
                        *field = value;
                        return absl::OkStatus();
                      }});
}

void Binder::Secret(std::string key, std::string* field, std::string help, bool required) {
  Text(std::move(key), field, std::move(help), required);
  entries_.back().is_secret = true;
}

void Binder::Int(std::string key, int* field, int low, int high, std::string help) {
  absl::StrAppend(&help, " (", low, " to ", high, "; default ", *field, ")");
  entries_.push_back(
      {std::move(key), std::move(help), false, false, false, [field, low, high](const std::string& value) -> absl::Status {
         int number = 0;
         if (!absl::SimpleAtoi(value, &number) || number < low || number > high) {
           return absl::InvalidArgumentError(absl::StrCat("must be a whole number from ", low, " to ", high));
         }
         *field = number;
         return absl::OkStatus();
       }});
}

void Binder::Double(std::string key, double* field, double low, double high, std::string help) {
  absl::StrAppend(&help, " (", low, " to ", high, "; default ", *field, ")");
  entries_.push_back(
      {std::move(key), std::move(help), false, false, false, [field, low, high](const std::string& value) -> absl::Status {
         double number = 0;
         if (!absl::SimpleAtod(value, &number) || !(number >= low && number <= high)) {
           return absl::InvalidArgumentError(absl::StrCat("must be a number from ", low, " to ", high));
         }
         *field = number;
         return absl::OkStatus();
       }});
}

void Binder::Bool(std::string key, bool* field, std::string help) {
  absl::StrAppend(&help, " (default ", *field ? "true" : "false", ")");
  entries_.push_back({std::move(key), std::move(help), false, false, false, [field](const std::string& value) -> absl::Status {
                        if (value != "true" && value != "false") return absl::InvalidArgumentError("must be true or false");
                        *field = value == "true";
                        return absl::OkStatus();
                      }});
}

void Binder::TextList(std::string key, std::vector<std::string>* field, std::string help) {
  entries_.push_back({std::move(key), std::move(help), false, false, false, [field](const std::string& value) {
                        *field = absl::StrSplit(value, ',', absl::SkipEmpty());
                        return absl::OkStatus();
                      }});
}

absl::Status Binder::Set(const std::string& key, const std::string& value, const std::string& where) {
  for (Entry& entry : entries_) {
    if (entry.key != key) continue;
    entry.is_set = true;
    const absl::Status status = entry.parse(value);
    if (status.ok()) return status;
    return absl::InvalidArgumentError(
        absl::StrCat(where, key, ": ", entry.is_secret ? "the value" : absl::StrCat("\"", value, "\""), " ", status.message()));
  }
  return absl::InvalidArgumentError(absl::StrCat(where, key, ": unknown key; --help lists the known ones"));
}

absl::Status Binder::Load(int argc, const char* const* argv) {
  std::vector<std::pair<std::string, std::string>> arguments;
  std::string file;
  for (int i = 1; i < argc; ++i) {
    const absl::string_view argument = argv[i];
    if (!absl::StartsWith(argument, "--") || argument.size() == 2) {
      return absl::InvalidArgumentError(absl::StrCat("unknown argument \"", argument, "\": settings are --key=value"));
    }
    const std::size_t equals = argument.find('=');
    std::string key(argument.substr(2, equals == absl::string_view::npos ? equals : equals - 2));
    std::string value;
    if (equals != absl::string_view::npos) {
      value = std::string(argument.substr(equals + 1));
    } else if (i + 1 < argc && !absl::StartsWith(argv[i + 1], "--")) {
      value = argv[++i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat("--", key, ": has no value; write --", key, "=value"));
    }
    if (key == "config") {
      file = value;
    } else {
      arguments.emplace_back(std::move(key), std::move(value));
    }
  }
  if (!file.empty()) {
    ASSIGN_OR_RETURN(const std::vector<FileValue> values, ReadYaml(file));
    for (const FileValue& item : values) RETURN_IF_ERROR(Set(item.key, item.value, absl::StrCat(file, ": ")));
  }
  for (const auto& [key, value] : arguments) RETURN_IF_ERROR(Set(key, value, "--"));
  for (const Entry& entry : entries_) {
    if (entry.required && !entry.is_set)
      return absl::InvalidArgumentError(absl::StrCat(entry.key, ": is missing (", entry.help, ")"));
  }
  return absl::OkStatus();
}

std::string Binder::Help() const {
  std::string text = "Settings, as --key=value or in the YAML file of --config=FILE:\n";
  for (const Entry& entry : entries_)
    absl::StrAppend(&text, "  ", entry.key, entry.required ? " (required)" : "", ": ", entry.help, "\n");
  return text;
}

void ExitWith(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  std::exit(2);
}

void PrintHelpAndExit(const std::string& help) {
  std::fputs(help.c_str(), stdout);
  std::exit(0);
}

bool WantsHelp(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    if (absl::string_view(argv[i]) == "--help") return true;
  }
  return false;
}

}  // namespace millwright::config
