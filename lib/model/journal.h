// SPDX-License-Identifier: Apache-2.0
#pragma once

// What happened between two polls, and when: from the kernel's route events and from BIRD's log lines. It gives moments
// only; what there is, the dumps say.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "lib/model/bird.h"
#include "lib/model/node_probe.h"
#include "lib/model/per_family.h"
#include "lib/model/prefix.h"
#include "lib/model/route_owner.h"

namespace caliwatch {

// Time since the machine booted (CLOCK_BOOTTIME): goes on when the wall clock is set, and from one process to the next.
using BootTime = absl::Duration;

// A route of table main came, or went. One that takes the place of another only comes.
struct RouteEvent {
  BootTime at;
  Prefix destination;
  bool added = false;  // else removed
  RouteOwner owner = RouteOwner::kBird;
  bool remote = true;  // another node's: by way of a gateway, made by BIRD or Felix
  uint32_t metric = 0;

  bool operator==(const RouteEvent&) const = default;
};

// A neighbor entry changed: its state, its MAC, or both.
struct NeighborEvent {
  BootTime at;
  IpAddress address;
  int link = 0;
  uint16_t state = 0;  // NUD_*; 0: the entry is gone
  std::optional<MacAddress> mac = {};

  bool operator==(const NeighborEvent&) const = default;
};

enum class BirdEventKind : uint8_t {
  kDied,           // it ended
  kStarted,        // another one answers; `at` is when it made its socket
  kPeerState,      // `protocol` changed to `state`
  kReconfigured,   // a configuration was taken over
  kConfigError,    // a configuration was refused
  kRecoveryEnded,  // graceful-restart recovery is over
  kUnknownCaller,  // `address` connected, whom no protocol expects
};

struct BirdEvent {
  BootTime at = {};
  BirdEventKind kind = BirdEventKind::kDied;
  std::string protocol = {};
  ProtocolState state = ProtocolState::kUnknown;
  std::optional<IpAddress> address = {};
  std::string text = {};  // of kConfigError: what BIRD said

  bool operator==(const BirdEvent&) const = default;
};

struct BirdJournal {
  std::vector<BirdEvent> events;  // in order of time
  bool complete = false;          // we listened all the time since the poll before, and BIRD dropped nothing
};

// Which other nodes' agents were asked, and whose asked here.
struct ProbeJournal {
  std::vector<NodeProbe> rounds;  // in order of time
  std::vector<IpAddress> askers;  // from where requests came, each once
};

struct Journal {
  std::vector<RouteEvent> routes;           // in order of time
  std::vector<NeighborEvent> neighbors;     // in order of time
  std::vector<BootTime> interface_changes;  // links and addresses; IPv4 routes may have gone with them without a word
  bool routes_complete = false;  // we listened all the time since the poll before, and the kernel lost nothing
  // A route of any table, a link, an address or a next hop changed. Complete and unmoved: a dump of routes would bring
  // the same as before, but for what ends by itself.
  bool routes_moved = false;
  PerFamily<BirdJournal> birds;
  std::optional<ProbeJournal> probes = {};  // absent: no other node is asked
};

}  // namespace caliwatch
