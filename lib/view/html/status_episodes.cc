// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_episodes.h"

#include <algorithm>
#include <array>
#include <vector>

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

std::string Rect(ConvergencePhase phase, double x, double width) {
  return absl::StrFormat("<rect class=\"%s\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"10\"/>", ToString(phase), x,
                         width);
}

// The words beside it say the same.
std::string Bar(absl::string_view rects) {
  return absl::StrCat("<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
                      rects, "</svg>\n");
}

std::string PastBar(const EpisodeSummary& summary, absl::Duration scale) {
  std::string rects;
  double x = 0;
  for (const Part& part : kParts) {
    const double width = 1000 * absl::FDivDuration(Took(summary, part.phase), scale);
    absl::StrAppend(&rects, Rect(part.phase, x, width));
    x += width;
  }
  return Bar(rects);
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

// "12:00:03 UTC, IPv4: all back after 1.8 s".
std::string LineHtml(const PastEpisode& episode, absl::Time now) {
  const EpisodeSummary& summary = *episode.summary;
  return absl::StrCat(HtmlTime(summary.ended_at, now), ", ", TitleOf(episode.family), ": ",
                      summary.converged ? "all back after " : "<span class=\"critical\">given up</span> after ",
                      SecondsText(summary.duration()));
}

std::string EpisodeHtml(const PastEpisode& episode, absl::Duration scale, absl::Time now) {
  const EpisodeSummary& summary = *episode.summary;
  std::string html = absl::StrCat("<p class=\"quiet\">", LineHtml(episode, now));
  if (summary.gap.longest > absl::ZeroDuration())
    absl::StrAppend(&html, "; the kernel lacked a route for up to ", SecondsText(summary.gap.longest));
  if (!summary.blocking_peers.empty()) absl::StrAppend(&html, "; waited for ", Html(WaitsText(summary.blocking_peers)));
  html += "</p>\n";
  if (LengthOf(summary) <= kWorthABar) return html;
  return absl::StrCat(html, PastBar(summary, scale), "<p class=\"quiet\">", PhasesText(summary), "</p>\n");
}

// Of how long it may take, where BIRD says that.
std::string RunningHtml(const Report& report, Family family, absl::Duration scale) {
  const ConvergenceReport& convergence = report.birds[family].convergence;
  const std::string now = EpisodeText(convergence);
  if (now.empty()) return "";
  const auto& status = report.birds[family].status;
  if (status.ok() && status->recovery) scale = std::max(scale, status->recovery->wait_total);
  scale = std::max(scale, convergence.elapsed);
  return absl::StrCat("<p class=\"critical\"><strong>", TitleOf(family), ":</strong> ", Html(now), "</p>\n",
                      Bar(Rect(convergence.phase, 0, 1000 * absl::FDivDuration(convergence.elapsed, scale))));
}

// How many of these, the newest, are of one restart: both families' BIRDs restart together.
size_t NewestOf(const std::vector<PastEpisode>& episodes) {
  constexpr absl::Duration kTogether = absl::Seconds(10);
  if (episodes.size() < 2 || episodes[0].family == episodes[1].family) return std::min<size_t>(episodes.size(), 1);
  const auto began = [&](size_t i) { return episodes[i].summary->ended_at - LengthOf(*episodes[i].summary); };
  return absl::AbsDuration(began(0) - began(1)) <= kTogether ? 2 : 1;
}

}  // namespace

std::string RestartsHtml(const Report& report) {
  if (std::none_of(report.birds.begin(), report.birds.end(), [](const BirdReport& bird) { return bird.expected; }))
    return "";
  const std::vector<PastEpisode> episodes = NewestFirst(report);
  absl::Duration scale = absl::Milliseconds(1);
  for (const PastEpisode& episode : episodes) scale = std::max(scale, LengthOf(*episode.summary));
  std::string running, shown, folded;
  for (const Family family : kFamilies) running += RunningHtml(report, family, scale);
  const size_t newest = NewestOf(episodes);
  for (size_t i = 0; i < episodes.size(); ++i)
    absl::StrAppend(i < newest ? &shown : &folded, EpisodeHtml(episodes[i], scale, report.taken_at));
  if (running.empty() && shown.empty()) return "<p class=\"quiet\">None since the agent knows this node.</p>\n";
  if (folded.empty()) return running + shown;
  return absl::StrCat(running, shown,
                      HtmlDetails("restarts-before", absl::StrCat(episodes.size() - newest, " before"), folded));
}

}  // namespace caliwatch
