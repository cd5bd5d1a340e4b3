// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/findings/lost_behind_tunnel.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/tunnel_underlay.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

bool IsThere(absl::string_view device, const std::vector<Link>& links) {
  return std::any_of(links.begin(), links.end(), [&](const Link& link) { return link.name == device; });
}

// An MTU that was set by hand (vxlanMTU, ipipMTU) may read as another tunnel's: where one is up, it is that one's.
bool HasOtherTunnel(absl::string_view device, const std::vector<Link>& links) {
  return std::any_of(links.begin(), links.end(), [&](const Link& link) {
    return link.role == LinkRole::kTunnel && link.up && link.name != device;
  });
}

// What leads to other nodes, or would, of one family.
struct Ways {
  uint32_t by_bird = 0, by_felix = 0;  // routes to their blocks
  bool own_by_felix = false;           // a block of this node that Felix keeps: where no BIRD runs, and through tunnels
};

Ways WaysOf(Family family, const std::vector<Route>& routes, const LinkIndex& links) {
  Ways ways;
  for (const Route& route : routes) {
    if (route.family() != family) continue;
    if (IsRemoteBlock(route, links)) ++(OwnerOf(route) == RouteOwner::kBird ? ways.by_bird : ways.by_felix);
    ways.own_by_felix |= IsLocalBlock(route) && OwnerOf(route) == RouteOwner::kFelix;
  }
  return ways;
}

std::string WaysText(const Ways& ways) {
  const uint32_t past = ways.by_bird + ways.by_felix;
  if (past == 0) return "no route leads to another node's pods";
  return absl::StrCat("what leads to other nodes' pods (", past, past == 1 ? " route" : " routes",
                      ") leads past it, without encapsulation");
}

Finding FindingFor(absl::string_view device, const Encapsulation& used, const Ways& ways, const Evidence& evidence) {
  return {InterfaceName{std::string(device)}, std::nullopt,
          absl::StrCat("is missing, though pods get an MTU of ", used.pods, ", which leaves room for its headers on ",
                       used.network, " (", used.network_mtu, "); ", WaysText(ways)),
          device == "tunl0"
              ? "modprobe ipip, and restart calico-node on this node: Felix sets tunl0 up where IPIP is on "
                "(FelixConfiguration's ipipEnabled must not be false while a pool has an ipipMode). Then delete the "
                "routes that lead past it (ip route del PREFIX proto bird): BIRD writes them anew, through tunl0."
              : "",
          LostBehindTunnel(evidence, device, FamilyOfTunnel(device))};
}

// A pool of VXLAN's has blocks that Felix keeps, on each node. That nothing at all leads out of them leaves no doubt.
bool IsMissed(absl::string_view device, const std::vector<Link>& links, const Ways& ways) {
  if (device == "tunl0") return !HasOtherTunnel(device, links);
  return ways.own_by_felix && ways.by_bird == 0 && (ways.by_felix == 0 || !HasOtherTunnel(device, links));
}

// A tunnel of IPv6 takes the most of pods' packets, and so hides IPv4's beside it.
std::vector<absl::string_view> Candidates(absl::string_view device) {
  if (device == "vxlan-v6.calico") return {device, "vxlan.calico"};
  if (device == "vxlan.calico" || device == "tunl0") return {device};
  return {};  // WireGuard's: wireguard_incomplete
}

std::vector<Finding> DevicesMissing(const Encapsulation& used, const std::vector<Link>& links, const LinkIndex& index,
                                    const std::vector<Route>& routes, const LocalBlocks& blocks,
                                    const Evidence& evidence) {
  std::vector<Finding> findings;
  if (HasEbpfDataPlane(links) || blocks.blocks.empty()) return findings;
  for (absl::string_view device : Candidates(used.device)) {
    if (IsThere(device, links)) continue;
    const Ways ways = WaysOf(FamilyOfTunnel(device), routes, index);
    if (IsMissed(device, links, ways)) findings.push_back(FindingFor(device, used, ways, evidence));
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  Commands commands;
  if (ThingText(finding.subject) == "tunl0") commands.push_back(Change("modprobe ipip"));
  commands.push_back(RestartCalicoNode(evidence));
  commands.push_back(Look(CalicoNodeLog(evidence, "-i -e vxlan -e ipip")));
  commands.push_back(Look("ip -d link show type vxlan"));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "tunnel_device_missing",
        .severity = Severity::kCritical,
        .summary = "A tunnel that pods were made for is not there.",
        .impact = "Pods of this node do not reach pods of other nodes, nor the other way round: without the tunnel, "
                  "routes are missing, or packets leave with pods' addresses on a network that does not know them.",
        .meaning =
            "Felix gives pods the network's MTU less what the headers of its tunnel take: 20 bytes for IPIP (tunl0), "
            "50 for VXLAN (vxlan.calico), 70 for VXLAN over IPv6. Its file mtu, or pods' interfaces where there is no "
            "such file, say so, and the interface is not there, nor another tunnel that would explain an MTU set by "
            "hand. For VXLAN, Felix makes it once it knows the node's address, finds the interface that has it, and "
            "has a tunnel address from a pool; if not, it goes on without, and pods start all the same. tunl0 comes "
            "with the kernel's module ipip; while there is none, Calico's BIRD leads the routes of an IPIP pool past "
            "it, without a word. Not judged where no block of addresses is this node's, and with the eBPF data plane.",
        .remedy =
            "Restart calico-node on this node: Felix makes the interface, its routes and entries within 10 seconds. If "
            "not, its log says why (kubectl -n calico-system logs POD -c calico-node | grep -i vxlan): the node's "
            "address is on no interface (spec.bgp of the Node resource, IP_AUTODETECTION_METHOD), no pool has a free "
            "tunnel address, or another VXLAN interface has its number or port (ip -d link show type vxlan).",
        .time_to_hold = absl::Seconds(3),  // Felix makes it anew where a setting has changed
        .says = "is missing",
    },
    JudgeNode(DevicesMissing), CommandsOf);

}  // namespace
}  // namespace caliwatch
