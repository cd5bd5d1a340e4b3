// SPDX-License-Identifier: Apache-2.0
#include "lib/model/route_protocol.h"

#include <absl/strings/str_cat.h>
#include <linux/rtnetlink.h>

namespace caliwatch {
namespace {

struct Name {
  uint8_t protocol;
  const char* name;
};
constexpr Name kNames[] = {{RTPROT_REDIRECT, "redirect"},
                           {RTPROT_KERNEL, "kernel"},
                           {RTPROT_BOOT, "boot"},
                           {RTPROT_STATIC, "static"},
                           {RTPROT_GATED, "gated"},
                           {RTPROT_RA, "ra"},
                           {RTPROT_MRT, "mrt"},
                           {RTPROT_ZEBRA, "zebra"},
                           {RTPROT_BIRD, "bird"},
                           {RTPROT_DNROUTED, "dnrouted"},
                           {RTPROT_XORP, "xorp"},
                           {RTPROT_NTK, "ntk"},
                           {RTPROT_DHCP, "dhcp"},
                           {18, "keepalived"},
                           {RTPROT_BABEL, "babel"},
                           {84, "ovn"},
                           {99, "openr"},
                           {RTPROT_BGP, "bgp"},
                           {RTPROT_ISIS, "isis"},
                           {RTPROT_OSPF, "ospf"},
                           {RTPROT_RIP, "rip"},
                           {RTPROT_EIGRP, "eigrp"}};

}  // namespace

std::string RouteProtocolName(uint8_t protocol) {
  for (const Name& known : kNames)
    if (known.protocol == protocol) return known.name;
  return absl::StrCat(protocol);
}

}  // namespace caliwatch
