// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <variant>

#include "agent/cli/command.h"

namespace caliwatch {

// What to do; or, when there is nothing left to do, because help or an error went to `out` or `err`, how to exit.
std::variant<Invocation, ExitCode> ParseCommandLine(int argc, const char* const* argv, std::ostream& out,
                                                    std::ostream& err);

}  // namespace caliwatch
