// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/command_line.h"

#include <algorithm>
#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include "agent/build/version.h"
#include "agent/config/config_file.h"
#include "lib/view/terminal/text_layout.h"

namespace caliwatch {
namespace {

constexpr char kAbout[] =
    "Watches one node's Calico network: reads the kernel's tables, BIRD and Calico's files, judges them,\n"
    "and serves the judgement to Prometheus.\n";

constexpr char kConfigFile[] =
    "The configuration file is YAML and knows the same names, split at the first dot. Flags go before it.\n"
    "  web:\n"
    "    listen-address: [\"127.0.0.1:10179\"]\n"
    "  poll:\n"
    "    interval: 10s\n\n";

// CLI11 does not wrap; its column of names is 30 wide.
std::string Help(const Option& option) {
  return std::string(absl::StripTrailingAsciiWhitespace(Wrapped(option.help, 0, 80)));
}

// What stands behind the name in the help.
std::string ValueText(const Option& option) {
  if (!option.placeholder.empty()) return option.placeholder;
  return option.required ? "(required)" : " ";
}

void AddSwitch(CLI::App& command, const Option& flag, std::function<void(std::string)> keep) {
  const auto said = [keep = std::move(keep)](int64_t count) { keep(count > 0 ? "true" : "false"); };
  const std::string names = flag.short_name.empty() ? flag.name : absl::StrCat(flag.short_name, ",", flag.name);
  command.add_flag_function(names, said, Help(flag));
}

void AddSetting(CLI::App& command, const Option& flag, SettingValues& given) {
  if (flag.is_switch()) return AddSwitch(command, flag, [&](std::string value) { given = {std::move(value)}; });
  // How many values there may be is for the setting to say.
  command.add_option(flag.name, given, Help(flag))->option_text(flag.placeholder)->allow_extra_args(false);
}

// Throws, as CLI11 wants it, where only some words will do and `value` is none of them.
void CheckWord(const Option& option, const std::string& value) {
  const std::vector<std::string> words = absl::StrSplit(option.placeholder, '|');
  if (words.size() < 2 || std::find(words.begin(), words.end(), value) != words.end()) return;
  throw CLI::ValidationError(option.name, absl::StrCat("'", value, "' is not one of ", absl::StrJoin(words, ", ")));
}

void AddOption(CLI::App& command, const Option& option, std::string& given) {
  if (option.is_switch()) return AddSwitch(command, option, [&](std::string value) { given = std::move(value); });
  const auto keep = [&given, option](const std::string& value) {
    CheckWord(option, value);
    given = value;
  };
  command.add_option_function<std::string>(option.name, keep, Help(option))
      ->option_text(ValueText(option))
      ->required(option.required);
}

// What CLI11 parses, by the names of options: all commands' together, of which one is then chosen.
struct Parsed {
  const Subcommand* command = nullptr;
  std::string config_file;
  std::map<std::string, SettingValues> settings;
  std::map<std::string, std::string> values;
};

void AddCommand(CLI::App& program, const Subcommand& command, Parsed& parsed) {
  CLI::App& added = *program.add_subcommand(command.name, command.about);
  // Without one of its own, it has the program's.
  if (!command.footer.empty()) added.footer(absl::StrCat(command.settings ? kConfigFile : "", command.footer));
  added.callback([&] { parsed.command = &command; });
  if (command.settings) {
    for (const Option& flag : SettingFlags(command)) AddSetting(added, flag, parsed.settings[flag.name]);
    AddOption(added, ConfigFileFlag(), parsed.config_file);
  }
  for (const Option& option : command.options) AddOption(added, option, parsed.values[option.name]);
}

// Parsing then writes what was given into `parsed`, which must outlive `program`.
void DefineProgram(CLI::App& program, Parsed& parsed) {
  program.name("caliwatch");
  program.description(kAbout);
  program.footer("`caliwatch SUBCOMMAND --help` explains its flags and exit codes.\n");
  program.require_subcommand(1);
  program.set_version_flag("--version", std::string(absl::StripTrailingAsciiWhitespace(VersionText())),
                           "Say which caliwatch this is.");
  for (const Subcommand& command : AllCommands()) AddCommand(program, command, parsed);
}

// As other exporters have it; who looks for it is told what there is instead.
constexpr absl::string_view kWebConfig = "--web.config.file";

std::string Complaint(const CLI::App& program, const CLI::ParseError& error, int argc, const char* const* argv) {
  if (std::any_of(argv, argv + argc, [](absl::string_view given) { return absl::StartsWith(given, kWebConfig); }))
    return absl::StrCat(kWebConfig, " ", kPlainHttpAlone);
  const auto chosen = program.get_subcommands();
  if (!chosen.empty()) return absl::StrCat(error.what(), "\nSee: caliwatch ", chosen.front()->get_name(), " --help");
  const bool misspelt = argc > 1 && argv[1][0] != '-';
  return absl::StrCat(misspelt ? absl::StrCat("there is no command '", argv[1], "'") : error.what(),
                      "\nSee: caliwatch --help");
}

// As CLI11 takes them: the last first. For the value of "--flag=", which is empty, it would take the next argument.
std::vector<std::string> ArgumentsFrom(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    const bool has_empty_value = absl::StartsWith(argument, "--") && absl::ConsumeSuffix(&argument, "=");
    arguments.emplace_back(argument);
    if (has_empty_value) arguments.emplace_back();
  }
  std::reverse(arguments.begin(), arguments.end());
  return arguments;
}

Invocation InvocationFrom(const Parsed& parsed) {
  Invocation invocation{parsed.command, {.file = parsed.config_file, .flags = {}}, {}};
  for (const auto& [flag, values] : parsed.settings)
    if (!values.empty()) invocation.config.flags[std::string(absl::StripPrefix(flag, "--"))] = values;
  for (const Option& option : parsed.command->options) {
    const std::string& given = parsed.values.at(option.name);
    invocation.values[option.name] = given.empty() ? option.value : given;
  }
  return invocation;
}

}  // namespace

std::variant<Invocation, ExitCode> ParseCommandLine(int argc, const char* const* argv, std::ostream& out,
                                                    std::ostream& err) {
  Parsed parsed;
  CLI::App program;
  DefineProgram(program, parsed);
  try {
    program.parse(ArgumentsFrom(argc, argv));
  } catch (const CLI::Success& asked) {
    program.exit(asked, out, err);
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    err << "caliwatch: " << Complaint(program, error, argc, argv) << "\n";
    return kExitUsage;
  }
  return InvocationFrom(parsed);
}

}  // namespace caliwatch
