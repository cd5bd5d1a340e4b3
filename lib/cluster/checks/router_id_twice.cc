// SPDX-License-Identifier: Apache-2.0
#include <compare>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"

namespace caliwatch {
namespace {

struct Clash {
  std::string id;
  std::vector<std::string> names;

  auto operator<=>(const Clash&) const = default;
};

// With the families that have it so: BIRD's two daemons of a node usually have one ID.
std::map<Clash, std::vector<std::string>> ClashesOf(const ClusterEvidence& evidence) {
  std::map<std::pair<Family, std::string>, std::vector<std::string>> users;
  for (const Member& member : evidence.members())
    for (const Family family : kFamilies) {
      const auto& bird = member.told->birds[family];
      if (bird && !bird->router_id.empty()) users[{family, bird->router_id}].push_back(member.name);
    }
  std::map<Clash, std::vector<std::string>> clashes;
  for (const auto& [place, names] : users)
    if (names.size() > 1) clashes[{place.second, names}].emplace_back(ToString(place.first));
  return clashes;
}

ClusterFindings RouterIdsTwice(const ClusterEvidence& evidence) {
  ClusterFindings findings;
  for (const auto& [clash, families] : ClashesOf(evidence)) {
    const std::string of = NamesText(families);
    ClusterFinding finding{
        .subject = absl::StrCat(clash.id, " ", of),
        .detail = absl::StrCat("the BIRDs (", of, ") of ", NamesText(clash.names), " have the Router ID ", clash.id),
        .nodes = clash.names,
        .commands = {}};
    for (size_t i = 0; i < 2; ++i) finding.commands.push_back(ShowNodeResource(clash.names[i]));
    findings.push_back(std::move(finding));
  }
  return findings;
}

const RegisterClusterCheck registered(
    {.name = "cluster_router_id_twice",
     .severity = Severity::kCritical,
     .summary = "The BIRDs of two nodes have one Router ID.",
     .impact = "They refuse a session with each other, and a route reflector takes the routes of one for the other's.",
     .meaning =
         "Calico takes the node's IPv4 address for it, or what CALICO_ROUTER_ID says; with `hash`, a hash of the "
         "node's name. Two are equal where nodes were cloned, or where that variable is the same for all.",
     .remedy = "Give each node its own: correct the node's IPv4 address, or CALICO_ROUTER_ID in calico-node's "
               "environment, and start calico-node anew."},
    RouterIdsTwice);

}  // namespace
}  // namespace caliwatch
