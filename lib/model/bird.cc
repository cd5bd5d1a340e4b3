// SPDX-License-Identifier: Apache-2.0
#include "lib/model/bird.h"

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

PeersByName IndexPeers(const std::vector<BgpPeer>& peers) {
  PeersByName index;
  index.reserve(peers.size());
  for (const BgpPeer& peer : peers) index.try_emplace(peer.name, &peer);
  return index;
}

const BgpPeer* FindPeer(const PeersByName& peers, absl::string_view name) {
  const auto found = peers.find(name);
  return found != peers.end() ? found->second : nullptr;
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
