// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/model/route_owner.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

// The kernel makes some for link-local addresses, BIRD for a workload that is a BGP peer.
bool MayBeForeign(const Route& route) {
  if (route.table != RT_TABLE_MAIN || route.type != RTN_UNICAST) return false;
  const RouteOwner owner = OwnerOf(route);
  return owner != RouteOwner::kKernel && owner != RouteOwner::kBird && !route.destination.address.IsLinkLocal();
}

class Claims {
 public:
  explicit Claims(const Table<Endpoint>& endpoints) {
    if (!endpoints.ok()) return;
    for (const Endpoint& endpoint : *endpoints) {
      interfaces_.insert(endpoint.interface);
      for (const Prefix& prefix : endpoint.prefixes) {
        claimed_.emplace(endpoint.interface, prefix);
        somebodys_.insert(prefix);
      }
    }
  }

  // A single address may be that of a workload of which no file tells yet, or of another one, which is
  // workload_route_wrong_interface's.
  bool Allow(const Route& route, const std::string& interface) const {
    if (claimed_.count({interface, route.destination}) != 0) return true;
    // A file that names no interface, as one that cannot be read, may be that of a workload with networks.
    if (!route.destination.IsDefault() && interfaces_.count("") != 0 && interfaces_.count(interface) == 0) return true;
    if (!route.destination.IsSingleAddress() || route.gateway) return false;
    return interfaces_.count(interface) == 0 || somebodys_.count(route.destination) != 0;
  }

 private:
  std::set<absl::string_view> interfaces_;
  std::set<std::pair<absl::string_view, Prefix>> claimed_;
  std::set<Prefix> somebodys_;
};

std::string OwnerText(const WorkloadOwners& owners, const std::string& interface) {
  const auto owner = owners.by_interface.find(interface);
  return owner == owners.by_interface.end() ? interface : absl::StrCat(owner->second, " at ", interface);
}

std::string WriterText(const Route& route) {
  if (route.protocol == RTPROT_RA) return "a router advertisement that came from there";
  return absl::StrCat("protocol ", route.protocol, ", by which ip route show names its writer");
}

Commands LinesFor(const Route& route, const std::string& interface) {
  Commands commands;
  if (route.protocol == RTPROT_RA)
    commands.push_back(
        Change(absl::StrCat("sysctl -w ", ShellWord(absl::StrCat("net/ipv6/conf/", interface, "/accept_ra=0")))));
  commands.push_back(Change(absl::StrCat(
      Ip(route.family()), " route del ", route.destination.IsDefault() ? "default" : route.destination.ToString(),
      route.gateway ? absl::StrCat(" via ", route.gateway->ToString()) : "", " dev ", ShellWord(interface),
      route.metric != 0 ? absl::StrCat(" metric ", route.metric) : "")));
  return commands;
}

std::string RemedyFor(const Commands& commands) {
  const std::string lines = absl::StrJoin(
      commands, ", then ", [](std::string* text, const Command& command) { absl::StrAppend(text, command.line); });
  return absl::StrCat(
      lines,
      ": no workload has that address, so none loses anything. Felix does the same within its refresh interval (90 s), "
      "unless removeExternalRoutes is off in FelixConfiguration. Then find who writes it (ip monitor route).");
}

Judgement ForeignRoutes(const std::vector<Route>& routes, const LinkIndex& links, const Table<Endpoint>& endpoints,
                        const WorkloadOwners& owners, const Evidence& evidence) {
  const Claims claims(endpoints);
  const FelixRecollection& felix = evidence.before.felix;
  std::vector<Finding> findings;
  std::set<Prefix> found;
  for (const Route& route : routes) {
    if (!MayBeForeign(route) || !links.HasRole(route.link, LinkRole::kWorkload)) continue;
    const std::string interface = links.NameOf(route.link);
    const bool file_is_old = felix.IsBehind() || felix.doubts.count(interface) != 0;
    if (claims.Allow(route, interface) || (file_is_old && route.destination.IsSingleAddress())) continue;
    if (!found.insert(route.destination).second) continue;
    Commands commands = LinesFor(route, interface);
    findings.push_back({route.destination,
                        route.family(),
                        absl::StrCat("the kernel sends it to ", OwnerText(owners, interface),
                                     ", whose address it is not (", WriterText(route), ")"),
                        RemedyFor(commands),
                        {InterfaceName{interface}}});
    findings.back().commands = std::move(commands);
  }
  return Judged(std::move(findings), absl::IsNotFound(endpoints.status()) ? absl::OkStatus() : endpoints.status());
}

const RegisterCheck registered(
    {
        .name = "route_through_workload",
        .severity = Severity::kCritical,
        .summary =
            "A route of the node leads to a workload's interface, but is for other addresses than the workload's.",
        .impact =
            "What the route covers goes to a pod, and is lost there; with a default route, all that leaves the node.",
        .meaning = "On a workload's interface Felix wants the routes to that workload's addresses and no others. A "
                   "DHCP client, NetworkManager or a router advertisement from inside a pod made this one, or somebody "
                   "by hand. A longer prefix, or a better metric elsewhere, may still keep traffic from it. Routes "
                   "that BIRD makes for a workload that is a BGP peer are left out.",
        .remedy = "Delete the route (the finding has the command), and find who makes it: ip monitor route. cali* "
                  "interfaces must be unmanaged for NetworkManager and systemd-networkd, and have accept_ra=0.",
        .says = "is sent to a pod that does not have it",
    },
    JudgeNode(ForeignRoutes));

}  // namespace
}  // namespace caliwatch
