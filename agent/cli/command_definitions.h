// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "agent/cli/command_line.h"

namespace CLI {
class App;
}

namespace caliwatch {

// Every command with its flags; parsing then writes what was given into `parsed`, which must outlive `program`.
void DefineCommands(CLI::App& program, CommandLine& parsed);

// The same as text, for what is made of it: completion and the manual page.
struct OptionDescription {
  std::string name;         // "--poll.interval"; of an argument "DIR"
  std::string placeholder;  // of its value: "DURATION", "text|json"; empty: it takes none
  std::string help;
};
struct CommandDescription {
  std::string name, about;
  std::vector<OptionDescription> options;
};
std::vector<CommandDescription> DescribeCommands();

}  // namespace caliwatch
