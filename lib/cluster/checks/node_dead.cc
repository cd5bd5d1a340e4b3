// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"
#include "lib/cluster/standing.h"

namespace caliwatch {
namespace {

ClusterFindings Dead(const ClusterEvidence& evidence) {
  const auto standings = StandingsOf(evidence);
  ClusterFindings findings;
  for (const AskedAgent& agent : evidence.asked()) {
    const auto host = agent.node.ok() ? std::nullopt : HostOf(agent.address);
    const auto row = host && evidence.OwnerOf(*host) == nullptr ? standings.find(*host) : standings.end();
    if (row == standings.end() || row->second.up != 0 || row->second.down.size() < 2) continue;
    const Standing& standing = row->second;
    findings.push_back({.subject = host->ToString(),
                        .detail = absl::StrCat(host->ToString(), ": its agent does not answer, and none of ",
                                               standing.down.size(), " nodes has a session with it (",
                                               NamesText(standing.down), "), ", LastedText(standing.longest)),
                        .nodes = {},
                        .commands = {{"kubectl get nodes -o wide"},
                                     {absl::StrCat("ping -c 3 ", host->ToString()), false,
                                      absl::StrCat("node ", standing.down.front())}},
                        .explains = {host->ToString()}});
  }
  return findings;
}

const RegisterClusterCheck registered(
    {.name = "cluster_node_dead",
     .severity = Severity::kCritical,
     .summary = "A node that others have BGP peers at answers nobody.",
     .impact = "Its pods are cut off, or gone.",
     .meaning =
         "Neither does its agent answer, nor has any node a BGP session with it, and two at least want one. The "
         "machine is off, or the network to it is broken, or it was taken out of the cluster and its resource in "
         "Calico was left behind.",
     .remedy = "If the machine should be there, bring it back. If it is gone for good, delete its node: `kubectl "
               "delete node`, or, "
               "where Calico has a datastore of its own, `calicoctl delete node`."},
    Dead);

}  // namespace
}  // namespace caliwatch
