// SPDX-License-Identifier: Apache-2.0
#include "lib/view/log/change_log.h"

#include <algorithm>
#include <map>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

namespace caliwatch {
namespace {

// A storm of findings is one event; its size is said, and the metrics hold the rest.
constexpr size_t kFindingsPerCheck = 20;
constexpr size_t kPeersPerMessage = 20;  // likewise

using Records = std::vector<LogRecord>;

std::string Text(absl::string_view text) { return std::string(text); }

template <class Key, class Value>
const Value* Find(const std::map<Key, const Value*>& index, const Key& key) {
  const auto found = index.find(key);
  return found == index.end() ? nullptr : found->second;
}

std::map<absl::string_view, const SourceStatus*> ReadingsByName(const Report& report) {
  std::map<absl::string_view, const SourceStatus*> index;
  for (const SourceStatus& reading : report.sources) index[reading.name] = &reading;
  return index;
}

void CompareSources(const Report& before, const Report& now, Records& records) {
  const auto earlier = ReadingsByName(before);
  const auto later = ReadingsByName(now);
  for (const auto& [name, reading] : later) {
    const SourceStatus* last = Find(earlier, name);
    if (last != nullptr && last->status.code() == reading->status.code()) continue;
    if (!reading->status.ok())
      records.push_back({LogLevel::kWarn,
                         "source cannot be read",
                         {{"source", Text(name)}, {"error", Text(reading->status.message())}}});
    else
      records.push_back(
          {LogLevel::kInfo, last == nullptr ? "source found" : "source can be read again", {{"source", Text(name)}}});
  }
  for (const auto& [name, reading] : earlier)
    if (Find(later, name) == nullptr)
      records.push_back({LogLevel::kInfo, "source is not used any more", {{"source", Text(name)}}});
}

LogRecord EpisodeRecord(Family family, const EpisodeSummary& episode) {
  LogRecord record{episode.converged ? LogLevel::kInfo : LogLevel::kWarn,
                   episode.converged ? "peers and routes are back after the restart of BIRD"
                                     : "gave up waiting for peers and routes after the restart of BIRD",
                   {{"family", Text(ToString(family))},
                    {"took", absl::FormatDuration(episode.duration())},
                    {"longest_route_gap", absl::FormatDuration(episode.gap.longest)},
                    {"restarts", absl::StrCat(episode.restarts)}}};
  for (const auto& [phase, took] : episode.phases)
    if (took > absl::ZeroDuration()) record.fields.push_back({ToString(phase), absl::FormatDuration(took)});
  if (!episode.blocking_peers.empty())
    record.fields.push_back(
        {"blocking_peers", absl::StrJoin(episode.blocking_peers, ",", [](std::string* text, const WaitedFor& peer) {
           absl::StrAppend(text, peer.protocol);
         })});
  return record;
}

void CompareBirds(const Report& before, const Report& now, Records& records) {
  for (Family family : kFamilies) {
    const auto& status = now.birds[family].status;
    const auto& last = before.birds[family].status;
    if (!status.ok() || !last.ok()) continue;
    const std::vector<LogField> of_family = {{"family", Text(ToString(family))}};
    if (now.birds[family].convergence.counts.restarts != before.birds[family].convergence.counts.restarts)
      records.push_back({LogLevel::kWarn, "BIRD restarted", {of_family[0], {"version", status->version}}});
    if (status->recovery && !last->recovery)
      records.push_back({LogLevel::kWarn,
                         "BIRD recovers from a restart: it holds its routes back",
                         {of_family[0],
                          {"pending_protocols", absl::StrCat(status->recovery->pending_protocols)},
                          {"wait_remaining", absl::FormatDuration(status->recovery->wait_remaining)}}});
    if (!status->recovery && last->recovery) records.push_back({LogLevel::kInfo, "BIRD has recovered", of_family});
    if (const auto& ended = now.birds[family].convergence.ended) records.push_back(EpisodeRecord(family, *ended));
  }
}

std::pair<Family, absl::string_view> KeyOf(const PeerReport& peer) { return {peer.family, peer.peer.name}; }

class KnownPeers {
 public:
  explicit KnownPeers(const Report& report) {
    index_.reserve(report.peers.size());
    for (const PeerReport& peer : report.peers) index_[KeyOf(peer)] = &peer;
  }

