// SPDX-License-Identifier: Apache-2.0
#include "agent/look.h"

#include <cstdlib>
#include <string>

#include <unistd.h>

#include "agent/state_file.h"

namespace caliwatch {

Memory MemoryOfAgent(const Config& config) {
  absl::StatusOr<Memory> memory = StateFile(config.state_file).Peek();
  return memory.ok() ? *std::move(memory) : Memory();
}

bool WantsColour() {
  const char* refused = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && (refused == nullptr || *refused == '\0') &&
         (terminal == nullptr || std::string(terminal) != "dumb");
}

}  // namespace caliwatch
