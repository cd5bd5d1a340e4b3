// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/cluster/judge.h"
#include "lib/view/html/status_page.h"

namespace caliwatch {

// A look at a cluster as one HTML document, with the style, script and icon of the status page. `context.healthy`: the
// look is young enough to be of now.
std::string ClusterPage(const ClusterReport& report, const PageContext& context);
// While the first look is under way.
std::string ClusterWaitingPage(const PageContext& context);

}  // namespace caliwatch
