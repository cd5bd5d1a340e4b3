// SPDX-License-Identifier: Apache-2.0
#pragma once

// Texts of a node with other names and addresses, still in their formats.

#include <string>

#include <absl/strings/string_view.h>

#include "lib/anonymize/anonymizer.h"
#include "lib/node/raw_node.h"

namespace caliwatch {

// BIRD's answer. AS numbers that are not private become such.
std::string AnonymizedAnswer(const Anonymizer& anonymizer, absl::string_view answer);

// A file of Felix' folder endpoint-status: its name, and what caliwatch reads of its content.
NamedFile AnonymizedEndpoint(const Anonymizer& anonymizer, const NamedFile& file);

// The agent's state file, of format 2; of the boot that Name() makes of its own. What is none becomes empty.
std::string AnonymizedState(const Anonymizer& anonymizer, absl::string_view state);

}  // namespace caliwatch
