// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <variant>

#include <absl/status/statusor.h>

#include "agent/config/config.h"
#include "agent/config/settings.h"

namespace caliwatch {

enum class Command { kAgent, kCheck, kWatch, kExplain, kRecord, kCompletion, kVersion };
enum class Shell { kBash, kZsh };
enum class OutputFormat { kText, kJson };

// Part of the program's contract, and told by --help. kExitFindings and kExitCannotJudge are answers of `check`.
enum ExitCode {
  kExitOk = 0,
  kExitFindings = 1,
  kExitFailed = 1,
  kExitCannotJudge = 2,
  kExitUsage = 64,
  kExitFault = 70
};

struct CommandLine {
  Command command = Command::kAgent;
  std::map<std::string, SettingValues> settings;  // those given as flags, by name
  std::string config_file;                        // empty: none
  std::string replay_folder;                      // check: empty: this node
  OutputFormat output = OutputFormat::kText;      // check
  std::string record_folder;                      // record
  std::string topic;                              // explain: empty: all
  Shell shell = Shell::kBash;                     // completion
};

// What to do; or, when there is nothing left to do, because help or an error went to `out` or `err`, how to exit.
std::variant<CommandLine, ExitCode> ParseCommandLine(int argc, const char* const* argv, std::ostream& out,
                                                     std::ostream& err);

// The defaults, changed by the configuration file, changed by the flags. InvalidArgument and NotFound name what is
// wrong where.
absl::StatusOr<Config> LoadConfig(const CommandLine& command_line);

}  // namespace caliwatch
