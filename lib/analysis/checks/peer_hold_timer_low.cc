// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/peer_commands.h"

namespace caliwatch {
namespace {

// A peer speaks at least every third of the hold time. BIRD restarts the timer, with each message, at three quarters of
// the hold time or more, so that with all well it never falls below 3/4 - 1/3 of it; and prints whole seconds.
bool IsLow(const Timer& hold) { return hold.remaining + absl::Seconds(1) < hold.total / 3; }

std::vector<Finding> LowHoldTimers(const BirdEvidence& bird) {
  std::vector<Finding> findings;
  for (const BgpPeer& peer : *bird.now.peers) {
    if (peer.bgp_state != BgpState::kEstablished || !peer.hold_timer || !IsLow(*peer.hold_timer)) continue;
    findings.push_back(PeerFinding(peer, bird.now.family,
                                   absl::StrCat("has said nothing for long: the session ends in ",
                                                absl::ToInt64Seconds(peer.hold_timer->remaining), " s (hold time ",
                                                absl::ToInt64Seconds(peer.hold_timer->total), " s)")));
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const auto* peer = std::get_if<IpAddress>(&finding.subject);
  if (peer == nullptr) return {ShowSession(finding, evidence)};
  return {Look(absl::StrCat("ping -c 3 ", peer->ToString())), Look(CalicoNodePodAt(*peer))};
}

const RegisterCheck registered(
    {
        .name = "peer_hold_timer_low",
        .severity = Severity::kWarning,
        .summary = "An established BGP peer has fallen silent, and its session is about to end.",
        .impact = "Traffic to the peer's pods is probably lost already, and its routes are dropped when the hold timer "
                  "expires.",
        .meaning = "More than one keepalive is missing. The peer's node may be off or cut off, or its BIRD may hang or "
                   "starve; the session still says Established until the hold timer expires.",
        .remedy = "See whether the peer's node is alive and reachable from here (ping), and whether its BIRD answers "
                  "(caliwatch check there).",
        .causes = {{"bgp_source_address_not_local", Tie::kSameFamily}, {"peer_path_one_way"}, {"bgp_peer_down"}},
        .says = "has fallen silent",
    },
    JudgeEachBird(LowHoldTimers), CommandsOf);

}  // namespace
}  // namespace caliwatch
