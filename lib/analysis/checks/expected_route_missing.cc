// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

constexpr size_t kNamed = 5;  // prefixes, of each gateway

// By way of one gateway. Only what is named becomes text: there may be 50,000.
struct Lost {
  size_t count = 0;
  std::vector<std::string> named;

  void Take(const Prefix& destination) {
    if (++count <= kNamed) named.push_back(destination.ToString());
  }
};

Judgement ExpectedMissing(const Evidence& evidence) {
  if (!evidence.now.routes.ok()) return evidence.now.routes.status();
  std::map<IpAddress, Lost> by_gateway;
  for (const BirdRecollection& bird : evidence.before.birds)
    for (const ExpectedRoute& route : bird.missing_routes) by_gateway[route.gateway].Take(route.destination);

  std::vector<Finding> findings;
  for (const auto& [gateway, lost] : by_gateway) {
    const size_t count = lost.count;
    findings.push_back({gateway, gateway.family,
                        absl::StrCat(count, count == 1 ? " route" : " routes", " by way of it that the kernel had ",
                                     "when all was well ", count == 1 ? "is" : "are",
                                     " missing: ", absl::StrJoin(lost.named, ", "), count > kNamed ? ", …" : "")});
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const auto* gateway = std::get_if<IpAddress>(&finding.subject);
  Commands commands = {
      Look(absl::StrCat(Ip(finding.family.value_or(Family::kIpv4)), " route show via ", SubjectWord(finding))),
      Look(Birdcl(evidence, finding.family.value_or(Family::kIpv4), "show protocols"))};
  if (gateway != nullptr) commands.push_back(Look(BirdclAt(*gateway, "show status")));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "expected_route_missing",
        .severity = Severity::kCritical,
        .summary = "Routes to a node that the kernel had are gone, and nobody has withdrawn them.",
        .impact = "Pods of this node do not reach pods behind that gateway.",
        .meaning = "The agent remembers which remote routes the kernel had when all was well; after a restart of BIRD "
                   "they should be back within seconds. Routes that a peer withdrew, or that went with a session that "
                   "is down, are not counted here.",
        .remedy = "See which peer is named as blocking convergence, and whether BIRD has the route (birdcl show "
                  "route). If BIRD has none, look at the announcing node: its BIRD may be recovering itself.",
        .time_to_hold = absl::Seconds(3),  // BIRD repairs what it can every 2 s
        .causes = {{"bird_down", Tie::kSameFamily},
                   {"graceful_restart_blocked", Tie::kSameFamily},
                   {"tunnel_device_missing"},
                   {"tunnel_device_down"},
                   {"tunnel_address_missing"},
                   {"bgp_peer_down"},
                   {"peer_hold_timer_low"},
                   {"peer_flapping"},
                   {"route_unreachable"},
                   {"route_owner_conflict"},
                   {"block_announced_by_several_peers"}},
        .says = "has lost routes: pods behind it are not reached from here",
    },
    JudgeNode(ExpectedMissing), CommandsOf);

}  // namespace
}  // namespace caliwatch
