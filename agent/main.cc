// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <iostream>

#include "agent/build/version.h"
#include "agent/cli/command_line.h"
#include "agent/cli/commands.h"
#include "agent/cli/completion.h"

namespace caliwatch {
namespace {

ExitCode Run(int argc, char** argv) {
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
    case Command::kWatch:
      return RunWatch(command_line);
    case Command::kExplain:
      return RunExplain(command_line);
    case Command::kCompletion:
      std::cout << CompletionScript(command_line.shell);
      return std::cout.flush() ? kExitOk : kExitFailed;
    case Command::kVersion:
      break;
  }
  std::cout << VersionText();
  return kExitOk;
}

}  // namespace
}  // namespace caliwatch

int main(int argc, char** argv) {
  try {
    return caliwatch::Run(argc, argv);
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "caliwatch: unexpected fault: %s\n", fault.what());
    return caliwatch::kExitFault;
  }
}
