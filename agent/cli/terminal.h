// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace caliwatch {

// Standard output is a terminal that shows colour, and nobody asked for none (https://no-color.org).
bool WantsColour();

// How many rows the terminal at standard output has now; 24 where it does not say.
size_t TerminalRows();

}  // namespace caliwatch
