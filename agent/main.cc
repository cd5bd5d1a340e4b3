// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <iostream>

#include "agent/cli/command_line.h"

namespace caliwatch {
namespace {

ExitCode Run(int argc, char** argv) {
  const auto parsed = ParseCommandLine(argc, argv, std::cout, std::cerr);
  if (const auto* done = std::get_if<ExitCode>(&parsed)) return *done;
  const auto& invocation = std::get<Invocation>(parsed);
  return invocation.command->run(invocation);
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
