// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/analysis/findings/check_info.h"

namespace caliwatch {

// When a finding of the check counts: a sentence.
std::string HoldingOf(const CheckInfo& check);

// docs/checks.md: every check with severity, meaning and remedy.
std::string DocumentChecks();

}  // namespace caliwatch
