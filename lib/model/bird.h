// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one BIRD daemon says of itself. A node runs up to two: bird for IPv4 and bird6 for IPv6.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/prefix.h"

namespace caliwatch {

enum class BirdPhase : uint8_t { kRunning, kReconfiguring, kShuttingDown };

// Graceful-restart recovery: until `wait_remaining` has passed or no protocol is `pending`, BIRD keeps its routes out
// of the kernel and announces nothing.
struct GracefulRestartWait {
  int pending_protocols = 0;
  absl::Duration wait_remaining;
  absl::Duration wait_total;

  bool operator==(const GracefulRestartWait&) const = default;
};

// `show status`. Ages are by BIRD's own clock, all taken from one answer.
struct BirdStatus {
  std::string version;  // "1.6.8", "v0.3.3+birdv1.6.8", "2.0.12"
  std::string router_id;
  BirdPhase phase = BirdPhase::kRunning;
  std::optional<absl::Duration> uptime;
  std::optional<absl::Duration> since_reconfiguration;
  std::optional<GracefulRestartWait> recovery;  // absent while BIRD is not recovering

  bool operator==(const BirdStatus&) const = default;
};

// Which process answers on the control socket: it changes with every restart, and not when a clock is set.
struct BirdIdentity {
  absl::Time socket_created;  // the socket file's ctime; BIRD makes the file anew when it starts
  int pid = 0;                // 0 in another pid namespace than ours

  bool operator==(const BirdIdentity&) const = default;
};

// State of a BIRD protocol. kWait and kFeed exist in BIRD 1.x only; kWait means that exports are held back by recovery.
enum class ProtocolState : uint8_t { kDown, kStart, kWait, kFeed, kUp, kStop, kFlush, kUnknown };
absl::string_view ToString(ProtocolState state);

// Numbers of RFC 4273 bgpPeerState; kOther (Passive, Close, Down) has none there.
enum class BgpState : uint8_t {
  kOther = 0,
  kIdle = 1,
  kConnect = 2,
  kActive = 3,
  kOpenSent = 4,
  kOpenConfirm = 5,
  kEstablished = 6
};

// `pending`: it has yet to recover, and BIRD waits for it. `waiting`: BIRD holds back what it would export to it.
enum class RecoveryRole : uint8_t { kNone, kPending, kWaiting };

struct RouteCounts {
  uint32_t imported = 0;
  uint32_t filtered = 0;
  uint32_t exported = 0;
  uint32_t preferred = 0;

  bool operator==(const RouteCounts&) const = default;
};

// What became of the routes that BIRD offered to a protocol since it is up ("Export updates"); counts of events, not of
// routes.
struct ExportUpdates {
  uint64_t offered = 0, rejected = 0, filtered = 0, accepted = 0;

  bool operator==(const ExportUpdates&) const = default;
};

// What became of the routes that a protocol offered to BIRD since it is up ("Import updates"); counts of events.
// Ignored: BGP found its own AS number in them, or they changed nothing.
struct ImportUpdates {
  uint64_t received = 0, rejected = 0, filtered = 0, ignored = 0, accepted = 0;

  bool operator==(const ImportUpdates&) const = default;
};

// One block of `show protocols all`.
struct BirdProtocol {
  std::string name;  // "Mesh_10_39_1_219", "kernel1"
  std::string type;  // "BGP", "Kernel", "Static", …
  ProtocolState state = ProtocolState::kUnknown;
  std::string since_text;             // as BIRD printed it
  std::optional<absl::Duration> age;  // time in this state; absent when `since_text` is in no format we know
  // `age` is exact to this: one second, or a whole day once BIRD prints a date alone (older than 20 h).
  absl::Duration age_resolution = absl::Seconds(1);
  RecoveryRole recovery = RecoveryRole::kNone;
  std::optional<RouteCounts> routes;  // BIRD prints none while the protocol is down
  std::optional<ExportUpdates> exports = {};
  std::optional<ImportUpdates> imports = {};

