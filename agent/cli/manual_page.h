// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace caliwatch {

// caliwatch(1), in the macros of man(7).
std::string ManualPage();

}  // namespace caliwatch
