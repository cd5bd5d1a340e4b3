// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/command_definitions.h"

#include <CLI/CLI.hpp>
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "agent/build/version.h"
#include "agent/config/setting_values.h"
#include "lib/view/terminal/text_layout.h"

namespace caliwatch {
namespace {

constexpr char kAbout[] =
    "Watches one node's Calico network: reads the kernel's tables, BIRD and Calico's files, judges them,\n"
    "and serves the judgement to Prometheus.\n";

constexpr char kExitCodes[] =
    "Exit codes: 0 done, 1 failed, 64 the command line or the configuration is wrong, 70 a fault of caliwatch "
    "itself.\n";
constexpr char kCheckExitCodes[] =
    "Exit codes: 0 no findings; 1 findings; 2 cannot judge, since something that this node should have could not be "
    "read;\n"
    "64 the command line or the configuration is wrong; 70 a fault of caliwatch itself.\n";

constexpr char kConfigFile[] =
    "The configuration file is YAML and knows the same names, split at the first dot. Flags go before it.\n"
    "  web:\n"
    "    listen-address: [\"127.0.0.1:10179\"]\n"
    "  poll:\n"
    "    interval: 10s\n\n";

constexpr char kAgentSignals[] =
    "SIGHUP reads the configuration file again and applies what is marked Live; a wrong file is refused, and "
    "the\n"
    "running configuration stays. SIGTERM and SIGINT end the agent.\n\n";

constexpr Word<Shell> kShells[] = {{"bash", Shell::kBash}, {"zsh", Shell::kZsh}};
constexpr Word<OutputFormat> kOutputFormats[] = {{"text", OutputFormat::kText}, {"json", OutputFormat::kJson}};

// CLI11 does not wrap; its column of names is 30 wide.
std::string Help(absl::string_view text) {
  return std::string(absl::StripTrailingAsciiWhitespace(Wrapped(text, 0, 80)));
}

std::string HelpOf(const Setting& setting) {
  const std::string value = setting.get(Config());
  return Help(
      absl::StrCat(setting.help, setting.live ? " Live." : "", " Default: ", value.empty() ? "none" : value, "."));
}

void AddSettings(CLI::App& command, SettingScope scope, CommandLine& parsed) {
  for (const Setting& setting : AllSettings()) {
    if (setting.scope > scope) continue;
    const std::string name(setting.name);
    if (setting.is_switch) {
      const auto keep = [&parsed, name](int64_t count) { parsed.settings[name] = {count > 0 ? "true" : "false"}; };
      command.add_flag_function("--" + name, keep, HelpOf(setting));
      continue;
    }
    const auto keep = [&parsed, name](const SettingValues& values) { parsed.settings[name] = values; };
    command.add_option_function<SettingValues>("--" + name, keep, HelpOf(setting))
        ->option_text(std::string(setting.placeholder))
        ->allow_extra_args(false);
  }
  command.add_option("--config.file", parsed.config_file, "A YAML file with settings. Default: none.")
      ->option_text("FILE");
}

CLI::App& AddCommand(CLI::App& program, Command command, const std::string& name, const std::string& about,
                     CommandLine& parsed) {
  CLI::App* added = program.add_subcommand(name, about);
  added->callback([&parsed, command] { parsed.command = command; });
  return *added;
}

void AddAgent(CLI::App& program, CommandLine& parsed) {
  CLI::App& agent =
      AddCommand(program, Command::kAgent, "agent", "Watch this node and serve metrics until told to end.", parsed);
  AddSettings(agent, SettingScope::kAgent, parsed);
  agent.footer(absl::StrCat(kConfigFile, kAgentSignals, kExitCodes));
}

void AddCheck(CLI::App& program, CommandLine& parsed) {
  CLI::App& check =
      AddCommand(program, Command::kCheck, "check", "Look at this node once and say what is wrong with it.", parsed);
  AddSettings(check, SettingScope::kJudge, parsed);
  check
      .add_option("--replay", parsed.replay_folder,
                  "Judge what `caliwatch record` wrote instead of this node. Default: none.")
      ->option_text("DIR");
  const auto choose = [&parsed](const std::string& text) {
    if (const absl::Status status = SetWord(kOutputFormats, text, parsed.output); !status.ok())
      throw CLI::ValidationError("--output", std::string(status.message()));
  };
  check
      .add_option_function<std::string>("--output", choose,
                                        "For people, or for programs as docs/json.md says. Default: text.")
      ->option_text("text|json");
  check.footer(absl::StrCat(kConfigFile, kCheckExitCodes));
}

void AddRecord(CLI::App& program, CommandLine& parsed) {
  CLI::App& record = AddCommand(program, Command::kRecord, "record",
                                "Write down what this node says, to be judged elsewhere by `check --replay`.", parsed);
  AddSettings(record, SettingScope::kNode, parsed);
  record.add_option("DIR", parsed.record_folder, "The folder to make; it must not exist yet, or be empty")
      ->option_text("(required)")
      ->required();
  record.footer(absl::StrCat(kConfigFile, kExitCodes));
}

void AddWatch(CLI::App& program, CommandLine& parsed) {
  CLI::App& watch =
      AddCommand(program, Command::kWatch, "watch",
                 "The same as `check`, on the whole terminal, anew every two seconds until Ctrl-C.", parsed);
  AddSettings(watch, SettingScope::kJudge, parsed);
  watch.footer(absl::StrCat(kConfigFile, kExitCodes));
}

void AddExplain(CLI::App& program, CommandLine& parsed) {
  CLI::App& explain = AddCommand(program, Command::kExplain, "explain",
                                 "Say what a check or an alert means and what to do about it.", parsed);
  explain.add_option("NAME", parsed.topic, "A check or an alert; without it, all of them are listed.")
      ->option_text(" ");
  explain.footer(kExitCodes);
}

void AddCompletion(CLI::App& program, CommandLine& parsed) {
  CLI::App& completion = AddCommand(program, Command::kCompletion, "completion",
                                    "Print what makes a shell complete caliwatch's commands and flags.", parsed);
  const auto choose = [&parsed](const std::string& text) {
    if (const absl::Status status = SetWord(kShells, text, parsed.shell); !status.ok())
      throw CLI::ValidationError("SHELL", std::string(status.message()));
  };
  completion.add_option_function<std::string>("SHELL", choose, "Which shell")->option_text("bash|zsh")->required();
  completion.footer(absl::StrCat(
      "For this shell:    source <(caliwatch completion bash)\n",
      "For all, bash:     caliwatch completion bash > /etc/bash_completion.d/caliwatch\n",
      "For all, zsh:      caliwatch completion zsh > /usr/local/share/zsh/site-functions/_caliwatch\n\n", kExitCodes));
}

OptionDescription Described(const CLI::Option& option) {
  return {option.get_name(), option.get_option_text(), absl::StrReplaceAll(option.get_description(), {{"\n", " "}})};
}

}  // namespace

void DefineCommands(CLI::App& program, CommandLine& parsed) {
  program.name("caliwatch");
  program.description(kAbout);
  program.footer("`caliwatch SUBCOMMAND --help` explains its flags and exit codes.\n");
  program.require_subcommand(1);
  program.set_version_flag("--version", std::string(absl::StripTrailingAsciiWhitespace(VersionText())),
                           "Say which caliwatch this is.");
  AddAgent(program, parsed);
  AddCheck(program, parsed);
  AddWatch(program, parsed);
  AddExplain(program, parsed);
  AddRecord(program, parsed);
  AddCompletion(program, parsed);
  AddCommand(program, Command::kVersion, "version", "Say which caliwatch this is.", parsed);
}

std::vector<CommandDescription> DescribeCommands() {
  CLI::App program;
  CommandLine parsed;
  DefineCommands(program, parsed);
  std::vector<CommandDescription> commands;
  for (const CLI::App* command : program.get_subcommands(nullptr)) {
    CommandDescription described{command->get_name(), command->get_description(), {}};
    for (const CLI::Option* option : command->get_options()) described.options.push_back(Described(*option));
    commands.push_back(std::move(described));
  }
  return commands;
}

}  // namespace caliwatch