  // Null: there is none.
  const PeerReport* Find(const PeerReport& same) const {
    const auto found = index_.find(KeyOf(same));
    return found == index_.end() ? nullptr : found->second;
  }

 private:
  absl::flat_hash_map<std::pair<Family, absl::string_view>, const PeerReport*> index_;
};

// By family and name. As a rule there are none, of thousands.
template <class IsTold>
std::vector<const PeerReport*> PeersToTell(const Report& report, IsTold is_told) {
  std::vector<const PeerReport*> told;
  for (const PeerReport& peer : report.peers)
    if (is_told(peer)) told.push_back(&peer);
  std::sort(told.begin(), told.end(), [](const auto* a, const auto* b) { return KeyOf(*a) < KeyOf(*b); });
  return told;
}

LogRecord PeerRecord(LogLevel level, absl::string_view message, const PeerReport& report) {
  LogRecord record{level,
                   Text(message),
                   {{"family", Text(ToString(report.family))},
                    {"peer", report.peer.DisplayName()},
                    {"kind", Text(ToString(report.peer.kind))},
                    {"state", report.peer.bgp_state_text}}};
  if (!report.peer.IsUp()) {
    record.fields.push_back({"cause", Text(ToString(report.diagnosis.cause))});
    record.fields.push_back({"detail", report.diagnosis.detail});
  }
  return record;
}

// Records of peers: of each message the first, and the number of the others.
class PeerRecords {
 public:
  void Add(LogLevel level, absl::string_view message, const PeerReport& peer, Records& records) {
    if (++counts_[message] <= kPeersPerMessage) records.push_back(PeerRecord(level, message, peer));
  }
  // With the level of whether it is up.
  void AddState(absl::string_view message, const PeerReport& peer, Records& records) {
    Add(peer.peer.IsUp() ? LogLevel::kInfo : LogLevel::kWarn, message, peer, records);
  }
  void Finish(Records& records) const {
    for (const auto& [message, count] : counts_)
      if (count > kPeersPerMessage)
        records.push_back({LogLevel::kWarn,
                           absl::StrCat(message, ", and so for others"),
                           {{"more", absl::StrCat(count - kPeersPerMessage)}}});
  }

