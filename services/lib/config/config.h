#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace millwright::config {

/// Binds the fields of a service's config struct to keys. Keys are dotted (`server.port`). Values come, later over earlier,
/// from the struct's defaults, the YAML file of `--config=FILE`, and `--key=value` arguments. An unknown key, a value of the
/// wrong type or out of range, or a missing required one is an error that says the key's full path, the value and what
/// would be right.
class Binder {
 public:
  void Text(std::string key, std::string* field, std::string help, bool required = false);
  void Secret(std::string key, std::string* field, std::string help, bool required = false);  // never printed
  void Int(std::string key, int* field, int low, int high, std::string help);
  void Double(std::string key, double* field, double low, double high, std::string help);
  void Bool(std::string key, bool* field, std::string help);
  void TextList(std::string key, std::vector<std::string>* field, std::string help);  // comma-separated as an argument

  absl::Status Load(int argc, const char* const* argv);
  std::string Help() const;  // a line a key, for --help

 private:
  struct Entry {
    std::string key;
    std::string help;
    bool required = false;
    bool is_set = false;
    bool is_secret = false;
    std::function<absl::Status(const std::string&)> parse;
  };
  absl::Status Set(const std::string& key, const std::string& value, const std::string& where);
  std::vector<Entry> entries_;
};

/// Config is a struct with `void Bind(config::Binder&)`. Prints the error to stderr and exits with 2 when it does not load;
/// prints the keys and exits with 0 for --help.
template <typename Config>
Config LoadOrExit(int argc, const char* const* argv);

[[noreturn]] void ExitWith(const absl::Status& status);
[[noreturn]] void PrintHelpAndExit(const std::string& help);
bool WantsHelp(int argc, const char* const* argv);

template <typename Config>
Config LoadOrExit(int argc, const char* const* argv) {
  Config config;
  Binder binder;
  config.Bind(binder);
  if (WantsHelp(argc, argv)) PrintHelpAndExit(binder.Help());
  if (const absl::Status status = binder.Load(argc, argv); !status.ok()) ExitWith(status);
  return config;
}

}  // namespace millwright::config
