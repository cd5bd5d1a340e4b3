// SPDX-License-Identifier: Apache-2.0
#pragma once

// A command is one file, agent/cli/<name>_command.cc, that registers itself: parsing, --help, completion and the manual
// page walk the list and know no command by name.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/load_config.h"
#include "agent/config/settings.h"
#include "agent/exit_code.h"

namespace caliwatch {

// A flag of a command, or an argument, which has a name without dashes.
struct Option {
  std::string name;         // "--replay"; of an argument "DIR"
  std::string placeholder;  // of its value: "FILE"; "text|json": one of these words; empty: a switch, or an argument
  std::string help;
  std::string value = {};  // where none is given
  bool required = false;
  std::vector<std::string> (*suggestions)() = nullptr;  // what completion offers beyond words and files
  std::string short_name = {};                          // "-q"; empty: it has none

  bool is_flag() const { return name[0] == '-'; }
  bool is_switch() const { return is_flag() && placeholder.empty(); }
};

struct Subcommand;

// One command line, understood.
struct Invocation {
  const Subcommand* command = nullptr;
  ConfigSource config;
  std::map<std::string, std::string> values;  // of all of Subcommand::options, by name, given or not
};

struct Subcommand {
  int place;  // in --help, before those with a larger one
  std::string name, about;
  std::optional<SettingScope> settings = {};  // those up to it are flags of this command, and so is --config.file
  std::vector<Option> options = {};           // what else it takes
  std::string footer = {};                    // of its help; empty: the program's
  // Runs to its end and says how the program is to exit. What went wrong is then on stderr.
  ExitCode (*run)(const Invocation& invocation);
};

inline constexpr char kExitCodes[] =
    "Exit codes: 0 done, 1 failed, 64 the command line or the configuration is wrong, 70 a fault of caliwatch "
    "itself.\n";

struct RegisterCommand {
  explicit RegisterCommand(Subcommand command);
};

// Ordered by place.
const std::vector<Subcommand>& AllCommands();

// Those of Subcommand::settings.
std::vector<Option> SettingFlags(const Subcommand& command);
Option ConfigFileFlag();
// All that the command takes, in the order of its help, which is the first.
std::vector<Option> AllOptions(const Subcommand& command);

}  // namespace caliwatch
