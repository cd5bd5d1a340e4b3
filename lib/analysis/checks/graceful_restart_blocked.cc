// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kOrdinary = absl::Seconds(5);
constexpr size_t kNamed = 20;  // peers

std::string StateOf(const Session& session) {
  if (session.peer->bgp_state == BgpState::kEstablished)
    return absl::StrCat(session.peer->DisplayName(), " is connected, but has not sent all its routes");
  return absl::StrCat(session.peer->DisplayName(), ": ", session.diagnosis.detail);
}

// Without the node's addresses a diagnosis may miss the cause of all.
std::vector<Finding> RecoveryBlocked(const BirdEvidence& bird, const std::vector<Address>&, const Sessions& sessions) {
  const std::optional<GracefulRestartWait>& recovery = bird.now.status->recovery;
  // With all peers alive it is over within 4 s.
  if (!recovery || recovery->wait_total - recovery->wait_remaining < kOrdinary) return {};
  std::vector<std::string> names, states;
  for (const Session& session : sessions[bird.now.family]) {
    if (session.peer->recovery != RecoveryRole::kPending) continue;
    names.push_back(session.peer->DisplayName());
    states.push_back(StateOf(session));
  }
  if (names.empty()) return {};
  const size_t more = names.size() - std::min(names.size(), kNamed);
  names.resize(names.size() - more);
  states.resize(names.size());
  const std::string wait = absl::StrCat(absl::ToInt64Seconds(recovery->wait_remaining), " s");
  return {
      {FamilyWide::kBird, bird.now.family,
       absl::StrCat("keeps its routes out of the kernel, and announces none, until ", absl::StrJoin(names, ", "),
                    more == 0 ? "" : absl::StrCat(" and ", more, " more"), names.size() == 1 ? " answers" : " answer",
                    " or ", wait, " have passed. ", absl::StrJoin(states, "; "))}};
}

constexpr size_t kAsked = 4;  // commands, of which one is about this node

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const Family family = finding.family.value_or(Family::kIpv4);
  Commands commands = {Look(Birdcl(evidence, family, "show protocols"))};
  const auto& sessions = std::get<absl::StatusOr<Sessions>>(evidence.derived);
  if (!sessions.ok()) return commands;
  for (const Session& session : (*sessions)[family]) {
    const BgpPeer& peer = *session.peer;
    const bool asked = peer.recovery == RecoveryRole::kPending && peer.kind == PeerKind::kMesh && peer.address;
    if (asked && commands.size() < kAsked) commands.push_back(Look(CalicoNodePodAt(*peer.address)));
  }
  return commands;
}

const RegisterCheck registered(
    {
        .name = "graceful_restart_blocked",
        .severity = Severity::kWarning,
        .summary = "BIRD has restarted, and waits for a peer before it gives any route to the kernel.",
        .impact = "This node's routes are frozen: what the kernel kept works on, what it lost is missing until the "
                  "wait is over, and changes elsewhere are not followed.",
        .meaning =
            "After a restart BIRD recovers: until every peer it is configured with has sent its routes, or 240 seconds "
            "have passed, it neither adds nor removes routes in the kernel, and tells its peers nothing. Sessions say "
            "Established all the while. Routes that the kernel kept go on working but do not follow changes; routes "
            "that were lost, as by a reboot, are missing for the whole time. One dead peer is enough.",
        .remedy =
            "Bring the named peer back, or remove it (kubectl delete node NAME, or calicoctl delete bgppeer NAME) if "
            "it is gone for good: BIRD goes on at once. A shorter `graceful restart wait` bounds the time.",
        .polls_to_hold = 1,
        .says = "holds all routes back until a peer has answered",
    },
    JudgeEachBird(RecoveryBlocked), CommandsOf);

}  // namespace
}  // namespace caliwatch
