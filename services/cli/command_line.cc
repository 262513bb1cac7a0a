#include "cli/command_line.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/commands/artifacts.h"
#include "cli/commands/datasets.h"
#include "cli/commands/gate.h"
#include "cli/commands/pipelines.h"
#include "cli/commands/reproduce.h"
#include "cli/commands/reset.h"
#include "cli/commands/status.h"
#include "cli/commands/window.h"
#include "cli/door.h"
#include "cli/supervisor/up.h"

namespace millwright::cli {
namespace {

const std::pair<const char*, const char*> kGroups[] = {
    {"experiments", "Experiments"},
    {"runs", "Training runs, their params and metrics"},
    {"runs artifacts", "The files of a run"},
    {"models", "Registered models: versions, promotion, rollback"},
    {"studies", "Hyperparameter studies and their trials"},
    {"pipelines", "Pipelines and their runs"},
    {"schedules", "Pipelines run by the clock"},
    {"datasets", "Immutable dataset versions"},
    {"logged-models", "Models that runs have logged"},
    {"looks", "Looks at test sets"},
    {"deployments", "What serving follows"},
    {"webhooks", "Who is told of changes of models"},
    {"assets", "Machines with sensors"},
    {"predictions", "The prediction log"},
    {"tokens", "API tokens"},
    {"users", "Users and their roles"},
    {"workspaces", "Workspaces"},
    {"audit", "The audit log"},
    {"system", "The platform as a whole"},
};

// "there is no command …", when a word stands where a command should; empty when something else is wrong.
std::string UnknownCommand(const CLI::App& app) {
  const CLI::App* last = &app;
  std::string words;
  while (!last->get_subcommands().empty()) {
    last = last->get_subcommands().front();
    absl::StrAppend(&words, last->get_name(), " ");
  }
  std::string known;
  for (const CLI::App* verb : last->get_subcommands({})) absl::StrAppend(&known, known.empty() ? "" : ", ", verb->get_name());
  const std::vector<std::string> rest = app.remaining(/*recurse=*/true);
  if (known.empty() || rest.empty() || rest.front().front() == '-') return "";
  return absl::StrCat("there is no command \"", words, rest.front(), "\"; there are ", known);
}

void AppendCase(const CLI::App& app, const std::string& path, std::string* script) {
  std::string words;
  for (const CLI::App* verb : app.get_subcommands({})) absl::StrAppend(&words, words.empty() ? "" : " ", verb->get_name());
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) absl::StrAppend(&words, words.empty() ? "" : " ", "--", name);
  }
  absl::StrAppend(script, "    '", path, "') words='", words, "' ;;\n");
  for (const CLI::App* verb : app.get_subcommands({})) {
    AppendCase(*verb, absl::StrCat(path, path.empty() ? "" : " ", verb->get_name()), script);
  }
}

}  // namespace

std::string CompletionScript(const CLI::App& app, const std::string& shell) {
  std::string script;
  if (shell == "zsh") script = "#compdef millwright\nautoload -U +X bashcompinit && bashcompinit\n";
  absl::StrAppend(&script,
                  "_millwright() {\n  local path='' word words=''\n  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                  "    case \"$word\" in -*) ;; *) path=\"${path:+$path }$word\" ;; esac\n  done\n"
                  "  while :; do\n    case \"$path\" in\n");
  AppendCase(app, "", &script);
  // Names of things stand after the verb: what is not a known path loses its last word until it is one.
  absl::StrAppend(&script,
                  "    esac\n    [ -n \"$words\" ] || [ -z \"$path\" ] && break\n"
                  "    case \"$path\" in *' '*) path=\"${path% *}\" ;; *) path='' ;; esac\n  done\n"
                  "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
                  "complete -o default -F _millwright millwright\n");
  return script;
}

CommandLine::CommandLine() {
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", std::string("millwright ") + MILLWRIGHT_VERSION);
  app.add_option("--home", session.home,
                 "the data folder; default $MILLWRIGHT_HOME, else /var/lib/millwright or ~/.local/share/millwright");
  app.add_option("--address", session.address, "the gateway's gRPC door; default $MILLWRIGHT_ADDRESS, else 127.0.0.1:7000");
  app.add_option("-o,--output", session.format, "table or json")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, OutputFormat>{{"table", OutputFormat::kTable}, {"json", OutputFormat::kJson}}))
      ->option_text("table|json");
  AddPlatform();
  for (const auto& [path, help] : kGroups) {
    const std::vector<std::string> names = absl::StrSplit(path, ' ');
    CLI::App* parent = names.size() > 1 ? Group(names[0]) : &app;
    parent->add_subcommand(names.back(), help)->require_subcommand(1)->fallthrough();
  }
  for (const ServiceTable* table : ServiceTables()) {
    for (const UnaryCommand& command : table->commands) AddUnary(command);
  }
  AddPipelines();
  AddModels();
  AddRuns();
  AddDatasets();
  AddAssets();
  AddSystem();
  AddCompletion();
}

