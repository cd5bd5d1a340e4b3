// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/analysis/evidence/evidence.h"
#include "lib/analysis/findings/finding.h"

namespace caliwatch {

// Whom a finding is about, as a sentence about it begins: "Pod default/web-1 (192.168.5.1)", "BGP peer 10.39.1.12",
// "Tunnel vxlan.calico", "BIRD (IPv4)".
std::string WhoText(const Finding& finding, const Evidence& evidence);

}  // namespace caliwatch
