// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/state/state_json.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace caliwatch {
namespace {

using Json = nlohmann::json;

template <class Key>
Json MomentsJson(const std::map<Key, BootTime>& moments, std::string (*name)(const Key&)) {
  Json json = Json::object();
  for (const auto& [key, at] : moments) json[name(key)] = JsonOf(at);
  return json;
}

std::string NameOf(const std::string& protocol) { return protocol; }
std::string NameOf(const Prefix& prefix) { return prefix.ToString(); }

Json GapJson(const RouteGap& gap) {
  return {{"longest", JsonOf(gap.longest)}, {"prefix_time", JsonOf(gap.prefix_time)}};
}
RouteGap GapFrom(const Json& json) { return {DurationFrom(json.at("longest")), DurationFrom(json.at("prefix_time"))}; }

constexpr int64_t kMostCount = int64_t{1} << 53;  // what a double, as Prometheus has it, holds exactly
constexpr int kMostPolls = 1'000'000'000;
constexpr double kMostSeconds = 1e15;

double SecondsFrom(const Json& json) {
  const double seconds = json.is_number() ? json.get<double>() : -1;
  if (!(seconds >= 0 && seconds <= kMostSeconds)) throw std::invalid_argument("a sum of seconds is out of range");
  return seconds;
}

}  // namespace

int64_t WholeFrom(const Json& json, int64_t least, int64_t most) {
  if (!json.is_number_integer()) throw std::invalid_argument("a number is not whole, or none");
  const bool fits = json.is_number_unsigned() ? json.get<uint64_t>() <= std::numeric_limits<int64_t>::max() : true;
  const int64_t number = fits ? json.get<int64_t>() : 0;
  if (!fits || number < least || number > most) throw std::invalid_argument("a number is out of range");
  return number;
}

// What is written is no more than what is read: one more than the most would lose the whole file.
Json CountJson(uint64_t count) { return std::min<uint64_t>(count, kMostCount); }

uint64_t CountFrom(const Json& json) { return static_cast<uint64_t>(WholeFrom(json, 0, kMostCount)); }

absl::Time TimeFrom(const Json& json) { return absl::UnixEpoch() + DurationFrom(json); }

Json JsonOf(absl::Duration duration) { return absl::ToInt64Nanoseconds(duration); }
absl::Duration DurationFrom(const Json& json) {
  return absl::Nanoseconds(WholeFrom(json, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()));
}

Json JsonOf(const std::optional<absl::Duration>& moment) { return moment ? JsonOf(*moment) : Json(); }
std::optional<absl::Duration> OptionalFrom(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(DurationFrom(json));
}

Prefix PrefixFrom(const std::string& text) {
  absl::StatusOr<Prefix> prefix = Prefix::Parse(text);
  if (!prefix.ok()) throw std::invalid_argument(std::string(prefix.status().message()));
  return *prefix;
}

Json BootTimesJson(const std::deque<BootTime>& moments) {
  Json json = Json::array();
  for (const BootTime moment : moments) json.push_back(JsonOf(moment));
  return json;
}

std::deque<BootTime> BootTimesFrom(const Json& json) {
  std::deque<BootTime> moments;
  for (const Json& moment : json) moments.push_back(DurationFrom(moment));
  return moments;
}

Json JsonOf(const RouteGaps& gaps) {
  Json returned_unannounced = Json::array();
  for (const Prefix& prefix : gaps.returned_unannounced) returned_unannounced.push_back(prefix.ToString());
  return {{"open", MomentsJson<Prefix>(gaps.open, NameOf)},
          {"unheard", returned_unannounced},
          {"closed", GapJson(gaps.closed)},
          {"last_return", JsonOf(gaps.last_return)}};
}

RouteGaps GapsFrom(const Json& json) {
  RouteGaps gaps;
  for (const auto& [prefix, at] : json.at("open").items()) gaps.open[PrefixFrom(prefix)] = DurationFrom(at);
  for (const Json& prefix : json.at("unheard")) gaps.returned_unannounced.insert(PrefixFrom(prefix.get<std::string>()));
  gaps.closed = GapFrom(json.at("closed"));
  gaps.last_return = OptionalFrom(json.at("last_return"));
  return gaps;
}

