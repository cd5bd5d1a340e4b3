// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/bgp/bgp_sockets.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

std::vector<Finding> FullQueues(const std::vector<BgpSocket>& sockets) {
  std::vector<Finding> findings;
  for (const BgpSocket& socket : sockets) {
    if (!IsQueueFull(socket)) continue;
    findings.push_back(
        {FamilyWide::kBird, socket.local.family,
         absl::StrCat(socket.receive_queue, " connections wait for BIRD to accept them, and its queue holds ",
                      socket.send_queue, ": the kernel drops what more peers send")});
  }
  return findings;
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look("ss -ltn 'sport = :179'"), Look(CalicoNodeLog(evidence)), RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "bgp_listen_overflow",
        .severity = Severity::kWarning,
        .summary = "BIRD's queue of incoming connections is full.",
        .impact = "Peers that connect now are turned away or stuck for up to four minutes, and their routes are "
                  "missing for as long.",
        .meaning =
            "BIRD lets eight connections wait. When many nodes connect at once, as after a restart in a large cluster, "
            "or while BIRD is busy or hangs, the kernel drops the rest: those peers believe to be connected (state "
            "OpenSent) and are stuck for up to four minutes, in which they hold back graceful restart as well.",
        .remedy = "If BIRD hangs, restart calico-node. If it is merely slow, give calico-node more CPU; in a cluster "
                  "of hundreds of nodes use route reflectors instead of the full mesh.",
        .causes = {{"bird_down", Tie::kSameFamily}},
        .says = "turns peers away: its queue of incoming connections is full",
    },
    JudgeNode(FullQueues), CommandsOf);

}  // namespace
}  // namespace caliwatch
