// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_episodes.h"

#include <algorithm>
#include <array>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include "lib/view/html/html.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr size_t kShown = 10;

struct PastEpisode {
  Family family;
  const EpisodeSummary* summary;
};

std::vector<PastEpisode> NewestFirst(const Report& report) {
  std::vector<PastEpisode> episodes;
  for (const Family family : kFamilies)
    for (const EpisodeSummary& summary : report.birds[family].convergence.past) episodes.push_back({family, &summary});
  std::stable_sort(episodes.begin(), episodes.end(), [](const PastEpisode& a, const PastEpisode& b) {
    return a.summary->ended_at > b.summary->ended_at;
  });
  if (episodes.size() > kShown) episodes.resize(kShown);
  return episodes;
}

absl::Duration LengthOf(const EpisodeSummary& summary) {
  absl::Duration length;
  for (const auto& [phase, took] : summary.phases) length += took;
  return length;
}

struct Part {
  ConvergencePhase phase;
  absl::string_view words;
};
constexpr std::array<Part, 4> kParts = {{{ConvergencePhase::kBirdDown, "without BIRD"},
                                         {ConvergencePhase::kGracefulRestart, "graceful restart"},
                                         {ConvergencePhase::kPeers, "sessions"},
                                         {ConvergencePhase::kProgramming, "kernel's routes"}}};

absl::Duration Took(const EpisodeSummary& summary, ConvergencePhase phase) {
  const auto took = summary.phases.find(phase);
  return took == summary.phases.end() ? absl::ZeroDuration() : took->second;
}

// A bar on a scale that all of them share; the words below it say the same.
std::string Bar(const EpisodeSummary& summary, absl::Duration scale) {
  std::string html = "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">";
  double x = 0;
  for (const Part& part : kParts) {
    const double width = 1000 * absl::FDivDuration(Took(summary, part.phase), scale);
    absl::StrAppendFormat(&html, "<rect class=\"%s\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"10\"/>",
                          ToString(part.phase), x, width);
    x += width;
  }
  return html + "</svg>\n";
}

std::string PhasesText(const EpisodeSummary& summary) {
  std::vector<std::string> phases;
  for (const Part& part : kParts)
    if (Took(summary, part.phase) >= absl::Milliseconds(50))
      phases.push_back(absl::StrCat("<span class=\"", ToString(part.phase), "\">■</span> ", part.words, " ",
                                    SecondsText(Took(summary, part.phase))));
  return absl::StrJoin(phases, ", ");
}

std::string WaitsText(const std::vector<WaitedFor>& waits) {
  return absl::StrJoin(waits, ", ", [](std::string* text, const WaitedFor& peer) {
    absl::StrAppend(text, peer.protocol, " (", SecondsText(peer.time), ")");
  });
}

std::string EpisodeHtml(const PastEpisode& episode, absl::Duration scale, absl::Time now) {
  const EpisodeSummary& summary = *episode.summary;
  std::string html = absl::StrCat(
      "<article><p>", HtmlTime(summary.ended_at, now), ", ", TitleOf(episode.family), ": ",
      summary.converged ? "all back after " : "<span class=\"critical\">given up</span> after ",
      SecondsText(summary.duration()), "</p>\n", Bar(summary, scale), "<p class=\"quiet\">", PhasesText(summary));
  if (summary.gap.longest > absl::ZeroDuration())
    absl::StrAppend(&html, "; the kernel lacked a route for up to ", SecondsText(summary.gap.longest));
  if (!summary.blocking_peers.empty()) absl::StrAppend(&html, "; waited for ", Html(WaitsText(summary.blocking_peers)));
  return html + "</p></article>\n";
}

}  // namespace

std::string EpisodesHtml(const Report& report) {
  std::string html;
  for (const Family family : kFamilies)
    if (const std::string now = EpisodeText(report.birds[family].convergence); !now.empty())
      absl::StrAppend(&html, "<p class=\"critical\"><strong>", TitleOf(family), ":</strong> ", Html(now), "</p>\n");
  const std::vector<PastEpisode> episodes = NewestFirst(report);
  absl::Duration scale = absl::Milliseconds(1);
  for (const PastEpisode& episode : episodes) scale = std::max(scale, LengthOf(*episode.summary));
  for (const PastEpisode& episode : episodes) absl::StrAppend(&html, EpisodeHtml(episode, scale, report.taken_at));
  if (html.empty() &&
      std::none_of(report.birds.begin(), report.birds.end(), [](const BirdReport& bird) { return bird.expected; }))
    return "";
  if (html.empty()) html = "<p class=\"quiet\">BIRD has not restarted since the agent knows it.</p>\n";
  return HtmlSection("restarts", "After restarts of BIRD", html);
}

}  // namespace caliwatch
