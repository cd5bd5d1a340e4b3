// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/ipam/judge.h"
#include "lib/view/html/status_page.h"

namespace caliwatch {

// A look at a cluster's IPAM as one HTML document, with the same style, script and icon as the agent's status page.
// `problems`: which source could not be asked, and why, a line each.
std::string IpamPage(const IpamReport& report, const std::vector<std::string>& problems, const PageContext& context);
// While there is no report yet.
std::string IpamWaitingPage(const PageContext& context);

}  // namespace caliwatch
