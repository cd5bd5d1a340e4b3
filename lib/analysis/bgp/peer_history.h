// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <vector>

#include <absl/time/time.h>

#include "lib/model/bird_view.h"
#include "lib/model/journal.h"

namespace caliwatch {

// Keeps `before` while `again` may be the same moment, given less exactly.
absl::Time SameMomentOr(const std::optional<absl::Time>& before, absl::Time again, absl::Duration resolution);

// A session that was lost again and again of late.
struct FlappingPeer {
  std::string protocol;
  size_t flaps = 0;
  absl::Duration within;  // from the first of them until now

  bool operator==(const FlappingPeer&) const = default;
};

using FlapCounts = std::map<PeerKey, uint64_t>;

// What is remembered of a peer beyond its count, for a process that goes on in the same boot.
struct RememberedPeer {
  std::vector<BootTime> recent_flaps = {};  // of the last 15 minutes, oldest first
  std::optional<IpAddress> source;          // that its session was last up from
  BootTime configured = {};                 // when BIRD had read its configuration last, at that time

  bool operator==(const RememberedPeer&) const = default;
};
using RememberedPeers = std::map<PeerKey, RememberedPeer>;

// Follows each peer's session from poll to poll, and counts how often it left Established.
class PeerHistory {
 public:
  // `known`: what Remember() left in a process before.
  explicit PeerHistory(const RememberedPeers& known = {});

  // Brings up to date what is to be remembered, of those of which there is something. It does not change while nothing
  // happens.
  void Remember(RememberedPeers& remembered) const;

  // Counts on in `flaps`; forgets peers that BIRD no longer has. What it has counted this time, by kind of peer.
  PerFamily<std::map<PeerKind, uint64_t>> Follow(const PerFamily<BirdView>& birds, const Journal& journal,
                                                 FlapCounts& flaps);

  // Those whose session was lost three times within 15 minutes, the last time within 5, and not for longer than a
  // minute. What a restart of our own BIRD ended does not count.
  std::vector<FlappingPeer> Flapping(Family family, BootTime now) const;

  // Whether its session was lost within the last 15 minutes; as above, not by a restart of our own BIRD.
  bool LostLately(const PeerKey& key) const;

  // From which address each protocol (by name) spoke when its session was last up, as far as BIRD, whose status is
  // `status`, has read no other configuration since. Not of those of which it says so `now`.
  std::map<std::string, IpAddress> SourceAddresses(Family family, const BirdStatus& status, BootTime now) const;

  // The one that most sessions of the family are spoken from, or were when they were up last.
  std::optional<IpAddress> LocalAddress(Family family) const;

  // Absent while BIRD prints no time that we understand.
  std::optional<absl::Time> Since(const PeerKey& key) const;

 private:
  struct Peer {
    std::optional<absl::Time> since;
    std::optional<absl::Duration> age;
    bool was_established = false;
    std::vector<BootTime> recent_flaps = {};
    std::optional<IpAddress> source;
    BootTime source_seen = {};
    std::optional<BootTime> source_configured = {};  // RememberedPeer::configured
    bool counted_ahead = false;                      // the last flap was seen by a poll before BIRD's log reported it
  };
  struct Uptime {
    absl::Duration bird;  // as BIRD says
    BootTime at;
    std::optional<BirdIdentity> identity;
  };
  static uint64_t FlapsOf(Peer& peer, const BgpPeer& now, uint64_t reported, absl::Duration clock_step);
  absl::Duration FollowClock(const BirdView& seen);
  void FollowPeer(const BirdView& seen, const BgpPeer& now, Peer& peer, uint64_t flapped);

  std::map<PeerKey, Peer> peers_;
  PerFamily<std::optional<Uptime>> uptimes_;
};

}  // namespace caliwatch
