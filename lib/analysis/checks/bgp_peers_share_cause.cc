// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "lib/analysis/bgp/down_peers.h"
#include "lib/analysis/bgp/shared_cause.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/peer_commands.h"

namespace caliwatch {
namespace {

std::vector<Finding> SharedCauses(const BirdEvidence& bird, const std::vector<Address>& addresses,
                                  const Sessions& sessions) {
  const Family family = bird.now.family;
  // One that BIRD still opens is no loss yet.
  if (DownSessions(sessions[family], *bird.now.status).empty()) return {};
  const std::optional<SharedCause> cause = SharedCauseOf(family, sessions, addresses);
  if (!cause) return {};
  Finding finding{FamilyWide::kBird, family, cause->detail, std::string(cause->remedy)};
  finding.related.reserve(cause->hit.size());
  for (const BgpPeer* peer : cause->hit)
    finding.related.push_back(peer->address ? Thing(*peer->address) : Thing(ProtocolName{peer->name}));
  return {finding};
}

constexpr size_t kPeersToMend = 20;  // the finding that is left then names the next ones

void AddNew(const Command& command, Commands& commands) {
  if (std::find(commands.begin(), commands.end(), command) == commands.end()) commands.push_back(command);
}

// All that is to be seen of the first session; of the others what mends them, as where BIRD is to be told of each.
Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  Commands commands = {Look("ip -brief address"), Look("calicoctl get nodes -o wide")};
  for (const Command& command : CommandsForSession(finding, evidence)) AddNew(command, commands);
  for (size_t i = 1; i < std::min(finding.related.size(), kPeersToMend); ++i)
    for (const Command& command : CommandsForSession({finding.related[i], finding.family, ""}, evidence))
      if (command.changes && command.where.empty()) AddNew(command, commands);
  return commands;
}

const RegisterCheck registered(
    {
        .name = "bgp_peers_share_cause",
        .severity = Severity::kCritical,
        .summary = "One thing keeps several BGP sessions of this node down.",
        .impact = "This node exchanges no routes of that family with the peers that are named: pods here and pods "
                  "there do not reach each other.",
        .meaning = "It is told once, and the sessions below it: BIRD could not listen on its port, since another BGP "
                   "program (FRR, MetalLB, kube-vip) holds it; the kernel refused the keys of BGP passwords; every "
                   "peer turns this node away; nothing of one address family comes through while the other works; or "
                   "nodes' addresses are of two networks, as autodetection may choose them. Sessions that BIRD has "
                   "given up with an error are down until they are enabled again: nobody has disabled them.",
        .remedy = "Do what the finding says.",
        .causes = {{"bgp_source_address_not_local", Tie::kSameFamily}},
        .says = "has several sessions down for one reason",
    },
    JudgeEachBird(SharedCauses), CommandsOf);

}  // namespace
}  // namespace caliwatch
