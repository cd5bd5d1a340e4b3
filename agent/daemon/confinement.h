// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agent/config/config.h"

namespace caliwatch {

// Gives up for good, in the calling thread and all that it makes later, what no agent with this configuration needs:
// system calls (seccomp), and with Landlock, where the kernel has it, writing outside of the state file's folder and
// running programs. So it stands before the first thread. Where something of it cannot be had, the agent goes on
// without. What is in force, for a person to read.
std::string Confine(const Config& config);

}  // namespace caliwatch
