// SPDX-License-Identifier: Apache-2.0
#include "agent/command_line.h"

#include <ostream>

#include <CLI/CLI.hpp>
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "agent/config_file.h"
#include "agent/setting_values.h"
#include "agent/terminal_text.h"
#include "agent/version.h"

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
    if (scope == SettingScope::kNode && setting.scope != SettingScope::kNode) continue;
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
  AddSettings(check, SettingScope::kNode, parsed);
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

std::string Complaint(const CLI::App& program, const CLI::ParseError& error, int argc, const char* const* argv) {
  const auto chosen = program.get_subcommands();
  if (!chosen.empty()) return absl::StrCat(error.what(), "\nSee: caliwatch ", chosen.front()->get_name(), " --help");
  const bool misspelt = argc > 1 && argv[1][0] != '-';
  return absl::StrCat(misspelt ? absl::StrCat("there is no command '", argv[1], "'") : error.what(),
                      "\nSee: caliwatch --help");
}

}  // namespace

std::variant<CommandLine, ExitCode> ParseCommandLine(int argc, const char* const* argv, std::ostream& out,
                                                     std::ostream& err) {
  CommandLine parsed;
  CLI::App program(kAbout, "caliwatch");
  program.footer("`caliwatch SUBCOMMAND --help` explains its flags and exit codes.\n");
  program.require_subcommand(1);
  program.set_version_flag("--version", std::string(absl::StripTrailingAsciiWhitespace(VersionText())),
                           "Say which caliwatch this is.");
  AddAgent(program, parsed);
  AddCheck(program, parsed);
  AddRecord(program, parsed);
  AddCommand(program, Command::kVersion, "version", "Say which caliwatch this is.", parsed);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    program.exit(asked, out, err);
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    err << "caliwatch: " << Complaint(program, error, argc, argv) << "\n";
    return kExitUsage;
  }
  return parsed;
}

absl::StatusOr<Config> LoadConfig(const CommandLine& command_line) {
  Config config;
  if (!command_line.config_file.empty())
    if (absl::Status status = ApplyConfigFile(command_line.config_file, config); !status.ok()) return status;
  for (const Setting& setting : AllSettings()) {
    const auto given = command_line.settings.find(std::string(setting.name));
    if (given == command_line.settings.end()) continue;
    if (const absl::Status status = Apply(setting, given->second, config); !status.ok())
      return absl::InvalidArgumentError(absl::StrCat("--", setting.name, ": ", status.message()));
  }
  return config;
}

}  // namespace caliwatch
