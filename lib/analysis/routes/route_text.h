// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/model/kernel.h"
#include "lib/model/link_index.h"

namespace caliwatch {

// As ip-route(8) calls it: "unicast", "blackhole" …; "other" for those that Calico's nodes have none of.
absl::string_view RouteTypeName(uint8_t type);

// Whose a route is and where it leads, as words of a sentence: "a static route by 10.10.0.9 on eth0", "a dhcp route on
// eth0", "a static blackhole".
std::string DescribeRoute(const Route& route, const LinkIndex& links);

// The command that deletes this route and no other one to its destination.
std::string CommandToDelete(const Route& route, const LinkIndex& links);

}  // namespace caliwatch
