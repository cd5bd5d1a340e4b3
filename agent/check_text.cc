// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "agent/check_report.h"
#include "agent/terminal_text.h"

namespace caliwatch {
namespace {

constexpr size_t kLineWidth = 100;
constexpr size_t kEffects = 5;  // named of each finding

enum class Style { kTitle, kBad, kDoubtful, kGood };

class Painter {
 public:
  explicit Painter(bool colour) : colour_(colour) {}

  std::string operator()(Style style, absl::string_view text) const {
    if (!colour_) return std::string(text);
    constexpr absl::string_view kCodes[] = {"1", "1;31", "1;33", "1;32"};
    return absl::StrCat("\033[", kCodes[static_cast<size_t>(style)], "m", text, "\033[0m");
  }

 private:
  const bool colour_;
};

absl::string_view TitleOf(Family family) { return family == Family::kIpv4 ? "IPv4" : "IPv6"; }

std::string Headline(const Report& report, const Painter& paint) {
  const auto& name = report.snapshot->node_name;
  const size_t count = FindingsByImportance(report).size();
  std::string verdict;
  switch (OutcomeOf(report)) {
    case Outcome::kClean:
      verdict = paint(Style::kGood, "nothing wrong found");
      break;
    case Outcome::kFindings:
      verdict = paint(Style::kBad, absl::StrCat(count, count == 1 ? " finding" : " findings"));
      break;
    case Outcome::kCannotJudge:
      verdict = paint(Style::kDoubtful, "cannot judge, since not everything could be read");
      break;
  }
  return absl::StrCat(name.ok() ? Printable(*name) : "this node", ": ", verdict, "\nSeen ",
                      absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", report.snapshot->taken_at, absl::UTCTimeZone()), "\n");
}

std::string BirdText(const BirdReport& bird, const absl::StatusOr<BirdStatus>& status, absl::Time now) {
  if (!bird.expected) return absl::StrCat("does not run here: ", status.status().message());
  if (!status.ok()) return absl::StrCat("cannot be asked: ", status.status().message());
  std::string text = absl::StrCat(status->version, ", router id ", status->router_id);
  if (bird.started) absl::StrAppend(&text, ", up ", AgeText(now - *bird.started));
  if (status->phase == BirdPhase::kReconfiguring) absl::StrAppend(&text, ", is reading its configuration");
  if (status->phase == BirdPhase::kShuttingDown) absl::StrAppend(&text, ", is shutting down");
  if (status->recovery)
    absl::StrAppend(&text, ", recovers from a restart: no route reaches the kernel before the ",
                    status->recovery->pending_protocols, " still awaited have recovered, or ",
                    AgeText(status->recovery->wait_remaining), " have passed");
  return text;
}

std::string Birds(const Report& report, const Painter& paint) {
  constexpr size_t kIndent = 8;
  std::string text = absl::StrCat("\n", paint(Style::kTitle, "BIRD"), "\n");
  for (Family family : kFamilies) {
    const std::string said =
        Printable(BirdText(report.bird(family), report.snapshot->bird(family).status, report.snapshot->taken_at));
    absl::StrAppend(&text, "  ", TitleOf(family), "  ", Wrapped(said, kIndent, kLineWidth).substr(kIndent));
  }
  return text;
}

std::string StateText(const BgpPeer& peer) {
  if (peer.bgp_state_text.empty()) return std::string(ToString(peer.state));
  if (peer.bgp_state == BgpState::kEstablished && !peer.IsUp())
    return absl::StrCat(peer.bgp_state_text, ", ", ToString(peer.state));
  return peer.bgp_state_text;
}

std::vector<std::string> PeerRow(const PeerReport& report, absl::Time now) {
  const BgpPeer& peer = report.peer;
  const bool unnamed = report.diagnosis.cause == PeerCause::kOther;
  return {peer.address ? peer.address->ToString() : peer.name,
          std::string(ToString(peer.kind)),
          StateText(peer),
          report.since ? AgeText(now - *report.since) : "?",
          peer.routes ? absl::StrCat(peer.routes->imported) : "-",
          report.kernel_routes ? absl::StrCat(*report.kernel_routes) : "?",
          unnamed ? report.diagnosis.detail : std::string(ToString(report.diagnosis.cause))};
}

// Those that are not up come first.
std::string Peers(const Report& report, Family family, const Painter& paint) {
  std::vector<const PeerReport*> peers;
  for (const PeerReport& peer : report.peers)
    if (peer.family == family) peers.push_back(&peer);
  if (peers.empty()) return "";
  const auto up =
      std::stable_partition(peers.begin(), peers.end(), [](const PeerReport* peer) { return !peer->peer.IsUp(); });

  std::vector<std::vector<std::string>> rows;
  rows.reserve(peers.size());
  for (const PeerReport* peer : peers) rows.push_back(PeerRow(*peer, report.snapshot->taken_at));
  const std::string title =
      absl::StrCat("BGP peers, ", TitleOf(family), ": ", peers.end() - up, " of ", peers.size(), " up");
  return absl::StrCat("\n", paint(Style::kTitle, title), "\n",
                      AlignedTable({"PEER", "KIND", "STATE", "FOR", ">IMPORTED", ">IN KERNEL", "CAUSE"}, rows));
}

std::string EffectsText(const CheckFinding& found) {
  std::vector<std::string> effects;
  for (const CheckFinding& effect : found.effects)
    effects.push_back(absl::StrCat(effect.check->name, " ", effect.open->finding.subject));
  const size_t left_out = effects.size() > kEffects ? effects.size() - kEffects : 0;
  effects.resize(effects.size() - left_out);
  return absl::StrCat("Follows from it: ", absl::StrJoin(effects, ", "),
                      left_out == 0 ? "" : absl::StrCat(" and ", left_out, " more"));
}

std::string Findings(const Report& report, const Painter& paint) {
  const std::vector<CheckFinding> findings = FindingsByImportance(report);
  if (findings.empty()) return "";
  std::string text = absl::StrCat("\n", paint(Style::kTitle, "Findings"), "\n");
  for (const CheckFinding& found : findings) {
    const Style style = found.check->severity == Severity::kCritical ? Style::kBad : Style::kDoubtful;
    const Finding& finding = found.open->finding;
    absl::StrAppend(&text, "  ", paint(style, absl::AsciiStrToUpper(ToString(found.check->severity))), "  ",
                    found.check->name, "  ", Printable(finding.subject), "\n",
                    Wrapped(Printable(finding.detail), 4, kLineWidth),
                    Wrapped(absl::StrCat("What to do: ", Printable(found.remedy())), 4, kLineWidth),
                    found.effects.empty() ? "" : Wrapped(Printable(EffectsText(found)), 4, kLineWidth));
  }
  return text;
}

std::string Unknowns(const Report& report, const Painter& paint) {
  std::vector<std::vector<std::string>> unread, unjudged;
  for (const SourceReading& reading : report.readings)
    if (!reading.status.ok()) unread.push_back({std::string(reading.name), std::string(reading.status.message())});
  for (const Verdict& verdict : report.verdicts)
    if (verdict.lacks_something())
      unjudged.push_back({std::string(verdict.check->name), std::string(verdict.judged.message())});
  std::string text;
  if (!unread.empty())
    absl::StrAppend(&text, "\n", paint(Style::kTitle, "Could not be read"), "\n",
                    AlignedTable({"SOURCE", "WHY"}, unread));
  if (!unjudged.empty())
    absl::StrAppend(&text, "\n", paint(Style::kTitle, "Checks that cannot judge"), "\n",
                    AlignedTable({"CHECK", "WHY"}, unjudged));
  return text;
}

}  // namespace

std::string ReportText(const Report& report, bool colour) {
  const Painter paint(colour);
  std::string text = absl::StrCat(Headline(report, paint), Birds(report, paint));
  for (Family family : kFamilies) text += Peers(report, family, paint);
  return absl::StrCat(text, Findings(report, paint), Unknowns(report, paint));
}

}  // namespace caliwatch
