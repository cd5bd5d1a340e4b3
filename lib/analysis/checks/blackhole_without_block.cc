// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/route_text.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

bool IsBlackhole(const Route& route) {
  return route.table == RT_TABLE_MAIN && route.type == RTN_BLACKHOLE && !route.destination.IsDefault();
}

// A blackhole, and what is known of it.
struct Blackhole {
  const Route* route;
  bool has_workload = false;
  const Route* inside = nullptr;  // the route of another node's block that holds it
};

// By destination.
std::vector<Blackhole> BlackholesOf(const std::vector<Route>& routes) {
  std::vector<Blackhole> found;
  for (const Route& route : routes)
    if (IsBlackhole(route)) found.push_back({&route});
  std::ranges::sort(found, {}, [](const Blackhole& each) { return each.route->destination; });
  return found;
}

uint8_t LongestOf(const std::vector<Blackhole>& blackholes) {
  uint8_t longest = 0;
  for (const Blackhole& blackhole : blackholes) longest = std::max(longest, blackhole.route->destination.length);
  return longest;
}

void LookInside(const Route& block, std::vector<Blackhole>& blackholes) {
  const auto first = std::lower_bound(
      blackholes.begin(), blackholes.end(), block.destination.address,
      [](const Blackhole& each, const IpAddress& address) { return each.route->destination.address < address; });
  for (auto each = first; each != blackholes.end() && block.destination.Contains(each->route->destination.address);
       ++each)
    if (block.destination.length < each->route->destination.length) each->inside = &block;
}

// As a rule all blocks are of one size, and none is looked into.
void LookAround(const std::vector<Route>& routes, const LinkIndex& links, std::vector<Blackhole>& blackholes) {
  const uint8_t longest = LongestOf(blackholes);
  std::vector<IpAddress> workloads;
  for (const Route& route : routes) {
    if (IsWorkloadRoute(route, links))
      workloads.push_back(route.destination.address);
    else if (route.destination.length < longest && MayBeBlock(route.destination) && IsRemoteBlock(route, links))
      LookInside(route, blackholes);
  }
  std::sort(workloads.begin(), workloads.end());
  for (Blackhole& blackhole : blackholes) {
    const Prefix& destination = blackhole.route->destination;
    const auto first = std::lower_bound(workloads.begin(), workloads.end(), destination.address);
    blackhole.has_workload = first != workloads.end() && destination.Contains(*first);
  }
}

// Whether other nodes announce the same, as they do with the addresses of services.
bool IsShared(const Prefix& destination, const BirdRecollection& bird) {
  return std::any_of(bird.shared_blocks.begin(), bird.shared_blocks.end(),
                     [&](const BlockClaim& claim) { return claim.destination == destination; });
}

// The sizes of blackholes that do hold workloads.
using Sizes = PerFamily<std::set<uint8_t>>;

Sizes SizesWithWorkloads(const std::vector<Blackhole>& blackholes) {
  Sizes sizes;
  for (const Blackhole& blackhole : blackholes)
    if (blackhole.has_workload) sizes[blackhole.route->family()].insert(blackhole.route->destination.length);
  return sizes;
}

// Of another size than all of these.
bool HasOddSize(const Blackhole& blackhole, const Sizes& sizes) {
  const std::set<uint8_t>& blocks = sizes[blackhole.route->family()];
  return !blocks.empty() && !blocks.contains(blackhole.route->destination.length);
}

std::string WhyNoBlock(const Blackhole& blackhole, const Sizes& sizes, const Recollection& before) {
  const Prefix& destination = blackhole.route->destination;
  if (blackhole.inside != nullptr)
    return absl::StrCat("is inside ", blackhole.inside->destination.ToString(), ", the block of another node (",
                        blackhole.inside->gateway->ToString(), "), some of whose addresses it drops");
  const RouteOwner owner = OwnerOf(*blackhole.route);
  const bool calicos = owner == RouteOwner::kBird || owner == RouteOwner::kFelix;
  if (!calicos || blackhole.has_workload || destination.IsSingleAddress()) return "";
  if (!MayBeBlock(destination))
    return "is larger than any block of addresses, and no workload of this node is in it: as a rule it is the network "
           "of services, which this node now drops";
  if (HasOddSize(blackhole, sizes) && IsShared(destination, before.birds[destination.address.family]))
    return "is announced by other nodes as well and has not the size of this node's blocks, and no workload of this "
           "node is in it: as a rule these are addresses of services, which this node now drops";
  return "";
}

std::vector<Finding> BlackholesWithoutBlock(const Recollection& before, const std::vector<Route>& routes,
                                            const LinkIndex& links) {
  std::vector<Blackhole> blackholes = BlackholesOf(routes);
  std::vector<Finding> findings;
  if (blackholes.empty()) return findings;
  LookAround(routes, links, blackholes);
  const Sizes sizes = SizesWithWorkloads(blackholes);
  for (const Blackhole& blackhole : blackholes) {
    const std::string why = WhyNoBlock(blackhole, sizes, before);
    if (why.empty()) continue;
    const Prefix& destination = blackhole.route->destination;
    findings.push_back(
        {destination, destination.address.family,
         absl::StrCat("has ", DescribeRoute(*blackhole.route, links), " that is no block of this node: it ", why),
         absl::StrCat(
             "Delete it, `", CommandToDelete(*blackhole.route, links),
             "`, and look whether it comes back. One of BIRD's does as long as its configuration lets it through: "
             "restart calico-node on this node, and upgrade Calico (3.4 to 3.10 wrote such a configuration while the "
             "node's address was unknown). One of another program's: find that program.")});
    findings.back().commands = {Change(CommandToDelete(*blackhole.route, links))};
  }
  return findings;
}

const RegisterCheck registered(
    {
        .name = "blackhole_without_block",
        .severity = Severity::kWarning,
        .summary = "A blackhole route drops packets, and it is no block of addresses of this node.",
        .impact = "What this node and its pods send to those addresses is dropped: services, or pods of another node.",
        .meaning =
            "A blackhole ends packets to addresses of a block of this node that no pod has. To announce a network of "
            "services, BIRD has a blackhole of it as well, which its filter must keep out of the kernel: there it "
            "drops what this node sends to services, as the route is looked up before kube-proxy translates the "
            "address. Judged are blackholes of BIRD and Felix that are larger than a block can be, or that others "
            "announce as well, without a workload in them; and those of anybody inside another node's block.",
        .remedy = "Delete the route (ip route del blackhole PREFIX), find what writes it, restart calico-node here.",
        .time_to_hold = absl::Seconds(5),
        .says = "is dropped here, and is no block of this node",
    },
    JudgeNode(BlackholesWithoutBlock));

}  // namespace
}  // namespace caliwatch
