// SPDX-License-Identifier: Apache-2.0
#include "lib/model/bird.h"

#include <algorithm>
#include <tuple>

#include <absl/hash/hash.h>

namespace caliwatch {

absl::string_view ToString(ProtocolState state) {
  switch (state) {
    case ProtocolState::kDown:
      return "down";
    case ProtocolState::kStart:
      return "start";
    case ProtocolState::kWait:
      return "wait";
    case ProtocolState::kFeed:
      return "feed";
    case ProtocolState::kUp:
      return "up";
    case ProtocolState::kStop:
      return "stop";
    case ProtocolState::kFlush:
      return "flush";
    case ProtocolState::kUnknown:
      break;
  }
  return "unknown";
}

absl::string_view ToString(PeerKind kind) {
  switch (kind) {
    case PeerKind::kMesh:
      return "mesh";
    case PeerKind::kGlobal:
      return "global";
    case PeerKind::kNode:
      return "node";
    case PeerKind::kLocalWorkload:
      return "local_workload";
    case PeerKind::kOther:
      break;
  }
  return "other";
}

absl::string_view ToString(PeerErrorClass error_class) {
  switch (error_class) {
    case PeerErrorClass::kNone:
      break;
    case PeerErrorClass::kMiscellaneous:
      return "error";
    case PeerErrorClass::kSocket:
      return "socket";
    case PeerErrorClass::kReceived:
      return "received";
    case PeerErrorClass::kBgp:
      return "bgp";
    case PeerErrorClass::kAutomaticShutdown:
      return "automatic_shutdown";
  }
  return "none";
}

const BgpPeer* FindPeer(const std::vector<BgpPeer>& peers, absl::string_view name) {
  const auto found = std::find_if(peers.begin(), peers.end(), [&](const BgpPeer& peer) { return peer.name == name; });
  return found != peers.end() ? &*found : nullptr;
}

size_t HashOfCounters(const std::vector<BgpPeer>& peers) {
  std::vector<std::tuple<absl::string_view, bool, uint32_t, uint32_t>> counters;
  counters.reserve(peers.size());
  for (const BgpPeer& peer : peers)
    counters.emplace_back(peer.name, peer.IsUp(), peer.routes ? peer.routes->imported : 0,
                          peer.routes ? peer.routes->preferred : 0);
  return absl::HashOf(counters);
}

}  // namespace caliwatch
