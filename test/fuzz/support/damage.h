// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "test/fuzz/support/input.h"
#include "test/support/memory_node.h"

namespace caliwatch {

// Changes one text of one source as `input` says: a byte, a number, a word, a line, all of it, or another node's
// instead. Returns the source's name, as Snapshot::sources has it.
std::string DamageSource(Input& input, MemoryNode& node);

}  // namespace caliwatch
