// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/command.h"

#include <algorithm>
#include <utility>

#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

std::vector<Subcommand>& Registry() {
  static std::vector<Subcommand> commands;
  return commands;
}

Option FlagOf(const Setting& setting) {
  const std::string value = setting.get(Config());
  return {.name = absl::StrCat("--", setting.name),
          .placeholder = std::string(setting.placeholder),
          .help = absl::StrCat(setting.help, setting.live ? " Live." : "", " Default: ", value.empty() ? "none" : value,
                               ".")};
}

}  // namespace

RegisterCommand::RegisterCommand(Subcommand command) {
  auto& commands = Registry();
  const auto behind = std::upper_bound(commands.begin(), commands.end(), command,
                                       [](const Subcommand& a, const Subcommand& b) { return a.place < b.place; });
  commands.insert(behind, std::move(command));
}

const std::vector<Subcommand>& AllCommands() { return Registry(); }

std::vector<Option> SettingFlags(const Subcommand& command) {
  std::vector<Option> flags;
  for (const Setting& setting : AllSettings())
    if (command.settings && setting.scope <= *command.settings) flags.push_back(FlagOf(setting));
  return flags;
}

Option ConfigFileFlag() {
  return {.name = "--config.file", .placeholder = "FILE", .help = "A YAML file with settings. Default: none."};
}

std::vector<Option> AllOptions(const Subcommand& command) {
  std::vector<Option> options = {{.name = "--help", .placeholder = "", .help = "Print this help message and exit"}};
  for (Option& flag : SettingFlags(command)) options.push_back(std::move(flag));
  if (command.settings) options.push_back(ConfigFileFlag());
  options.insert(options.end(), command.options.begin(), command.options.end());
  return options;
}

}  // namespace caliwatch
