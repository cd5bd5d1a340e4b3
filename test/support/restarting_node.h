// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/analysis/convergence/convergence.h"
#include "lib/model/journal.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// The healthy node with a clock and a BIRD for IPv4 that can be restarted: things happen to it at `now`, and are told
// in the journal as the kernel and BIRD tell them. Poll() looks at it.
class RestartingNode {
 public:
  RestartingNode();

  void Pass(absl::Duration time) { now += time; }
  // Ends BIRD and, at once or after `away`, starts another one, which waits for its peers unless `recovers` is false.
  void RestartBird(absl::Duration away = absl::ZeroDuration(), bool recovers = true);
  void StopBird();
  void EndRecovery();
  // A session comes up or goes down; its routes in the kernel and in BIRD are another matter.
  void Connect(size_t peer);
  void Disconnect(size_t peer);
  // A route to the block of a peer goes from the kernel, or comes back.
  void LoseRoute(size_t peer);
  void ReturnRoute(size_t peer);
  void Announce(size_t peer, uint32_t routes) { Peer(peer).routes->imported = Peer(peer).routes->preferred = routes; }
  void SetExported(uint32_t routes) { node.birds[Family::kIpv4].protocols->front().routes->exported = routes; }

  ConvergenceStep Poll();
  // The same again, of the same moment, with nothing in the journal.
  ConvergenceStep PollAgain();
  // Polls, `interval` apart, until the episode is over; its summary. Throws when that takes more than `most` polls.
  EpisodeSummary PollUntilEnd(absl::Duration interval = absl::Seconds(5), int most = 1000);

  BgpPeer& Peer(size_t peer) { return (*node.birds[Family::kIpv4].peers)[peer]; }
  Snapshot Look() const;
  bool tells_events = true;  // else everything but dumps and BIRD's answers is silent

  BootTime now = absl::Hours(30);
  Snapshot node;
  Journal journal;
  ConvergenceState state;
  ConvergenceLimits limits;

 private:
  void Tell(BirdEvent event);

  Bird bird_;  // while it is stopped
  bool running_ = true;
  std::vector<Route> all_routes_;
  std::vector<IpAddress> gateways_;  // by peer
  BootTime started_;
  std::map<std::string, BootTime> since_;  // by protocol
};

}  // namespace caliwatch
