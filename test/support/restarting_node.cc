// SPDX-License-Identifier: Apache-2.0
#include "test/support/restarting_node.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

const absl::Status kGone = absl::UnavailableError("BIRD is dead");

}  // namespace

RestartingNode::RestartingNode() : node(HealthyNode()), all_routes_(*node.routes), started_(now - absl::Hours(4)) {
  node.birds[Family::kIpv4].identity = {absl::FromUnixSeconds(1), 100};
  for (const BgpPeer& peer : *node.birds[Family::kIpv4].peers) {
    since_[peer.name] = now - absl::Hours(3);
    gateways_.push_back(*peer.address);
  }
}

void RestartingNode::Tell(BirdEvent event) {
  event.at = now;
  if (tells_events) journal.birds[Family::kIpv4].events.push_back(std::move(event));
}

void RestartingNode::StopBird() {
  if (!running_) return;
  Tell({.kind = BirdEventKind::kDied});
  bird_ = std::exchange(node.birds[Family::kIpv4], Bird{kGone, kGone, kGone});
  running_ = false;
}

void RestartingNode::RestartBird(absl::Duration away, bool recovers) {
  StopBird();
  Pass(away);
  Bird& bird = node.birds[Family::kIpv4] = bird_;
  running_ = true;
  started_ = now;
  ++bird.identity->pid;
  bird.identity->socket_created += absl::Seconds(1);
  Tell({.kind = BirdEventKind::kStarted});
  bird.status->recovery.reset();
  if (recovers) bird.status->recovery = GracefulRestartWait{2, absl::Seconds(240), absl::Seconds(240)};
  for (size_t peer = 0; peer < bird.peers->size(); ++peer) {
    Disconnect(peer);
    if (recovers) Peer(peer).recovery = RecoveryRole::kPending;
  }
}

void RestartingNode::EndRecovery() {
  Bird& bird = node.birds[Family::kIpv4];
  bird.status->recovery.reset();
  Tell({.kind = BirdEventKind::kRecoveryEnded});
  for (BgpPeer& peer : *bird.peers) {
    peer.recovery = RecoveryRole::kNone;
    if (peer.state != ProtocolState::kWait) continue;
    peer.state = ProtocolState::kUp;
    Tell({.kind = BirdEventKind::kPeerState, .protocol = peer.name, .state = ProtocolState::kUp});
  }
}

void RestartingNode::Connect(size_t index) {
  BgpPeer& peer = Peer(index);
  const bool recovering = node.birds[Family::kIpv4].status->recovery.has_value();
  peer.state = recovering ? ProtocolState::kWait : ProtocolState::kUp;
  peer.bgp_state = BgpState::kEstablished;
  peer.recovery = recovering ? RecoveryRole::kWaiting : RecoveryRole::kNone;
  since_[peer.name] = now;
  Tell({.kind = BirdEventKind::kPeerState, .protocol = peer.name, .state = peer.state});
}

void RestartingNode::Disconnect(size_t index) {
  BgpPeer& peer = Peer(index);
  peer.state = ProtocolState::kStart;
  peer.bgp_state = BgpState::kConnect;
  since_[peer.name] = now;
  Tell({.kind = BirdEventKind::kPeerState, .protocol = peer.name, .state = peer.state});
}

void RestartingNode::LoseRoute(size_t peer) {
  std::erase_if(*node.routes, [&](const Route& route) { return route.gateway == gateways_[peer]; });
  for (const Route& route : all_routes_)
    if (route.gateway == gateways_[peer] && tells_events) journal.routes.push_back({now, route.destination, false});
}

void RestartingNode::ReturnRoute(size_t peer) {
  for (const Route& route : all_routes_) {
    if (route.gateway != gateways_[peer]) continue;
    node.routes->push_back(route);
    if (tells_events) journal.routes.push_back({now, route.destination, true});
  }
  std::sort(node.routes->begin(), node.routes->end(),
            [](const Route& a, const Route& b) { return a.CompareKey(b) < 0; });
}

Snapshot RestartingNode::Look() const {
  Snapshot look = node;
  look.boot_time = now;
  look.taken_at += now - absl::Hours(30);
  Bird& bird = look.birds[Family::kIpv4];
  if (!bird.status.ok()) return look;
  const auto seconds_since = [&](BootTime at) {
    return absl::Floor(std::max(now - at, absl::ZeroDuration()), absl::Seconds(1));
  };
  bird.status->uptime = seconds_since(started_);
  if (bird.identity) bird.identity->socket_created = look.taken_at - (now - started_);
  for (BgpPeer& peer : *bird.peers) peer.age = seconds_since(since_.at(peer.name));
  return look;
}

ConvergenceStep RestartingNode::Poll() {
  journal.routes_complete = journal.birds[Family::kIpv4].complete = tells_events;
  const Snapshot look = Look();
  ConvergenceStep step = Advance(state, BirdView(look, Family::kIpv4), journal, limits);
  journal = {};
  return step;
}

ConvergenceStep RestartingNode::PollAgain() {
  Journal kept = std::exchange(journal, {});
  ConvergenceStep step = Poll();
  journal = std::move(kept);
  return step;
}

EpisodeSummary RestartingNode::PollUntilEnd(absl::Duration interval, int most) {
  while (most-- > 0) {
    if (std::optional<EpisodeSummary> ended = Poll().ended) return *std::move(ended);
    Pass(interval);
  }
  throw std::runtime_error("the episode does not end");
}

}  // namespace caliwatch