CLI::App* CommandLine::Group(const std::string& path) {
  CLI::App* group = &app;
  for (const absl::string_view name : absl::StrSplit(path, ' ')) group = group->get_subcommand(std::string(name));
  return group;
}

void CommandLine::AddUnary(const UnaryCommand& command) {
  CLI::App* verb = Group(command.group)->add_subcommand(command.verb, command.help)->fallthrough();
  const auto values = std::make_shared<Values>();
  const auto limit = std::make_shared<int>(100);
  for (const Argument& argument : command.arguments) {
    if (argument.from == From::kFixed) continue;
    std::vector<std::string>& place = (*values)[argument.name];
    if (argument.from == From::kPosition) {
      // One word each: a list would take the words of the positions after it.
      const auto take = [&place](const std::string& word) { place = {word}; };
      verb->add_option_function<std::string>(argument.name, take, argument.help)->required();
      continue;
    }
    CLI::Option* option = verb->add_option(absl::StrCat("--", argument.name), place, argument.help);
    option->expected(1)->required(argument.required);
    if (argument.from == From::kFlag) option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    if (argument.from != From::kFlag) option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (*argument.fallback != '\0') option->default_str(argument.fallback);
  }
  verb->add_option("--limit", *limit, "entries at most, of a list")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  verb->callback([this, &command, values, limit] {
    action = [this, &command, values, limit] { return RunUnary(command, *values, session, *limit); };
  });
}

void CommandLine::AddPlatform() {
  const auto up = std::make_shared<UpOptions>();
  CLI::App* verb = app.add_subcommand("up", "Start the platform on this machine")->fallthrough();
  verb->add_option("--share", up->share, "the folder with pipelines/ and web/");
  verb->add_option("--port-offset", up->port_offset, "added to every port")
      ->check(CLI::Range(0, 50000))
      ->envname("MILLWRIGHT_PORT_OFFSET");
  verb->add_option("--workers", up->workers, "trainer workers, two tasks at a time each")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  verb->add_flag("--foreground", up->foreground, "stay attached; Ctrl-C stops the platform");
  verb->add_flag("--allow-commands", up->allow_commands,
                 "steps and trials of the kind `command` may run programs on this machine");
  verb->add_flag("--allow-reset", up->allow_reset, "for tests only: `millwright system reset-tracking` may empty it");
  verb->callback([this, up] {
    action = [this, up] {
      up->home = session.home;
      return Up(*up);
    };
  });
  app.add_subcommand("down", "Stop the platform; its data stays")->fallthrough()->callback([this] {
    action = [this] { return Down(session.home); };
  });
  app.add_subcommand("status", "Every service: state, pid, address, uptime, restarts")->fallthrough()->callback([this] {
    action = [this] { return Status(session); };
  });
  app.add_subcommand("version", "The version of this program")->callback([this] {
    action = [] {
      std::printf("millwright %s\n", MILLWRIGHT_VERSION);
      return kOk;
    };
  });
}

void CommandLine::AddPipelines() {
  const auto run = std::make_shared<RunOptions>();
  CLI::App* verb = Group("pipelines")->add_subcommand("run", "Run a pipeline")->fallthrough();
  verb->add_option("NAME", run->pipeline, "the pipeline")->required();
  verb->add_option("--set", run->settings, "a parameter, key=value; a file parameter takes a path, which is read here")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  verb->add_flag("--wait", run->wait, "follow the run and end with its outcome");
  verb->callback([this, run] { action = [this, run] { return RunPipeline(*run, session); }; });

  const auto watched = std::make_shared<std::string>();
  verb = Group("pipelines")->add_subcommand("watch", "Follow a pipeline run to its end")->fallthrough();
  verb->add_option("RUN", *watched, "the pipeline run")->required();
  verb->callback([this, watched] { action = [this, watched] { return WatchPipeline(*watched, session); }; });

  const auto file = std::make_shared<std::string>();
  verb = Group("pipelines")->add_subcommand("put", "Add or replace a pipeline")->fallthrough();
  verb->add_option("FILE", *file, "its definition, YAML")->required();
  verb->callback([this, file] { action = [this, file] { return PutPipeline(*file, session); }; });
}

