// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"
#include "lib/cluster/standing.h"

namespace caliwatch {
namespace {

std::string OwnWords(const NodeDocument& node, Family family) {
  if (!node.birds[family]) return "it runs no BIRD for them";
  if (!node.birds[family]->answers) return "its BIRD does not answer there";
  if (node.findings.empty()) return "its own agent finds nothing wrong there";
  const ToldFinding& first = node.findings.front();
  return absl::StrCat("its own agent says ", first.check, ": ", first.subject);
}

ClusterFindings CalledDead(const ClusterEvidence& evidence) {
  const auto standings = StandingsOf(evidence);
  ClusterFindings findings;
  for (const Member& member : evidence.members())
    for (const Family family : kFamilies) {
      const auto& address = member.told->address[family];
      const auto row = address ? standings.find(*address) : standings.end();
      if (row == standings.end() || member.told->outcome == "starting") continue;
      const Standing& standing = row->second;
      if (standing.down.size() < 2 || standing.down.size() <= standing.up) continue;
      ClusterFinding finding{
          .subject = absl::StrCat(member.name, " ", ToString(family)),
          .detail = absl::StrCat(member.name, " lives, its agent answers, but ", standing.down.size(), " of ",
                                 standing.known(), " nodes have no session with it (", address->ToString(),
                                 "): ", NamesText(standing.down), ", ", LastedText(standing.longest), "; ",
                                 OwnWords(*member.told, family)),
          .nodes = {member.name},
          .commands = {ShowCalicoNodeOn(member.name), ShowSessionOn(standing.down.front(), family, standing.protocol)}};
      finding.explains.push_back(address->ToString());
      for (const Prefix& block : member.told->blocks.value_or(std::vector<Prefix>()))
        if (block.address.family == family) finding.explains.push_back(block.ToString());
      findings.push_back(std::move(finding));
    }
  return findings;
}

const RegisterClusterCheck registered(
    {.name = "cluster_node_called_dead",
     .severity = Severity::kCritical,
     .summary = "Most nodes have lost BGP with a node that lives.",
     .impact = "The other nodes drop their routes to its pods, or keep old ones, while its pods run.",
     .meaning =
         "The node's agent answers, and more of the nodes that have a session with it have it down, for half a "
         "minute or longer, than up, two at least. What it says of itself tells why: its BIRD is down or frozen, "
         "its address changed, or BGP (TCP port 179) is stopped on the way to it. What the others find about "
         "this node's address and blocks follows from this, and is counted here.",
     .remedy =
         "Look at calico-node on that node, then at what lies before its port 179: its firewall, a host endpoint, "
         "a network policy."},
    CalledDead);

}  // namespace
}  // namespace caliwatch
