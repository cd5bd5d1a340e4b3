// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "agent/command_line.h"
#include "agent/commands.h"
#include "agent/version.h"

int main(int argc, char** argv) {
  using namespace caliwatch;
  const auto parsed = ParseCommandLine(argc, argv, std::cout, std::cerr);
  if (const auto* done = std::get_if<ExitCode>(&parsed)) return *done;
  const auto& command_line = std::get<CommandLine>(parsed);
  switch (command_line.command) {
    case Command::kAgent:
      return RunAgent(command_line);
    case Command::kCheck:
      return RunCheck(command_line);
    case Command::kRecord:
      return RunRecord(command_line);
    case Command::kVersion:
      break;
  }
  std::cout << VersionText();
  return kExitOk;
}
