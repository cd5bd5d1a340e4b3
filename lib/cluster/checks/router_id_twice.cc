// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"

namespace caliwatch {
namespace {

ClusterFindings RouterIdsTwice(const ClusterEvidence& evidence) {
  std::map<std::pair<Family, std::string>, std::vector<std::string>> users;
  for (const Member& member : evidence.members())
    for (const Family family : kFamilies) {
      const auto& bird = member.told->birds[family];
      if (bird && !bird->router_id.empty()) users[{family, bird->router_id}].push_back(member.name);
    }
  ClusterFindings findings;
  for (const auto& [id, names] : users) {
    if (names.size() < 2) continue;
    ClusterFinding finding{.subject = absl::StrCat(id.second, " ", ToString(id.first)),
                           .detail = absl::StrCat("the BIRDs (", ToString(id.first), ") of ", NamesText(names),
                                                  " have the Router ID ", id.second),
                           .nodes = names,
                           .commands = {}};
    for (size_t i = 0; i < 2; ++i) finding.commands.push_back(ShowNodeResource(names[i]));
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
