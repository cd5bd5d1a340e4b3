// SPDX-License-Identifier: Apache-2.0
#include "lib/model/route_protocol.h"

#include <linux/rtnetlink.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("a route's protocol is called as `ip route` calls it, and by its number where that has no name for it") {
  CHECK(RouteProtocolName(RTPROT_STATIC) == "static");
  CHECK(RouteProtocolName(RTPROT_DHCP) == "dhcp");
  CHECK(RouteProtocolName(RTPROT_BIRD) == "bird");
  CHECK(RouteProtocolName(80) == "80");
}

}  // namespace
}  // namespace caliwatch
