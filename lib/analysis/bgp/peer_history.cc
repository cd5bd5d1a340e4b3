// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/peer_history.h"

#include <algorithm>
#include <utility>

#include <absl/container/flat_hash_map.h>

#include "lib/model/bird_clock.h"

namespace caliwatch {
namespace {

// In `wait` and `feed` the session is Established, too; a peer that restarts gracefully goes from `up` to `start` at
// once.
bool IsSessionUp(ProtocolState state) {
  return state == ProtocolState::kUp || state == ProtocolState::kWait || state == ProtocolState::kFeed;
}

constexpr size_t kFlapping = 3;
constexpr absl::Duration kWindow = absl::Minutes(15);
constexpr absl::Duration kCalm = absl::Minutes(5);
constexpr absl::Duration kAway = absl::Seconds(60);      // then it does not come and go: it is down
constexpr absl::Duration kOwnStart = absl::Seconds(30);  // sessions that went with a BIRD are noticed by then

// When BIRD read its configuration last; `before` while that may be the same moment, given less exactly.
std::optional<BootTime> ConfiguredAt(const BirdView& seen, const std::optional<BootTime>& before) {
  if (seen.status == nullptr || !seen.status->since_reconfiguration) return std::nullopt;
  const BootTime again = seen.now - *seen.status->since_reconfiguration;
  return before && absl::AbsDuration(again - *before) <= kBirdJitter ? before : std::optional(again);
}

// The states that BIRD's log reports, in order of time, by protocol.
using ReportedStates = absl::flat_hash_map<absl::string_view, std::vector<ProtocolState>>;

ReportedStates StatesIn(const BirdJournal& journal) {
  ReportedStates states;
  for (const BirdEvent& event : journal.events)
    if (event.kind == BirdEventKind::kPeerState) states[event.protocol].push_back(event.state);
  return states;
}

uint64_t TimesLeft(const std::string& protocol, bool was_up, const ReportedStates& reported) {
  uint64_t times = 0;
  const auto states = reported.find(protocol);
  if (states == reported.end()) return times;
  for (const ProtocolState state : states->second) {
    const bool is_up = IsSessionUp(state);
    times += was_up && !is_up;
    was_up = is_up;
  }
  return times;
}

// A poll shows at most one flap, and maybe before the log was read, but also when BIRD logs no states.
bool IsLeft(bool was_established, const std::optional<absl::Duration>& age_before, const BgpPeer& now,
            absl::Duration clock_step) {
  const bool established = now.bgp_state == BgpState::kEstablished;
  const bool went_unseen = established && age_before && now.age && *now.age - clock_step + kBirdJitter < *age_before;
  return was_established && (!established || went_unseen);
}

}  // namespace

absl::Time SameMomentOr(const std::optional<absl::Time>& before, absl::Time again, absl::Duration resolution) {
  const bool same = before && *before >= again - kBirdJitter && *before <= again + resolution + kBirdJitter;
  return same ? *before : again;
}

PeerHistory::PeerHistory(const RememberedPeers& known) {
  for (const auto& [key, remembered] : known) {
    Peer& peer = peers_[key];
    peer.recent_flaps = remembered.recent_flaps;
    peer.source = remembered.source;
    // Under the configuration of that time, which BIRD dates to a second, and no later one.
    peer.source_seen = remembered.configured + kBirdJitter;
    if (peer.source) peer.source_configured = remembered.configured;
  }
}

// Side by side, for both are in order: thousands are the same at every poll.
void PeerHistory::Remember(RememberedPeers& remembered) const {
  auto place = remembered.begin();
  for (const auto& [key, peer] : peers_) {
    while (place != remembered.end() && place->first < key) place = remembered.erase(place);
    const bool has_source = peer.source && peer.source_configured;
    if (peer.recent_flaps.empty() && !has_source) continue;
    if (place == remembered.end() || place->first != key) place = remembered.emplace_hint(place, key, RememberedPeer());
    place->second.recent_flaps = peer.recent_flaps;
    place->second.source = has_source ? peer.source : std::nullopt;
    place->second.configured = has_source ? *peer.source_configured : BootTime{};
    ++place;
  }
  remembered.erase(place, remembered.end());
}

// `reported`: by BIRD's log, which has each of them.
uint64_t PeerHistory::FlapsOf(Peer& peer, const BgpPeer& now, uint64_t reported, absl::Duration clock_step) {
  const bool seen = reported == 0 && IsLeft(peer.was_established, peer.age, now, clock_step);
  if (reported != 0 && peer.counted_ahead) --reported;
  peer.counted_ahead = seen;
  return seen ? 1 : reported;
}

// By how much all of BIRD's ages jumped since the last poll: it prints local time, which changes to and from summer
// time.
absl::Duration PeerHistory::FollowClock(const BirdView& seen) {
  std::optional<Uptime>& before = uptimes_[seen.family];
  if (seen.status == nullptr || !seen.status->uptime) return absl::ZeroDuration();
  const Uptime now{*seen.status->uptime, seen.now, seen.identity};
  const bool same_bird = before && now.identity && now.identity == before->identity;
  const absl::Duration step = same_bird ? (now.bird - before->bird) - (now.at - before->at) : absl::ZeroDuration();
  before = now;
  return step;
}

void PeerHistory::FollowPeer(const BirdView& seen, const BgpPeer& now, Peer& peer, uint64_t flapped) {
  const bool just_started = seen.status == nullptr || !seen.status->uptime || *seen.status->uptime < kOwnStart;
  if (!just_started) peer.recent_flaps.insert(peer.recent_flaps.end(), flapped, seen.now);
  std::erase_if(peer.recent_flaps, [&](BootTime flap) { return seen.now - flap > kWindow; });
  peer.was_established = now.bgp_state == BgpState::kEstablished;
  peer.age = now.age;
  if (now.source_address) {
    peer.source = now.source_address;
    peer.source_seen = seen.now;
    peer.source_configured = ConfiguredAt(seen, peer.source_configured);
  }
  if (now.age) peer.since = SameMomentOr(peer.since, seen.wall - *now.age, now.age_resolution);
}

PerFamily<std::map<PeerKind, uint64_t>> PeerHistory::Follow(const PerFamily<BirdView>& birds, const Journal& journal,
                                                            FlapCounts& flaps) {
  PerFamily<std::map<PeerKind, uint64_t>> by_kind;
  for (const BirdView& seen : birds) {
    if (seen.peers == nullptr) continue;  // nothing new of these
    const absl::Duration clock_step = FollowClock(seen);
    const ReportedStates states = StatesIn(journal.birds[seen.family]);
    for (const BgpPeer& now : *seen.peers) {
      const PeerKey key{seen.family, now.name};
      Peer& peer = peers_[key];
      const uint64_t reported = TimesLeft(now.name, peer.was_established || peer.counted_ahead, states);
      const uint64_t flapped = FlapsOf(peer, now, reported, clock_step);
      flaps[key] += flapped;
      by_kind[seen.family][now.kind] += flapped;
      FollowPeer(seen, now, peer, flapped);
    }
    const PeersByName known = IndexPeers(*seen.peers);
    const auto is_gone = [&](const auto& entry) {
      return entry.first.first == seen.family && FindPeer(known, entry.first.second) == nullptr;
    };
    std::erase_if(peers_, is_gone);
    std::erase_if(flaps, is_gone);
  }
  return by_kind;
}

std::vector<FlappingPeer> PeerHistory::Flapping(Family family, BootTime now) const {
  std::vector<FlappingPeer> flapping;
  for (const auto& [key, peer] : peers_) {
    const std::vector<BootTime>& flaps = peer.recent_flaps;
    if (key.first != family || flaps.size() < kFlapping || now - flaps.back() >= kCalm) continue;
    if (peer.was_established || now - flaps.back() < kAway)
      flapping.push_back({key.second, flaps.size(), now - flaps.front()});
  }
  return flapping;
}

bool PeerHistory::LostLately(const PeerKey& key) const {
  const auto peer = peers_.find(key);
  return peer != peers_.end() && !peer->second.recent_flaps.empty();
}

std::map<std::string, IpAddress> PeerHistory::SourceAddresses(Family family, const BirdStatus& status,
                                                              BootTime now) const {
  std::map<std::string, IpAddress> sources;
  if (!status.since_reconfiguration) return sources;
  const BootTime configured = now - *status.since_reconfiguration;
  for (const auto& [key, peer] : peers_)
    if (key.first == family && peer.source && peer.source_seen >= configured && peer.source_seen < now)
      sources.emplace(key.second, *peer.source);
  return sources;
}

std::optional<IpAddress> PeerHistory::LocalAddress(Family family) const {
  std::map<IpAddress, size_t> counts;
  for (const auto& [key, peer] : peers_)
    if (key.first == family && peer.source) ++counts[*peer.source];
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? std::nullopt : std::optional(most->first);
}

std::optional<absl::Time> PeerHistory::Since(const PeerKey& key) const {
  const auto peer = peers_.find(key);
  return peer != peers_.end() ? peer->second.since : std::nullopt;
}

}  // namespace caliwatch
