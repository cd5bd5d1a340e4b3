// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/down_peers.h"

#include <absl/strings/str_cat.h>

#include "lib/analysis/bgp/bgp_sockets.h"

namespace caliwatch {
namespace {

// BIRD waits for 2 s before it calls a peer that it was started or configured with, and for 5 s before it calls again.
constexpr absl::Duration kConnecting = absl::Seconds(10);

// What BIRD has given up is not about to connect.
bool IsConnecting(const BgpPeer& peer, const BirdStatus& status) {
  if (peer.state == ProtocolState::kDown) return false;
  if (status.uptime && *status.uptime < kConnecting) return true;
  const bool is_new = peer.age && status.since_reconfiguration && *peer.age <= *status.since_reconfiguration;
  return is_new && *status.since_reconfiguration < kConnecting;
}

}  // namespace

std::vector<const Session*> DownSessions(const std::vector<Session>& sessions, const BirdStatus& status) {
  std::vector<const Session*> down;
  for (const Session& session : sessions) {
    const PeerCause cause = session.diagnosis.cause;
    if (cause == PeerCause::kNone || cause == PeerCause::kHeldBack) continue;
    if (session.peer->kind == PeerKind::kLocalWorkload || IsConnecting(*session.peer, status)) continue;
    down.push_back(&session);
  }
  return down;
}

bool AreRoutesKept(const BgpPeer& peer) {
  return !peer.IsUp() && peer.state == ProtocolState::kStart && peer.helper_active;
}

std::string DownText(const Session& session) {
  return absl::StrCat(session.diagnosis.detail,
                      session.socket == nullptr ? "" : absl::StrCat(" (", SocketText(*session.socket), ")"));
}

}  // namespace caliwatch
