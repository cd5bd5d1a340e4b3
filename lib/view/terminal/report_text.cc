// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/report_text.h"

#include <string>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "lib/model/utf8.h"
#include "lib/view/node_words.h"
#include "lib/view/summary.h"
#include "lib/view/terminal/text_layout.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr size_t kLineWidth = 100;
constexpr size_t kNodes = 20;  // of a family

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

Style StyleOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kClean:
      return Style::kGood;
    case Outcome::kFindings:
      return Style::kBad;
    case Outcome::kStarting:
    case Outcome::kCannotJudge:
      break;
  }
  return Style::kDoubtful;
}

std::string Headline(const Report& report, const Summary& summary, const Painter& paint) {
  return absl::StrCat(Printable(NodeText(report)), ": ", paint(StyleOf(summary.outcome), VerdictText(summary)),
                      "\nSeen ", absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", report.taken_at, absl::UTCTimeZone()), "\n");
}

std::string Birds(const Report& report, const Painter& paint) {
  constexpr size_t kIndent = 8;
  const auto line = [](absl::string_view text) { return Wrapped(Printable(text), kIndent, kLineWidth); };
  std::string text = absl::StrCat("\n", paint(Style::kTitle, "BIRD"), "\n");
  if (const std::string none = NoBirdText(report); !none.empty())
    return absl::StrCat(text, Wrapped(Printable(none), 2, kLineWidth));
  for (Family family : kFamilies) {
    const std::string episode = EpisodeText(report.birds[family].convergence);
    absl::StrAppend(&text, "  ", TitleOf(family), "  ", line(BirdText(report, family)).substr(kIndent),
                    episode.empty() ? "" : paint(Style::kDoubtful, line(episode)));
  }
  return text;
}

std::string Felix(const Report& report, const Painter& paint) {
  const std::string text = FelixText(report);
  if (text.empty()) return "";
  return absl::StrCat("\n", paint(Style::kTitle, "Felix"), "\n", Wrapped(Printable(text), 2, kLineWidth));
}

std::string Peers(const Report& report, Family family, const Painter& paint) {
  const std::vector<const PeerReport*> peers = PeersByImportance(report, family);
  if (peers.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  rows.reserve(peers.size());
  for (const PeerReport* peer : peers) rows.push_back(PeerCells(*peer, report.taken_at));
  return absl::StrCat("\n", paint(Style::kTitle, PeersTitle(report, peers, family)), "\n",
                      AlignedTable(kPeerHeads, rows));
}

std::string NodesOf(const Report& report, Family family, const Painter& paint) {
  const std::vector<const RemoteNode*> nodes = NodesByImportance(report, family);
  if (nodes.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  rows.reserve(kNodes);
  for (size_t i = 0; i < nodes.size() && i < kNodes; ++i) rows.push_back(NodeCells(*nodes[i]));
  const std::string left_out = NodesLeftOutText(nodes, kNodes);
  return absl::StrCat("\n", paint(Style::kTitle, NodesTitle(nodes, family)), "\n", AlignedTable(kNodeHeads, rows),
                      left_out.empty() ? "" : absl::StrCat("  ", left_out, "\n"));
}

std::string Nodes(const Report& report, const Painter& paint) {
  if (const absl::Status& status = report.remote_nodes.status(); !status.ok())
    return absl::StrCat("\n", paint(Style::kTitle, "Other nodes"), "\n",
                        Wrapped(Printable(absl::StrCat("unknown: ", status.message())), 2, kLineWidth));
  std::string text;
  for (const Family family : kFamilies) text += NodesOf(report, family, paint);
  return text;
}

std::string GroupText(const FindingGroup& group, absl::Time now, const Painter& paint) {
  const auto line = [](absl::string_view text) { return Wrapped(Printable(text), 4, kLineWidth); };
  const Style style = group.check->severity == Severity::kCritical ? Style::kBad : Style::kDoubtful;
  std::string text = absl::StrCat("  ", paint(style, absl::AsciiStrToUpper(ToString(group.check->severity))), "  ",
                                  group.check->name, ": ", group.check->summary, "\n");
  for (const CauseWithEffects* found : group.findings) {
    absl::StrAppend(&text, line(FindingText(*found, now)));
    if (const std::string effects = EffectsText(*found); !effects.empty()) absl::StrAppend(&text, line(effects));
  }
  if (group.unlisted != 0) absl::StrAppend(&text, line(UnlistedText(group)));
  return absl::StrCat(text, line(absl::StrCat("What it breaks: ", group.impact)),
                      line(absl::StrCat("What to do: ", group.remedy)));
}

std::string Findings(const Summary& summary, absl::Time now, const Painter& paint) {
  if (summary.groups.empty()) return "";
  std::string text = absl::StrCat("\n", paint(Style::kTitle, "Findings"), "\n");
  for (const FindingGroup& group : summary.groups) absl::StrAppend(&text, GroupText(group, now, paint));
  return text;
}

std::string Unknowns(const Summary& summary, const Painter& paint) {
  std::vector<std::vector<std::string>> unread, unjudged;
  for (const SourceStatus* reading : summary.unread)
    unread.push_back({std::string(reading->name), std::string(reading->status.message())});
  for (const Verdict* verdict : summary.unjudged)
    unjudged.push_back({std::string(verdict->check->name), std::string(verdict->judged.message())});
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
  const Summary summary = Summarize(report);
  std::string text = absl::StrCat(Headline(report, summary, paint), Findings(summary, report.taken_at, paint),
                                  Birds(report, paint), Felix(report, paint));
  for (Family family : kFamilies) text += Peers(report, family, paint);
  return absl::StrCat(text, Nodes(report, paint), Unknowns(summary, paint));
}

}  // namespace caliwatch
