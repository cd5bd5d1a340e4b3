// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/types/span.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

constexpr size_t kNamed = 5;
constexpr absl::Duration kFollowed = absl::Seconds(30);  // confd follows a change within seconds

std::string Named(const std::vector<std::string>& names) {
  const absl::Span<const std::string> first = absl::MakeConstSpan(names).subspan(0, kNamed);
  return absl::StrCat(absl::StrJoin(first, ", "),
                      names.size() > kNamed ? absl::StrCat(" and ", names.size() - kNamed, " more") : "");
}

// Nodes whose pods Felix has routes to, while BIRD, which is to have all nodes for peers, has none of that address.
std::vector<std::string> UnknownNodes(const BirdView& bird, const absl::StatusOr<RemoteNodes>& nodes) {
  const bool mesh = std::any_of(bird.peers->begin(), bird.peers->end(),
                                [](const BgpPeer& peer) { return peer.kind == PeerKind::kMesh; });
  const std::optional<absl::Duration>& configured = bird.status->since_reconfiguration;
  if (!nodes.ok() || !mesh || !configured || *configured < kFollowed) return {};
  absl::flat_hash_set<IpAddress> known;
  for (const BgpPeer& peer : *bird.peers)
    if (peer.address) known.insert(*peer.address);
  std::vector<std::string> unknown;
  for (const RemoteNode& node : nodes->rows) {
    const bool of_felix = node.family == bird.family && node.by_felix && !node.by_bird && node.blocks != 0;
    if (of_felix && node.address && known.insert(*node.address).second) unknown.push_back(node.address->ToString());
  }
  return unknown;
}

std::string CallersText(const std::vector<UnknownCaller>& callers) {
  std::vector<std::string> names;
  names.reserve(callers.size());
  for (const UnknownCaller& caller : callers)
    names.push_back(absl::StrCat(caller.address.ToString(), " (", caller.calls, " times within ",
                                 absl::ToInt64Seconds(caller.within), " s)"));
  return Named(names);
}

// Its peers that wait for nodes which call from another address now: no more than there are callers.
std::vector<Thing> WaitingPeers(const BirdView& bird, size_t callers) {
  std::vector<Thing> waiting;
  for (const BgpPeer& peer : *bird.peers)
    if (!peer.IsUp() && peer.IsPassive() && peer.address) waiting.emplace_back(*peer.address);
  if (waiting.size() > callers) waiting.clear();
  return waiting;
}

std::vector<Finding> OldConfigurations(const BirdEvidence& bird, const absl::StatusOr<RemoteNodes>& nodes) {
  const ConfigSigns& signs = bird.before.config;
  std::vector<std::string> what;
  if (signs.refused)
    what.push_back(absl::StrCat("BIRD refused the configuration that it was given last (", *signs.refused,
                                ") and goes on with the one before"));
  if (!signs.callers.empty())
    what.push_back(absl::StrCat("BIRD turns away calls from addresses that it has no peer for, again and again: ",
                                CallersText(signs.callers)));
  if (const std::vector<std::string> unknown = UnknownNodes(bird.now, nodes); !unknown.empty())
    what.push_back(absl::StrCat("Felix has routes to nodes that BIRD has no peer for: ", Named(unknown)));
  if (what.empty()) return {};
  Finding finding{FamilyWide::kBird, bird.now.family, absl::StrJoin(what, "; ")};
  if (bird.now.status->since_reconfiguration)
    absl::StrAppend(&finding.detail, ". Its configuration is ",
                    absl::FormatDuration(absl::Trunc(*bird.now.status->since_reconfiguration, absl::Seconds(1))),
                    " old");
  finding.related = WaitingPeers(bird.now, signs.callers.size());
  for (const UnknownCaller& caller : signs.callers) finding.related.emplace_back(caller.address);
  return {finding};
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look(CalicoNodeLog(evidence, "-i -e confd -e 'syntax error'")), Look("calicoctl get nodes -o wide"),
          RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "bird_configuration_old",
        .severity = Severity::kWarning,
        .summary = "BIRD on this node works with a configuration that is not the current one.",
        .impact = "Nodes that came, or have another address now, are no peers of this node: pods here and there do not "
                  "reach each other. Nodes that are gone stay peers that are down.",
        .meaning =
            "confd, in calico-node, writes BIRD's configuration whenever nodes or BGP resources change. When it hangs, "
            "has lost the datastore, or what it wrote is refused, BIRD goes on with what it has. Then the others call "
            "and are turned away (\"Unexpected connect from unknown address\"). A caller that is no node of this "
            "cluster, as a router without a BGPPeer or a load balancer that tries the port, looks the same.",
        .remedy =
            "Here, not at the other nodes: read what confd says (kubectl -n calico-system logs NAME -c calico-node | "
            "grep -i -e confd -e 'syntax error'), and restart calico-node on this node: kubectl -n calico-system "
            "delete pod NAME. If a caller is no node (calicoctl get nodes -o wide), stop it or give it a BGPPeer.",
        .time_to_hold = absl::Seconds(5),
        .says = "works with an old configuration",
    },
    JudgeEachBird(OldConfigurations), CommandsOf);

}  // namespace
}  // namespace caliwatch
