// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"
#include "lib/cluster/standing.h"

namespace caliwatch {
namespace {

ClusterFindings Silent(const ClusterEvidence& evidence) {
  const auto standings = StandingsOf(evidence);
  ClusterFindings findings;
  for (const AskedAgent& agent : evidence.asked()) {
    const auto host = agent.node.ok() ? std::nullopt : HostOf(agent.address);
    const auto row = host && evidence.OwnerOf(*host) == nullptr ? standings.find(*host) : standings.end();
    if (row == standings.end() || row->second.up == 0 || row->second.up < row->second.down.size()) continue;
    findings.push_back(
        {.subject = host->ToString(),
         .detail = absl::StrCat(host->ToString(), " lives, ", row->second.up, " of ", row->second.known(),
                                " nodes have their session with it, but its agent "
                                "does not answer: ",
                                agent.node.status().message()),
         .nodes = {},
         .commands = {{"kubectl get pods -A -o wide -l app.kubernetes.io/name=caliwatch"}}});
  }
  return findings;
}

const RegisterClusterCheck registered(
    {.name = "cluster_agent_silent",
     .severity = Severity::kInfo,
     .summary = "A node lives, and nobody answers there for caliwatch.",
     .impact = "What is wrong with it, only the other nodes can tell.",
     .meaning = "Other nodes have established sessions with it. No agent runs there, it listens elsewhere, or a "
                "firewall stops its port. A BGP speaker that is no node of the cluster looks the same.",
     .remedy = "Look whether the agent's pod runs on that node, and whether its port, 10179, may be reached."},
    Silent);

}  // namespace
}  // namespace caliwatch
