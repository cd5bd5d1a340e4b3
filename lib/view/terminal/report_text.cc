// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/report_text.h"

#include <algorithm>
#include <string>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/model/utf8.h"
#include "lib/view/finding_words.h"
#include "lib/view/node_words.h"
#include "lib/view/summary.h"
#include "lib/view/terminal/text_layout.h"
#include "lib/view/watched_words.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr size_t kLineWidth = 100;
constexpr size_t kNodes = 20;  // of a family

enum class Style { kTitle, kBad, kDoubtful, kGood, kOld };

class Painter {
 public:
  explicit Painter(bool colour) : colour_(colour) {}

  std::string operator()(Style style, absl::string_view text) const {
    if (!colour_) return std::string(text);
    constexpr absl::string_view kCodes[] = {"1", "1;31", "1;33", "1;32", "2"};
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
  const std::string table = AlignedTable(kPeerHeads, rows);
  return absl::StrCat("\n", paint(Style::kTitle, PeersTitle(report, peers, family)), "\n",
                      report.birds[family].read_before() ? paint(Style::kOld, table) : table);
}

std::string NodesOf(const Report& report, Family family, const Painter& paint) {
  const std::vector<const RemoteNode*> nodes = NodesByImportance(report, family);
  if (nodes.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  rows.reserve(kNodes);
  for (size_t i = 0; i < nodes.size() && i < kNodes; ++i) rows.push_back(NodeCells(*nodes[i]));
  const std::string left_out = NodesLeftOutText(nodes, kNodes);
  return absl::StrCat("\n", paint(Style::kTitle, NodesTitle(report, nodes, family)), "\n",
                      AlignedTable(kNodeHeads, rows), left_out.empty() ? "" : absl::StrCat("  ", left_out, "\n"));
}

std::string Nodes(const Report& report, const Painter& paint) {
  if (const absl::Status& status = report.remote_nodes.status(); !status.ok())
    return absl::StrCat("\n", paint(Style::kTitle, "Other nodes"), "\n",
                        Wrapped(Printable(absl::StrCat("unknown: ", status.message())), 2, kLineWidth));
  std::string text;
  for (const Family family : kFamilies) text += NodesOf(report, family, paint);
  return text;
}

std::string Watched(const Report& report, const Painter& paint) {
  const auto& routes = report.watched_routes;
  if (!routes.ok())
    return absl::StrCat("\n", paint(Style::kTitle, "Watched routes"), "\n",
                        Wrapped(Printable(absl::StrCat("unknown: ", routes.status().message())), 2, kLineWidth));
  if (routes->empty()) return "";
  std::vector<std::vector<std::string>> rows;
  rows.reserve(routes->size());
  for (const WatchedRoute& route : *routes) rows.push_back(WatchedCells(route, report.taken_at));
  return absl::StrCat("\n", paint(Style::kTitle, WatchedTitle(*routes)), "\n", AlignedTable(kWatchedHeads, rows));
}

// Each on a line of its own, however long, so that it can be copied; what is behind `#` a shell does not read.
std::string Typed(const std::vector<Command>& commands, const Painter& paint) {
  std::string text, place;
  for (const Command& command : commands) {
    if (const std::string here = PlaceText(command); here != place) {
      place = here;
      absl::StrAppend(&text, "      # ", Printable(place), ":\n");
    }
    absl::StrAppend(&text, "      ", Printable(command.line),
                    command.changes ? absl::StrCat("  ", paint(Style::kDoubtful, "# changes something")) : "", "\n");
  }
  return text;
}

// Names of those that are not told one by one.
std::string OthersText(const FindingGroup& group) {
  constexpr size_t kNamed = 20;
  const size_t told = ToldAtOnce(group);
  std::vector<std::string> names;
  for (size_t i = told; i < std::min(group.findings.size(), told + kNamed); ++i)
    names.push_back(group.findings[i]->open->subject);
  if (names.empty()) return "";
  const size_t more = group.findings.size() - told - names.size();
  return absl::StrCat("The same: ", absl::StrJoin(names, ", "), more == 0 ? "" : absl::StrCat(" and ", more, " more"));
}

std::string GroupText(const FindingGroup& group, absl::Time now, const Painter& paint) {
  const auto line = [](absl::string_view text) { return Wrapped(Printable(text), 4, kLineWidth); };
  const Style style = group.check->severity == Severity::kCritical ? Style::kBad : Style::kDoubtful;
  const std::string severity = absl::AsciiStrToUpper(ToString(group.check->severity));
  const size_t indent = severity.size() + 4;
  const std::string headline = absl::StrCat(Printable(HeadlineText(group)), "  [", group.check->name, "]");
  std::string text =
      absl::StrCat("  ", paint(style, severity), "  ", Wrapped(headline, indent, kLineWidth).substr(indent));
  for (size_t i = 0; i < ToldAtOnce(group); ++i) {
    absl::StrAppend(&text, line(FindingText(*group.findings[i], now)));
    if (const std::string effects = EffectsText(*group.findings[i]); !effects.empty())
      absl::StrAppend(&text, line(effects));
  }
  if (const std::string others = OthersText(group); !others.empty()) absl::StrAppend(&text, line(others));
  if (group.unlisted != 0) absl::StrAppend(&text, line(UnlistedText(group)));
  return absl::StrCat(text, line(absl::StrCat("What it breaks: ", group.impact())),
                      line(absl::StrCat("What to do: ", group.remedy)), Typed(CommandsOf(group), paint));
}

std::string Findings(const Summary& summary, absl::Time now, const Painter& paint) {
  if (summary.groups.empty()) return "";
  std::string text = absl::StrCat("\n", paint(Style::kTitle, "Findings"), "\n");
  for (const FindingGroup& group : summary.groups) absl::StrAppend(&text, GroupText(group, now, paint));
  return text;
}

std::string Unknowns(const Summary& summary, const Painter& paint) {
  std::vector<std::vector<std::string>> unread;
  for (const SourceStatus* reading : summary.unread)
    unread.push_back({std::string(reading->name), std::string(reading->status.message())});
  std::string text;
  if (!unread.empty())
    absl::StrAppend(&text, "\n", paint(Style::kTitle, "Could not be read"), "\n",
                    AlignedTable({"SOURCE", "WHY"}, unread));
  if (!summary.unjudged.empty()) absl::StrAppend(&text, "\n", paint(Style::kTitle, "Checks that cannot judge"), "\n");
  for (const WaitingChecks& waiting : WaitingByReason(summary))
    absl::StrAppend(&text, Wrapped(Printable(WaitingText(waiting)), 2, kLineWidth),
                    Wrapped(absl::StrJoin(waiting.checks, ", "), 4, kLineWidth));
  return text;
}

}  // namespace

std::string ReportText(const Report& report, bool colour) {
  const Painter paint(colour);
  const Summary summary = Summarize(report);
  std::string text = absl::StrCat(Headline(report, summary, paint), Findings(summary, report.taken_at, paint),
                                  Birds(report, paint), Felix(report, paint));
  for (Family family : kFamilies) text += Peers(report, family, paint);
  return absl::StrCat(text, Nodes(report, paint), Watched(report, paint), Unknowns(summary, paint));
}

}  // namespace caliwatch