 private:
  std::map<absl::string_view, size_t> counts_;
};

void ComparePeers(const Report& before, const Report& now, Records& records) {
  const KnownPeers earlier(before), later(now);
  PeerRecords peers;
  // While a BIRD cannot be asked, its peers are unknown, not gone.
  const auto known = [](const Report& report, Family family) { return report.birds[family].knows_peers; };
  const auto has_changed = [&](const PeerReport& peer) {
    const PeerReport* last = earlier.Find(peer);
    if (last == nullptr) return known(before, peer.family);
    return last->peer.IsUp() != peer.peer.IsUp() || (last->flaps < peer.flaps && peer.peer.IsUp());
  };
  for (const PeerReport* peer : PeersToTell(now, has_changed)) {
    const PeerReport* last = earlier.Find(*peer);
    if (last == nullptr)
      peers.AddState("peer added", *peer, records);
    else if (last->peer.IsUp() != peer->peer.IsUp())
      peers.AddState(peer->peer.IsUp() ? "peer is up" : "peer is down", *peer, records);
    else
      peers.Add(LogLevel::kWarn, "peer was down between two polls", *peer, records);
  }
  const auto is_gone = [&](const PeerReport& peer) { return later.Find(peer) == nullptr && known(now, peer.family); };
  for (const PeerReport* peer : PeersToTell(before, is_gone))
    peers.Add(LogLevel::kInfo, "peer removed", *peer, records);
  peers.Finish(records);
}

LogRecord FindingRecord(LogLevel level, absl::string_view message, const CheckInfo& check, const OpenFinding& open) {
  LogRecord record{level,
                   Text(message),
                   {{"check", Text(check.name)},
                    {"severity", Text(ToString(check.severity))},
                    {"subject", open.subject},
                    {"detail", open.finding.detail}}};
  if (open.cause) record.fields.push_back({"explained_by", absl::StrCat(open.cause->check, " ", open.cause->subject)});
  return record;
}

// One record for each of the first that `is_told`, and one with the number of the others of `all`.
template <class IsTold>
void AddFindings(const std::vector<OpenFinding>& findings, IsTold is_told, size_t all, const CheckInfo& check,
                 LogLevel level, absl::string_view message, Records& records) {
  size_t told = 0;
  for (const OpenFinding& open : findings) {
    if (told == kFindingsPerCheck) break;
    if (!is_told(open)) continue;
    records.push_back(FindingRecord(level, message, check, open));
    ++told;
  }
  if (all > told)
    records.push_back({level,
                       absl::StrCat(message, ", and more of this check"),
                       {{"check", Text(check.name)}, {"more", absl::StrCat(all - told)}}});
}

// One line for all checks that lack the same thing. Both reports hold every check, by name.
void CompareJudgement(const Report& before, const Report& now, Records& records) {
  std::map<std::string, std::vector<std::string>> unable;  // by error
  std::vector<std::string> able;
  for (size_t i = 0; i < now.verdicts.size(); ++i) {
    const Verdict& verdict = now.verdicts[i];
    if (verdict.judged.ok() == before.verdicts[i].judged.ok()) continue;
    (verdict.judged.ok() ? able : unable[Text(verdict.judged.message())]).emplace_back(verdict.check->name);
  }
  for (const auto& [error, checks] : unable)
    records.push_back(
        {LogLevel::kWarn, "checks cannot judge", {{"checks", absl::StrJoin(checks, ",")}, {"error", error}}});
  if (!able.empty())
    records.push_back({LogLevel::kInfo, "checks can judge again", {{"checks", absl::StrJoin(able, ",")}}});
}

void TellVerdict(const Verdict& now, Records& records) {
  const LogLevel level = now.check->severity != Severity::kInfo ? LogLevel::kWarn : LogLevel::kInfo;
  const auto is_new = [](const OpenFinding& open) { return open.is_new; };
  AddFindings(now.findings, is_new, now.begun, *now.check, level, "finding", records);
  const auto any = [](const OpenFinding&) { return true; };
  AddFindings(now.over, any, now.over_count, *now.check, LogLevel::kInfo, "finding is over", records);
}

// Once in a process's life: a node without an agent is no trouble, and there may be thousands.
void TellUnjudged(const Report& now, Records& records) {
  if (!now.reach || !now.reach->first_unjudged) return;
  records.push_back({LogLevel::kInfo,
                     "another node cannot be asked, so the way to it is not judged: it has no agent at our port, or a "
                     "firewall stops the question. Others like it are counted by caliwatch_probed_nodes alone",
                     {{"node", now.reach->first_unjudged->ToString()}}});
}

LogRecord FirstRecord(const Report& report) {
  std::vector<std::string> failed;
  for (const SourceStatus& reading : report.sources)
    if (!reading.status.ok()) failed.push_back(absl::StrCat(reading.name, ": ", reading.status.message()));
  const auto up =
      std::count_if(report.peers.begin(), report.peers.end(), [](const PeerReport& peer) { return peer.peer.IsUp(); });
  LogRecord record{failed.empty() ? LogLevel::kInfo : LogLevel::kWarn,
                   "first look at the node",
                   {{"node", report.node_name.ok() ? *report.node_name : "unknown"},
                    {"sources", absl::StrCat(report.sources.size())},
                    {"peers", absl::StrCat(report.peers.size())},
                    {"peers_up", absl::StrCat(up)}}};
  if (!failed.empty()) record.fields.push_back({"cannot_read", absl::StrJoin(failed, "; ")});
  return record;
}

}  // namespace

std::vector<LogRecord> RecordsOf(const Report* before, const Report& now) {
  if (before == nullptr) return {FirstRecord(now)};
  Records records;
  CompareSources(*before, now, records);
  CompareBirds(*before, now, records);
  ComparePeers(*before, now, records);
  CompareJudgement(*before, now, records);
  TellUnjudged(now, records);
  for (const Verdict& verdict : now.verdicts) TellVerdict(verdict, records);
  return records;
}

}  // namespace caliwatch
