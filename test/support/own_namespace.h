// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace caliwatch {

// Begins a test case that needs a kernel of its own: `if (!InOwnNamespace()) return;`. Outside, it runs the test case
// once more as root of a new user and network namespace, reports how that went, and returns false; in there it returns
// true. Where the kernel refuses such namespaces the test case is skipped, with the reason printed.
bool InOwnNamespace();

// Runs shell commands, each of which must succeed.
void Run(const std::string& commands);

// What a shell command, which must succeed, prints.
std::string OutputOf(const std::string& command);

}  // namespace caliwatch
