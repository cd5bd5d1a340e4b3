// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "agent/build/version.h"
#include "agent/cli/command.h"

namespace caliwatch {
namespace {

ExitCode Version(const Invocation&) {
  std::cout << VersionText();
  return kExitOk;
}

const RegisterCommand registered(
    {.place = 70, .name = "version", .about = "Say which caliwatch this is.", .run = Version});

}  // namespace
}  // namespace caliwatch
