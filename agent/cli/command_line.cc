// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/command_line.h"

#include <ostream>

#include <CLI/CLI.hpp>
#include <absl/strings/str_cat.h>

#include "agent/cli/command_definitions.h"
#include "agent/config/config_file.h"

namespace caliwatch {
namespace {

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
  CLI::App program;
  DefineCommands(program, parsed);
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
