// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/shown_peers.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include <absl/container/flat_hash_set.h>

namespace caliwatch {
namespace {

using Peers = std::vector<const PeerReport*>;

// Sessions take some seconds to come back, if their peers are there.
constexpr absl::Duration kJustStarted = absl::Minutes(1);

bool HasJustStarted(const Report& report, Family family) {
  const auto& started = report.birds[family].started;
  return started && report.taken_at - *started < kJustStarted;
}

using PeersNamed = absl::flat_hash_set<std::pair<Family, std::string>>;

PeersNamed NamedByChecks(const std::vector<Verdict>& verdicts) {
  PeersNamed named;
  for (const Verdict& verdict : verdicts)
    for (const OpenFinding& open : verdict.findings)
      if (open.finding.is_peer && open.finding.family) named.insert({*open.finding.family, open.subject});
  return named;
}

bool HasProblem(const PeerReport& entry, bool bird_just_started, const PeersNamed& named) {
  const bool down = !entry.peer.IsUp() && entry.diagnosis.cause != PeerCause::kHeldBack;
  const bool waits = entry.socket && entry.socket->retransmits > 0;
  if (!bird_just_started && (down || entry.lost_lately || waits)) return true;
  return named.contains({entry.family, entry.peer.DisplayName()});
}

// One a label set: of two sessions with one address, the one that is down.
Peers OnePerName(const Report& report) {
  std::map<std::tuple<Family, std::string, PeerKind>, const PeerReport*> chosen;
  for (const PeerReport& entry : report.peers) {
    if (!report.birds[entry.family].is_current()) continue;
    const PeerReport*& slot = chosen[{entry.family, entry.peer.DisplayName(), entry.peer.kind}];
    if (slot == nullptr || slot->peer.IsUp()) slot = &entry;
  }
  Peers peers;
  peers.reserve(chosen.size());
  for (const auto& [key, entry] : chosen) peers.push_back(entry);
  return peers;
}

// Which of two goes first where there is no room for both: other nodes and routers before workloads, who is down before
// who is up, and whoever has been so for longer. One that comes and goes then takes nobody's place, and the choice
// stays the same from poll to poll until one of those chosen is well.
bool GoesFirst(const PeerReport* a, const PeerReport* b) {
  const auto rank = [](const PeerReport* entry) {
    return std::tuple(entry->peer.kind == PeerKind::kLocalWorkload, entry->peer.IsUp(),
                      entry->since.value_or(absl::InfiniteFuture()));
  };
  return rank(a) < rank(b);
}

using PeerSet = absl::flat_hash_set<const PeerReport*>;

PeerSet Capped(Peers peers) {
  if (peers.size() > kDetailedPeers) {
    std::stable_sort(peers.begin(), peers.end(), GoesFirst);
    peers.resize(kDetailedPeers);
  }
  return {peers.begin(), peers.end()};
}

PeerSet WithProblems(const Peers& peers, const Report& report) {
  const PeersNamed named = NamedByChecks(report.verdicts);
  PerFamily<bool> just_started;
  for (const Family family : kFamilies) just_started[family] = HasJustStarted(report, family);
  Peers found;
  for (const PeerReport* entry : peers)
    if (HasProblem(*entry, just_started[entry->family], named)) found.push_back(entry);
  return Capped(std::move(found));
}

PeerSet Down(const Peers& peers) {
  Peers found;
  for (const PeerReport* entry : peers)
    if (!entry->peer.IsUp()) found.push_back(entry);
  return Capped(std::move(found));
}

}  // namespace

ShownPeers ChoosePeers(const Report& report, PeerDetail detail) {
  if (detail == PeerDetail::kNone) return {};
  const Peers all = OnePerName(report);
  if (detail == PeerDetail::kAll) return {all, all, all};
  const PeerSet problems = WithProblems(all, report), down = Down(all);
  ShownPeers shown;
  size_t of_other_kinds = 0;
  for (const PeerReport* entry : all) {
    const bool other = detail == PeerDetail::kAuto && entry->peer.kind != PeerKind::kMesh;
    const bool detailed = (other && of_other_kinds++ < kDetailedPeers) || problems.contains(entry);
    const bool stated = detailed || down.contains(entry);
    if (detailed) shown.detailed.push_back(entry);
    if (stated) shown.stated.push_back(entry);
    if (stated || detail == PeerDetail::kAuto) shown.listed.push_back(entry);
  }
  return shown;
}

}  // namespace caliwatch
