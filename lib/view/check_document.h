// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/analysis/findings/check_info.h"

namespace caliwatch {

// When a finding of the check counts: a sentence.
std::string HoldingOf(const CheckInfo& check);

// The same of a check of `caliwatch ipam` or `caliwatch cluster`.
std::string HoldingOfLooks(const CheckInfo& check);

// docs/checks.md: every check with severity, meaning and remedy.
std::string DocumentChecks();

// docs/ipam-checks.md: the same of the checks of `caliwatch ipam`.
std::string DocumentIpamChecks();

// docs/cluster-checks.md: the same of the checks of `caliwatch cluster`.
std::string DocumentClusterChecks();

}  // namespace caliwatch
