// SPDX-License-Identifier: Apache-2.0
#include "lib/view/words.h"

#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

namespace caliwatch {
namespace {

constexpr size_t kBlockers = 5;

std::string RecoveryText(const GracefulRestartWait& recovery) {
  return absl::StrCat(", recovers from a restart: no route reaches the kernel before the ", recovery.pending_protocols,
                      " still awaited have recovered, or ", AgeText(recovery.wait_remaining), " have passed");
}

std::string SessionStateText(const BgpPeer& peer) {
  if (peer.bgp_state_text.empty()) return std::string(ToString(peer.state));
  if (peer.bgp_state == BgpState::kEstablished && !peer.IsUp())
    return absl::StrCat(peer.bgp_state_text, ", ", ToString(peer.state));
  return peer.bgp_state_text;
}

absl::string_view PhaseText(ConvergencePhase phase) {
  switch (phase) {
    case ConvergencePhase::kBirdDown:
      return "BIRD is gone";
    case ConvergencePhase::kGracefulRestart:
      return "BIRD holds its routes back (graceful restart)";
    case ConvergencePhase::kPeers:
      return "sessions are missing";
    case ConvergencePhase::kProgramming:
      return "routes are missing from the kernel";
    case ConvergencePhase::kConverged:
      break;
  }
  return "all is back";
}

std::string ProblemsText(size_t all, size_t critical) {
  const bool only = critical == all;
  return absl::StrCat(all, only ? " critical" : "", all == 1 ? " problem" : " problems",
                      only || critical == 0 ? "" : absl::StrCat(", ", critical, " of them critical"));
}

std::string NotesText(size_t notes) {
  return notes == 0 ? "" : absl::StrCat("; ", notes, notes == 1 ? " note" : " notes");
}

// "at 12:00:03 UTC, 40 s ago".
std::string WhenText(absl::Time time, absl::Time now) {
  return absl::StrCat(absl::FormatTime("at %H:%M:%S UTC", time, absl::UTCTimeZone()), ", ", AgeText(now - time),
                      " ago");
}

// What one component of Felix reports that is not as it should be; empty when nothing is.
std::string FailureText(const FelixComponent& component) {
  std::vector<absl::string_view> failures;
  if (component.timed_out) failures.push_back("timed out");
  if (component.live == false && !component.timed_out) failures.push_back("not live");
  if (component.ready == false && !component.timed_out) failures.push_back("not ready");
  if (failures.empty()) return "";
  return absl::StrCat(component.name, " ", absl::StrJoin(failures, ", "),
                      component.detail.empty() ? "" : absl::StrCat(" (", component.detail, ")"));
}

absl::string_view HealthText(const FelixHealth& health) {
  if (health.live && health.ready) return "live and ready";
  if (health.live) return "live, not ready";
  return health.ready ? "ready, not live" : "neither live nor ready";
}

// Behind that: "; CalculationGraph not ready".
std::string FailingComponentsText(const FelixHealth& health) {
  std::string text;
  for (const FelixComponent& component : health.components)
    if (const std::string failure = FailureText(component); !failure.empty()) absl::StrAppend(&text, "; ", failure);
  return text;
}

std::string BlockersText(const std::vector<BlockingPeer>& peers) {
  std::vector<std::string> names;
  for (const BlockingPeer& peer : peers)
    if (names.size() < kBlockers) names.push_back(absl::StrCat(peer.address, peer.passive ? " (it has to dial)" : ""));
  return absl::StrCat(absl::StrJoin(names, ", "),
                      peers.size() > kBlockers ? absl::StrCat(" and ", peers.size() - kBlockers, " more") : "");
}

}  // namespace

absl::string_view TitleOf(Family family) { return family == Family::kIpv4 ? "IPv4" : "IPv6"; }

std::string NodeText(const Report& report) {
  const auto& name = report.node_name;
  return name.ok() ? *name : "this node";
}

std::string VerdictText(const Summary& summary) {
  switch (summary.outcome) {
    case Outcome::kClean:
      return absl::StrCat(summary.restarting ? "no fault so far; a restart of BIRD is not over" : "nothing wrong found",
                          NotesText(summary.notes));
    case Outcome::kFindings:
      return absl::StrCat(ProblemsText(summary.problems, summary.critical), NotesText(summary.notes));
    case Outcome::kStarting:
      return "too early to say: BIRD has just started, and not all its sessions are up";
    case Outcome::kCannotJudge:
      break;
  }
  return "cannot judge, since not everything could be read";
}

std::string BirdText(const Report& report, Family family) {
  const BirdReport& bird = report.birds[family];
  const absl::StatusOr<BirdStatus>& status = report.birds[family].status;
  if (!bird.expected) return absl::StrCat("does not run here: ", status.status().message());
  if (!status.ok()) return absl::StrCat("cannot be asked: ", status.status().message());
  if (const auto read = bird.read_before())
    return absl::StrCat("cannot be asked: ", bird.reading->status.message(), "; it was ", status->version,
                        ", router id ", status->router_id, " when it was read last, ",
                        WhenText(*read, report.taken_at));
  std::string text = absl::StrCat(status->version, ", router id ", status->router_id);
  if (bird.started) absl::StrAppend(&text, ", up ", AgeText(report.taken_at - *bird.started));
  if (status->phase == BirdPhase::kReconfiguring) absl::StrAppend(&text, ", is reading its configuration");
  if (status->phase == BirdPhase::kShuttingDown) absl::StrAppend(&text, ", is shutting down");
  if (status->recovery) absl::StrAppend(&text, RecoveryText(*status->recovery));
  return text;
}

std::string NoBirdText(const Report& report) {
  for (const Family family : kFamilies)
    if (report.birds[family].expected) return "";
  return BirdText(report, Family::kIpv4);
}

std::string FelixText(const Report& report) {
  const FelixReport& felix = report.felix;
  const absl::Duration age = report.taken_at - felix.since;
  const std::string for_how_long = age < kWorthTelling ? "" : absl::StrCat(", for ", AgeText(age));
  if (felix.reading && !felix.reading->status.ok())
    return absl::StrCat("does not answer", for_how_long, ": ", felix.reading->status.message());
  if (!felix.health.ok()) return felix.expected ? absl::StrCat("is unknown: ", felix.health.status().message()) : "";
  return absl::StrCat(HealthText(*felix.health), for_how_long, FailingComponentsText(*felix.health));
}

std::string EpisodeText(const ConvergenceReport& convergence) {
  if (convergence.elapsed == absl::ZeroDuration()) return "";
  std::string text =
      absl::StrCat("not back ", AgeText(convergence.elapsed), " after BIRD restarted: ", PhaseText(convergence.phase));
  if (!convergence.blocking_peers.empty())
    absl::StrAppend(&text, "; waits for ", BlockersText(convergence.blocking_peers));
  if (convergence.missing_routes != 0)
    absl::StrAppend(&text, "; the kernel lacks ", convergence.missing_routes, " expected ",
                    convergence.missing_routes == 1 ? "route" : "routes");
  return text;
}

std::vector<const PeerReport*> PeersByImportance(const Report& report, Family family) {
  std::vector<const PeerReport*> peers;
  for (const PeerReport& peer : report.peers)
    if (peer.family == family) peers.push_back(&peer);
  std::stable_partition(peers.begin(), peers.end(), [](const PeerReport* peer) { return !peer->peer.IsUp(); });
  return peers;
}

std::string PeersTitle(const Report& report, const std::vector<const PeerReport*>& peers, Family family) {
  const std::string title = absl::StrCat("BGP peers, ", TitleOf(family), ": ");
  if (const auto read = report.birds[family].read_before())
    return absl::StrCat(title, "unknown now; ", peers.size(), " as of ",
                        absl::FormatTime("%H:%M:%S UTC", *read, absl::UTCTimeZone()), ", ",
                        AgeText(report.taken_at - *read), " ago");
  const auto up = std::count_if(peers.begin(), peers.end(), [](const PeerReport* peer) { return peer->peer.IsUp(); });
  return absl::StrCat(title, up, " of ", peers.size(), " up");
}

std::vector<std::string> PeerCells(const PeerReport& report, absl::Time now) {
  const BgpPeer& peer = report.peer;
  const bool unnamed = report.diagnosis.cause == PeerCause::kOther;
  return {peer.address ? peer.address->ToString() : peer.name,
          std::string(ToString(peer.kind)),
          SessionStateText(peer),
          report.since ? AgeText(now - *report.since) : "?",
          peer.routes ? absl::StrCat(peer.routes->imported) : "-",
          report.kernel_routes ? absl::StrCat(*report.kernel_routes) : "?",
          unnamed ? report.diagnosis.detail : std::string(ToString(report.diagnosis.cause))};
}

std::string AgeText(absl::Duration age) {
  const int64_t seconds = std::max<int64_t>(0, absl::ToInt64Seconds(age));
  if (seconds < 60) return absl::StrCat(seconds, " s");
  if (seconds < 3600) return absl::StrCat(seconds / 60, " min ", seconds % 60, " s");
  if (seconds < 86400) return absl::StrCat(seconds / 3600, " h ", seconds % 3600 / 60, " min");
  return absl::StrCat(seconds / 86400, " d ", seconds % 86400 / 3600, " h");
}

std::string SecondsText(absl::Duration duration) {
  const double seconds = absl::ToDoubleSeconds(duration);
  return seconds < 60 ? absl::StrFormat("%.1f s", seconds) : AgeText(duration);
}

}  // namespace caliwatch
