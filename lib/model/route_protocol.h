// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace caliwatch {

// How `ip route` calls who made a route: "static", "dhcp", "bird"; the number where it has no name. linux/rtnetlink.h
// and iproute2's rt_protos have the numbers. Felix's is 80, which has none.
std::string RouteProtocolName(uint8_t protocol);

}  // namespace caliwatch
