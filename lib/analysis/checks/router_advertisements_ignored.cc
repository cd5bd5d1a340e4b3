// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>
#include <linux/if_addr.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

// The kernel takes advertisements while an interface does not forward, or says that it takes them all the same (2).
// Who does so without the kernel, as networkd and NetworkManager do, sets it to 0.
bool IgnoresThem(const Link& link) {
  return link.role == LinkRole::kHost && link.ipv6_forwarding == 1 && link.accept_ra == 1;
}

// Routes that the kernel made of advertisements, and that end unless the next one is taken.
std::vector<const Route*> EndingRoutes(const std::vector<Route>& routes) {
  std::vector<const Route*> ending;
  for (const Route& route : routes)
    if (route.protocol == RTPROT_RA && route.family() == Family::kIpv6 && !route.expires.IsForever())
      ending.push_back(&route);
  return ending;
}

// The default route before any other.
const Route* MostOf(const std::vector<const Route*>& routes, int link) {
  const Route* most = nullptr;
  for (const Route* route : routes)
    if (route->link == link && (most == nullptr || route->destination.IsDefault())) most = route;
  return most;
}

// The kernel made it of a prefix and the hardware address, or of a secret: programs choose neither.
bool IsAutomatic(const Address& row, const Link& link) {
  if (row.address.family != Family::kIpv6 || row.scope != RT_SCOPE_UNIVERSE || row.valid.IsForever()) return false;
  if ((row.flags & IFA_F_STABLE_PRIVACY) != 0) return true;
  if (!link.mac || row.prefix_length != 64) return false;
  const MacAddress& mac = *link.mac;
  const std::array<uint8_t, 8> identifier = {
      static_cast<uint8_t>(mac[0] ^ 2), mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]};
  return std::equal(identifier.begin(), identifier.end(), row.address.bytes.begin() + 8);
}

std::string SecondsLeft(const Lifetime& lifetime) { return absl::StrCat("in ", lifetime.seconds, " s"); }

// Empty: it has nothing of a router's.
std::string WhatEnds(const Link& link, const std::vector<const Route*>& ending, const std::vector<Address>& addresses) {
  if (const Route* route = MostOf(ending, link.index))
    return absl::StrCat(route->destination.IsDefault() ? "the default route" : "the route to ",
                        route->destination.IsDefault() ? "" : route->destination.ToString(), " ends ",
                        SecondsLeft(route->expires));
  const auto address = std::find_if(addresses.begin(), addresses.end(), [&](const Address& row) {
    return row.link == link.index && IsAutomatic(row, link);
  });
  if (address == addresses.end()) return "";
  return absl::StrCat("there is no route of a router's any more, and the address ", address->address.ToString(),
                      " ends ", SecondsLeft(address->valid));
}

std::vector<Finding> AdvertisementsIgnored(const std::vector<Link>& links, const std::vector<Route>& routes,
                                           const std::vector<Address>& addresses) {
  if (std::none_of(links.begin(), links.end(), IgnoresThem)) return {};
  const std::vector<const Route*> ending = EndingRoutes(routes);
  std::vector<Finding> findings;
  for (const Link& link : links) {
    if (!IgnoresThem(link)) continue;
    if (const std::string what = WhatEnds(link, ending, addresses); !what.empty())
      findings.push_back(
          {InterfaceName{link.name},
           Family::kIpv6,
           absl::StrCat("IPv6 of this interface comes from a router's advertisements, and since it forwards, the "
                        "kernel ignores them (accept_ra is 1): ",
                        what),
           absl::StrCat("sysctl -w net/ipv6/conf/", link.name,
                        "/accept_ra=2; the router's next advertisement brings all back. Keep it: net.ipv6.conf.",
                        link.name, ".accept_ra = 2 below /etc/sysctl.d."),
           {InterfaceName{link.name}}});
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  return {Change(absl::StrCat("sysctl -w ",
                              ShellWord(absl::StrCat("net/ipv6/conf/", ThingText(finding.subject), "/accept_ra=2"))))};
}

const RegisterCheck registered(
    {
        .name = "router_advertisements_ignored",
        .severity = Severity::kWarning,
        .summary = "An interface's IPv6 routes and addresses came from a router, and are not renewed any more.",
        .impact =
            "When their lifetime is over, the node loses its IPv6 default route or address, and its pods the way out.",
        .meaning = "A node with pods forwards, and the kernel takes a forwarding interface for a router's: it ignores "
                   "the advertisements of other routers unless accept_ra is 2. What it learned before stays until its "
                   "lifetime ends, half an hour as a rule; an address, days. Where networkd or NetworkManager take "
                   "them instead of the kernel, accept_ra is 0, which is well.",
        .remedy = "sysctl -w net.ipv6.conf.INTERFACE.accept_ra=2, and keep it below /etc/sysctl.d.",
        .says = "ignores its router: IPv6 routes or addresses will end",
    },
    JudgeNode(AdvertisementsIgnored), CommandsOf);

}  // namespace
}  // namespace caliwatch
