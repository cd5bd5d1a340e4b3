// SPDX-License-Identifier: Apache-2.0
#pragma once

// Nodes that something is wrong with, and what is reported of them after a single look.

#include <vector>

#include <absl/strings/string_view.h>

#include "lib/analysis/observe.h"
#include "test/support/healthy_node.h"

namespace caliwatch {

inline Report ReportOf(const Snapshot& node) { return Observer({.polls_to_hold = 1}).Observe(Seen(node)); }

inline BgpPeer& FirstPeer(Snapshot& node) { return node.birds[Family::kIpv4].peers->front(); }

inline std::vector<BgpPeer>& PeersOf(Snapshot& node) { return *node.birds[Family::kIpv4].peers; }

inline void TakeDown(BgpPeer& peer) {
  peer.state = ProtocolState::kStart;
  peer.bgp_state = BgpState::kActive;
  peer.bgp_state_text = "Active";
}

// What BIRD shows just after the session ended of a peer that refuses to be called again.
inline void EndSession(BgpPeer& peer) {
  TakeDown(peer);
  peer.age = absl::ZeroDuration();
  peer.error = {PeerErrorClass::kSocket, "Connection refused"};
  peer.routes.reset();
}

inline Snapshot NodeWithPeerDown() {
  Snapshot node = HealthyNode();
  EndSession(FirstPeer(node));
  FirstPeer(node).age = absl::Seconds(75);
  node.bgp_sockets = std::vector<BgpSocket>{Listener(), SessionWith("10.39.1.36")};
  return node;
}

inline void Fail(Snapshot& node, absl::string_view source, const absl::Status& why) {
  for (SourceReading& reading : node.sources)
    if (reading.name == source) reading.status = why;
}

inline void LoseBird(Snapshot& node, const absl::Status& why) {
  node.birds[Family::kIpv4] = {why, why, why};
  Fail(node, "bird", why);
}

// What is reported of a healthy node whose BIRD answered once and is silent at the second look, 40 seconds later.
inline Report ReportOfSilentBird() {
  Snapshot node = HealthyNode();
  Observer observer;
  observer.Observe(Seen(node));
  LoseBird(node, absl::DeadlineExceededError("BIRD is silent"));
  LetPass(absl::Seconds(40), node);
  return observer.Observe(Seen(node));
}

inline Snapshot NodeWithoutLinks() {
  Snapshot node = HealthyNode();
  node.links = absl::UnavailableError("netlink is gone");
  Fail(node, "links", node.links.status());
  return node;
}

inline Snapshot NodeWithoutBird() {
  Snapshot node = HealthyNode();
  const absl::Status none = absl::NotFoundError("bird.ctl does not exist");
  node.birds[Family::kIpv4] = {none, none, none};
  std::erase_if(*node.routes, [](const Route& route) { return route.protocol == RTPROT_BIRD; });
  Fail(node, "bird", none);
  return node;
}

}  // namespace caliwatch