  bool operator==(const BirdProtocol&) const = default;
};

enum class PeerKind : uint8_t { kMesh, kGlobal, kNode, kLocalWorkload, kOther };
inline constexpr PeerKind kPeerKinds[] = {PeerKind::kMesh, PeerKind::kGlobal, PeerKind::kNode, PeerKind::kLocalWorkload,
                                          PeerKind::kOther};
absl::string_view ToString(PeerKind kind);  // "mesh", "global", "node", "local_workload", "other"

// Class words that BIRD puts before an error ("Socket: Connection refused").
enum class PeerErrorClass : uint8_t { kNone, kMiscellaneous, kSocket, kReceived, kBgp, kAutomaticShutdown };
absl::string_view ToString(
    PeerErrorClass error_class);  // "none", "error", "socket", "received", "bgp", "automatic_shutdown"

struct PeerError {
  PeerErrorClass error_class = PeerErrorClass::kNone;
  std::string text;  // "Connection refused"; empty when there is none

  bool operator==(const PeerError&) const = default;
};

// A countdown that BIRD prints as "222/240".
struct Timer {
  absl::Duration remaining;
  absl::Duration total;

  bool operator==(const Timer&) const = default;
};

struct BgpPeer : BirdProtocol {
  PeerKind kind = PeerKind::kOther;
  std::optional<IpAddress> address;  // "Neighbor address"
  BgpState bgp_state = BgpState::kOther;
  std::string bgp_state_text;  // "Established", "Passive"; empty when BIRD prints none
  PeerError error;             // what stands behind the state in `show protocols`
  PeerError last_error;        // "Last error", kept by BIRD until the session is up again
  std::string message;         // a shutdown's reason, as its sender gave it
  std::string description;
  std::optional<uint32_t> remote_as;
  std::optional<uint32_t> local_as;                 // BIRD 2.x and later
  std::optional<IpAddress> source_address;          // known to BIRD only while a session is up
  bool helper_active = false;                       // the peer restarts, and we keep its stale routes
  std::optional<absl::Duration> restart_remaining;  // how much longer we keep them
  std::optional<Timer> hold_timer;
  std::optional<Timer> keepalive_timer;
  std::optional<Timer> error_wait;
  std::optional<Timer> connect_delay;

  // A session counts only when BIRD's protocol is `up` too: in `wait` it says Established and no route flows.
  bool IsUp() const { return state == ProtocolState::kUp && bgp_state == BgpState::kEstablished; }
  bool IsPassive() const { return bgp_state_text == "Passive"; }
  // By its configuration or by a command: then BIRD tells no error. One that an error took down has it there.
  bool IsDisabled() const { return state == ProtocolState::kDown && error.error_class == PeerErrorClass::kNone; }
  // Its address; where BIRD has none, its protocol's name.
  std::string DisplayName() const { return address ? address->ToString() : name; }

  bool operator==(const BgpPeer&) const = default;
};

// A peer of either family's BIRD, by its protocol's name: an address may have two.
using PeerKey = std::pair<Family, std::string>;

// By the names of their protocols; leads into the vector. A node may have thousands: who looks for many makes it once.
using PeersByName = absl::flat_hash_map<absl::string_view, const BgpPeer*>;
PeersByName IndexPeers(const std::vector<BgpPeer>& peers);
// Null: there is none of that name.
const BgpPeer* FindPeer(const PeersByName& peers, absl::string_view name);

// Of sessions and of how many routes came and went: as long as it is the same, BIRD's table is likely to be.
size_t HashOfCounters(const std::vector<BgpPeer>& peers);

enum class BirdRouteType : uint8_t { kUnicast, kBlackhole, kUnreachable, kProhibit };

struct BirdNextHop {
  std::optional<IpAddress> gateway;  // absent: directly on the interface
  std::string interface;

  bool operator==(const BirdNextHop&) const = default;
};

// One route of `show route`. BIRD names the interface that leads to the gateway, not the tunnel that the kernel uses.
struct BirdRoute {
  Prefix destination;
  std::string protocol;
  BirdRouteType type = BirdRouteType::kUnicast;
  std::vector<BirdNextHop> next_hops;
  std::optional<IpAddress> learned_from;
  uint32_t origin_as = 0;  // the last of its AS path, whose node it is from; 0: this node's own AS
  bool best = false;
  bool kernel_refused = false;  // marked ` !`: best, but the kernel did not take it
  bool withheld = false;        // the kernel protocol's filter refused it: BIRD does not mean it for the kernel
  std::optional<absl::Duration> age;

  bool operator==(const BirdRoute&) const = default;
};

}  // namespace caliwatch