Json JsonOf(const std::optional<Episode>& of) {
  if (!of) return Json();
  const Episode& episode = *of;
  return {{"start", JsonOf(episode.start)},
          {"last_start", JsonOf(episode.last_start)},
          {"away", JsonOf(episode.away)},
          {"restarts", std::min(episode.restarts, kMostPolls)},
          {"was_recovering", episode.was_recovering},
          {"recovery_end", JsonOf(episode.recovery_end)},
          {"peer_up", MomentsJson<std::string>(episode.peer_up, NameOf)},
          {"polls_held", std::min(episode.polls_held, kMostPolls)},
          {"held_since", JsonOf(episode.held_since)},
          {"waited", MomentsJson<std::string>(episode.waited, NameOf)},
          {"last_look", JsonOf(episode.last_look)}};
}

std::optional<Episode> EpisodeFrom(const Json& json) {
  if (json.is_null()) return std::nullopt;
  Episode episode;
  episode.start = DurationFrom(json.at("start"));
  episode.last_start = DurationFrom(json.at("last_start"));
  episode.away = DurationFrom(json.at("away"));
  episode.restarts = static_cast<int>(WholeFrom(json.at("restarts"), 0, kMostPolls));
  episode.was_recovering = json.at("was_recovering").get<bool>();
  episode.recovery_end = OptionalFrom(json.at("recovery_end"));
  for (const auto& [name, at] : json.at("peer_up").items()) episode.peer_up[name] = DurationFrom(at);
  episode.polls_held = static_cast<int>(WholeFrom(json.at("polls_held"), 0, kMostPolls));
  episode.held_since = OptionalFrom(json.at("held_since"));
  for (const auto& [name, time] : json.at("waited").items()) episode.waited[name] = DurationFrom(time);
  episode.last_look = OptionalFrom(json.at("last_look"));
  return episode;
}

Json JsonOf(const EpisodeSummary& summary) {
  Json phases = Json::object(), blocking = Json::array();
  for (const WaitedFor& peer : summary.blocking_peers) blocking.push_back({peer.protocol, JsonOf(peer.time)});
  for (const auto& [phase, took] : summary.phases) phases[std::string(ToString(phase))] = JsonOf(took);
  return {{"start", JsonOf(summary.start)},
          {"end", JsonOf(summary.end)},
          {"converged", summary.converged},
          {"away", JsonOf(summary.away)},
          {"restarts", std::min(summary.restarts, kMostPolls)},
          {"phases", phases},
          {"blocking_peers", blocking},
          {"gap", GapJson(summary.gap)},
          {"ended_at", absl::ToUnixNanos(summary.ended_at)}};
}

EpisodeSummary SummaryFrom(const Json& json) {
  EpisodeSummary summary;
  summary.start = DurationFrom(json.at("start"));
  summary.end = DurationFrom(json.at("end"));
  summary.converged = json.at("converged").get<bool>();
  summary.away = DurationFrom(json.at("away"));
  summary.restarts = static_cast<int>(WholeFrom(json.at("restarts"), 0, kMostPolls));
  for (const ConvergencePhase phase : kConvergencePhases)
    if (const auto took = json.at("phases").find(std::string(ToString(phase))); took != json.at("phases").end())
      summary.phases[phase] = DurationFrom(*took);
  for (const Json& peer : json.at("blocking_peers"))
    summary.blocking_peers.push_back({peer.at(0).get<std::string>(), DurationFrom(peer.at(1))});
  summary.gap = GapFrom(json.at("gap"));
  summary.ended_at = TimeFrom(json.at("ended_at"));
  return summary;
}

Json JsonOf(const ConvergenceCounts& counts) {
  Json durations = Json::array();
  for (const uint64_t count : counts.durations) durations.push_back(CountJson(count));
  return {{"restarts", CountJson(counts.restarts)},
          {"converged", CountJson(counts.converged)},
          {"incomplete", CountJson(counts.incomplete)},
          {"durations", durations},
          {"duration_sum", std::min(counts.duration_sum, kMostSeconds)}};
}

ConvergenceCounts CountsFrom(const Json& json) {
  ConvergenceCounts counts;
  counts.restarts = CountFrom(json.at("restarts"));
  counts.converged = CountFrom(json.at("converged"));
  counts.incomplete = CountFrom(json.at("incomplete"));
  for (size_t i = 0; i < counts.durations.size(); ++i) counts.durations[i] = CountFrom(json.at("durations").at(i));
  counts.duration_sum = SecondsFrom(json.at("duration_sum"));
  return counts;
}

Json JsonOf(const std::map<std::string, ExpectedPeer>& peers) {
  Json json = Json::object();
  for (const auto& [name, peer] : peers)
    json[name] = {{"routes", peer.routes}, {"session_start", JsonOf(peer.session_start)}};
  return json;
}

}  // namespace caliwatch
