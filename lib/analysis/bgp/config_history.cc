// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/config_history.h"

#include <algorithm>

namespace caliwatch {
namespace {

constexpr size_t kMostCallers = 64;
constexpr absl::Duration kPersistent = absl::Seconds(30);  // confd follows a change within seconds
constexpr absl::Duration kForgotten = absl::Seconds(90);   // BIRD calls again after 30 s at the latest
constexpr size_t kSeveral = 2;

}  // namespace

void ConfigHistory::FollowLog(const BirdJournal& journal) {
  for (const BirdEvent& event : journal.events) {
    if (event.kind == BirdEventKind::kConfigError) refused_ = event.text;
    if (event.kind == BirdEventKind::kReconfigured || event.kind == BirdEventKind::kStarted) refused_.reset();
    if (event.kind == BirdEventKind::kStarted) callers_.clear();
    if (event.kind != BirdEventKind::kUnknownCaller || !event.address) continue;
    const auto known = callers_.find(*event.address);
    if (known == callers_.end() && callers_.size() >= kMostCallers) continue;
    Calls& calls = callers_.try_emplace(*event.address, Calls{.first = event.at}).first->second;
    calls.last = event.at;
    ++calls.count;
  }
}

void ConfigHistory::FollowPeers(const BirdView& seen) {
  if (seen.peers == nullptr) return;
  for (const BgpPeer& peer : *seen.peers)
    if (peer.address) callers_.erase(*peer.address);
  const auto peers = static_cast<size_t>(std::count_if(seen.peers->begin(), seen.peers->end(), [](const BgpPeer& peer) {
    return peer.kind != PeerKind::kLocalWorkload;
  }));
  if (peers != 0) lost_peers_ = 0;
  if (peers == 0 && peers_ >= kSeveral) lost_peers_ = peers_;
  peers_ = peers;
}

void ConfigHistory::Follow(const BirdView& seen, const BirdJournal& journal) {
  FollowLog(journal);
  std::erase_if(callers_, [&](const auto& caller) { return seen.now - caller.second.last > kForgotten; });
  FollowPeers(seen);
}

ConfigSigns ConfigHistory::Signs() const {
  ConfigSigns signs{refused_, {}, lost_peers_};
  for (const auto& [address, calls] : callers_)
    if (calls.last - calls.first >= kPersistent)
      signs.callers.push_back({address, calls.count, calls.last - calls.first});
  return signs;
}

}  // namespace caliwatch