void CommandLine::AddModels() {
  const auto options = std::make_shared<ReproduceOptions>();
  CLI::App* verb =
      Group("models")
          ->add_subcommand("reproduce", "Train a version again from its lineage and compare; exit code 1 when it differs")
          ->fallthrough();
  verb->add_option("NAME", options->model, "the model")->required();
  verb->add_option("VERSION", options->version, "its version")->required()->check(CLI::Range(1, 1'000'000'000));
  verb->callback([this, options] { action = [this, options] { return ReproduceModel(*options, session); }; });

  const auto gate = std::make_shared<GateOptions>();
  verb = Group("models")
             ->add_subcommand("set-gate", "Replace what a version must meet to enter a stage; without rules everything passes")
             ->fallthrough();
  verb->add_option("NAME", gate->model, "the model")->required();
  verb->add_option("--stage", gate->stage, "staging, production or archived")->capture_default_str();
  verb->add_option("--rule", gate->rules, "such as \"rmse<=14.5\" or \"auc>=production\"; may be given again")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  verb->add_option("--approvals", gate->approvals, "how many people must say yes")
      ->check(CLI::Range(0, 20))
      ->capture_default_str();
  verb->add_option("--approver", gate->approver, "their least role: engineer or admin")->capture_default_str();
  verb->add_flag("--not-author", gate->not_author, "whoever made the version does not count");
  verb->add_option("--check", gate->checks, "the name of a check that must have passed; may be given again")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  verb->callback([this, gate] { action = [this, gate] { return SetGate(*gate, session); }; });
}

void CommandLine::AddRuns() {
  const auto download = std::make_shared<ArtifactTransfer>(ArtifactTransfer{.run_id = "", .path = "", .local = "-"});
  CLI::App* verb = Group("runs")->add_subcommand("download", "The bytes of one artifact, on standard output")->fallthrough();
  verb->add_option("RUN", download->run_id, "the run")->required();
  verb->add_option("PATH", download->path, "the artifact's path")->required();
  verb->callback([this, download] { action = [this, download] { return GetArtifact(*download, session); }; });

  const auto get = std::make_shared<ArtifactTransfer>();
  verb = Group("runs artifacts")->add_subcommand("get", "A file, or a folder with all it holds")->fallthrough();
  verb->add_option("RUN", get->run_id, "the run")->required();
  verb->add_option("PATH", get->path, "the artifact's path")->required();
  verb->add_option("TO", get->local, "a file or folder; - is standard output; its own name here when not given");
  verb->callback([this, get] { action = [this, get] { return GetArtifact(*get, session); }; });

  const auto put = std::make_shared<ArtifactTransfer>();
  verb = Group("runs artifacts")->add_subcommand("put", "Send a file, or all files of a folder")->fallthrough();
  verb->add_option("RUN", put->run_id, "the run")->required();
  verb->add_option("FROM", put->local, "a file or folder")->required();
  verb->add_option("PATH", put->path, "the artifact's path; the file's own name when not given");
  verb->callback([this, put] { action = [this, put] { return PutArtifact(*put, session); }; });
}

void CommandLine::AddDatasets() {
  const auto options = std::make_shared<ImportOptions>();
  CLI::App* verb = Group("datasets")
                       ->add_subcommand("import", "Make CSV files the next version of a dataset, checked by rules")
                       ->fallthrough();
  verb->add_option("NAME", options->dataset, "the dataset")->required();
  verb->add_option("PATH", options->path, "a CSV file, gzip too, or a folder of files with the same columns")->required();
  verb->add_option("--asset", options->asset, "the column that names the machine");
  verb->add_option("--time", options->time, "the column with the time");
  verb->add_option("--format", options->format, "further CSV options, JSON such as {\"duplicates\": \"last\"}");
  verb->add_option("--rules", options->rules,
                   "\"previous\": those of the version before, or inferred from it; or a file with a JSON list of rules");
  verb->callback([this, options] { action = [this, options] { return ImportDataset(*options, session); }; });
}

void CommandLine::AddAssets() {
  const auto window = std::make_shared<WindowOptions>();
  CLI::App* verb = Group("assets")
                       ->add_subcommand("window", "The newest rows of an asset, as the body of a prediction request")
                       ->fallthrough();
  verb->add_option("ASSET", window->asset, "the asset")->required();
  verb->add_option("--rows", window->rows, "how many rows")->check(CLI::Range(1, 100'000))->capture_default_str();
  verb->callback([this, window] { action = [this, window] { return AssetWindow(*window, session); }; });
}

void CommandLine::AddSystem() {
  const auto is_meant = std::make_shared<bool>(false);
  CLI::App* verb = Group("system")
                       ->add_subcommand("reset-tracking", "Empty tracker and registry, where `up --allow-reset` allows it")
                       ->fallthrough();
  verb->add_flag("--yes", *is_meant, "that is what you want")->required();
  verb->callback([this, is_meant] { action = [this] { return ResetTracking(session); }; });
}

void CommandLine::AddCompletion() {
  const auto shell = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("completion", "A completion script: eval \"$(millwright completion bash)\"");
  verb->add_option("SHELL", *shell, "bash or zsh")->required()->check(CLI::IsMember({"bash", "zsh"}));
  verb->callback([this, shell] {
    action = [this, shell] {
      std::fputs(CompletionScript(app, *shell).c_str(), stdout);
      return kOk;
    };
  });
}

int Run(int argc, char** argv) {
  CommandLine line;
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (const std::string unknown = error.get_exit_code() == 0 ? "" : UnknownCommand(line.app); !unknown.empty()) {
      std::fprintf(stderr, "millwright: %s\n", unknown.c_str());
      return kUsage;
    }
    return line.app.exit(error) == 0 ? kOk : kUsage;
  }
  return line.action();
}

}  // namespace millwright::cli
