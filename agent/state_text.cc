// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <nlohmann/json.hpp>

#include "agent/state_file.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

// Moments and durations are whole nanoseconds.
Json JsonOf(absl::Duration duration) { return absl::ToInt64Nanoseconds(duration); }
absl::Duration DurationFrom(const Json& json) { return absl::Nanoseconds(json.get<int64_t>()); }

Json JsonOf(const Episode& episode);
Json JsonOf(const EpisodeSummary& summary);

template <class Value>
Json JsonOf(const std::optional<Value>& value) {
  return value ? JsonOf(*value) : Json();
}
std::optional<absl::Duration> OptionalFrom(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(DurationFrom(json));
}

template <class Key>
Json JsonOf(const std::map<Key, BootTime>& moments, std::string (*name)(const Key&)) {
  Json json = Json::object();
  for (const auto& [key, at] : moments) json[name(key)] = JsonOf(at);
  return json;
}

std::string NameOf(const std::string& protocol) { return protocol; }
std::string NameOf(const Prefix& prefix) { return prefix.ToString(); }

Prefix PrefixFrom(const std::string& text) {
  absl::StatusOr<Prefix> prefix = Prefix::Parse(text);
  if (!prefix.ok()) throw std::invalid_argument(std::string(prefix.status().message()));
  return *prefix;
}

Json JsonOf(const RouteGap& gap) {
  return {{"longest", JsonOf(gap.longest)}, {"prefix_time", JsonOf(gap.prefix_time)}};
}
RouteGap GapFrom(const Json& json) { return {DurationFrom(json.at("longest")), DurationFrom(json.at("prefix_time"))}; }

Json JsonOf(const RouteGaps& gaps) {
  Json unheard = Json::array();
  for (const Prefix& prefix : gaps.unheard) unheard.push_back(prefix.ToString());
  return {{"open", JsonOf<Prefix>(gaps.open, NameOf)},
          {"unheard", unheard},
          {"closed", JsonOf(gaps.closed)},
          {"last_return", JsonOf(gaps.last_return)}};
}

RouteGaps GapsFrom(const Json& json) {
  RouteGaps gaps;
  for (const auto& [prefix, at] : json.at("open").items()) gaps.open[PrefixFrom(prefix)] = DurationFrom(at);
  for (const Json& prefix : json.at("unheard")) gaps.unheard.insert(PrefixFrom(prefix.get<std::string>()));
  gaps.closed = GapFrom(json.at("closed"));
  gaps.last_return = OptionalFrom(json.at("last_return"));
  return gaps;
}

Json JsonOf(const Episode& episode) {
  return {{"start", JsonOf(episode.start)},
          {"last_start", JsonOf(episode.last_start)},
          {"away", JsonOf(episode.away)},
          {"restarts", episode.restarts},
          {"was_recovering", episode.was_recovering},
          {"recovery_end", JsonOf(episode.recovery_end)},
          {"peer_up", JsonOf<std::string>(episode.peer_up, NameOf)},
          {"polls_held", episode.polls_held},
          {"held_since", JsonOf(episode.held_since)}};
}

Episode EpisodeFrom(const Json& json) {
  Episode episode;
  episode.start = DurationFrom(json.at("start"));
  episode.last_start = DurationFrom(json.at("last_start"));
  episode.away = DurationFrom(json.at("away"));
  episode.restarts = json.at("restarts").get<int>();
  episode.was_recovering = json.at("was_recovering").get<bool>();
  episode.recovery_end = OptionalFrom(json.at("recovery_end"));
  for (const auto& [name, at] : json.at("peer_up").items()) episode.peer_up[name] = DurationFrom(at);
  episode.polls_held = json.at("polls_held").get<int>();
  episode.held_since = OptionalFrom(json.at("held_since"));
  return episode;
}

Json JsonOf(const EpisodeSummary& summary) {
  Json phases = Json::object();
  for (const auto& [phase, took] : summary.phases) phases[std::string(ToString(phase))] = JsonOf(took);
  return {{"start", JsonOf(summary.start)},
          {"end", JsonOf(summary.end)},
          {"converged", summary.converged},
          {"away", JsonOf(summary.away)},
          {"restarts", summary.restarts},
          {"phases", phases},
          {"blocking_peers", summary.blocking_peers},
          {"gap", JsonOf(summary.gap)}};
}

EpisodeSummary SummaryFrom(const Json& json) {
  EpisodeSummary summary;
  summary.start = DurationFrom(json.at("start"));
  summary.end = DurationFrom(json.at("end"));
  summary.converged = json.at("converged").get<bool>();
  summary.away = DurationFrom(json.at("away"));
  summary.restarts = json.at("restarts").get<int>();
  for (const ConvergencePhase phase : kConvergencePhases)
    if (const auto took = json.at("phases").find(std::string(ToString(phase))); took != json.at("phases").end())
      summary.phases[phase] = DurationFrom(*took);
  summary.blocking_peers = json.at("blocking_peers").get<std::vector<std::string>>();
  summary.gap = GapFrom(json.at("gap"));
  return summary;
}

Json JsonOf(const ConvergenceCounts& counts) {
  return {{"restarts", counts.restarts},
          {"converged", counts.converged},
          {"incomplete", counts.incomplete},
          {"durations", counts.durations},
          {"duration_sum", counts.duration_sum}};
}

ConvergenceCounts CountsFrom(const Json& json) {
  ConvergenceCounts counts;
  counts.restarts = json.at("restarts").get<uint64_t>();
  counts.converged = json.at("converged").get<uint64_t>();
  counts.incomplete = json.at("incomplete").get<uint64_t>();
  counts.durations = json.at("durations").get<decltype(counts.durations)>();
  counts.duration_sum = json.at("duration_sum").get<double>();
  return counts;
}

Json JsonOf(const std::map<std::string, ExpectedPeer>& peers) {
  Json json = Json::object();
  for (const auto& [name, peer] : peers) json[name] = {{"routes", peer.routes}, {"session_start", JsonOf(peer.session_start)}};
  return json;
}

// All of one family but its expected routes.
Json JsonOf(const ConvergenceState& state) {
  Json identity;
  if (state.identity)
    identity = {{"socket", absl::ToUnixNanos(state.identity->socket_created)}, {"pid", state.identity->pid}};
  return {{"known", state.known},
          {"felix_routes", state.expected.felix_routes},
          {"peers", JsonOf(state.expected.peers)},
          {"identity", identity},
          {"bird_start", JsonOf(state.bird_start)},
          {"bird_gone", JsonOf(state.bird_gone)},
          {"episode", JsonOf(state.episode)},
          {"gaps", JsonOf(state.gaps)},
          {"counts", JsonOf(state.counts)},
          {"last", JsonOf(state.last)}};
}

// What the clock of this boot gives a meaning.
void MomentsFrom(const Json& json, ConvergenceState& state) {
  if (const Json& identity = json.at("identity"); !identity.is_null())
    state.identity = {absl::FromUnixNanos(identity.at("socket").get<int64_t>()), identity.at("pid").get<int>()};
  state.bird_start = OptionalFrom(json.at("bird_start"));
  state.bird_gone = OptionalFrom(json.at("bird_gone"));
  if (!json.at("episode").is_null()) state.episode = EpisodeFrom(json.at("episode"));
  state.gaps = GapsFrom(json.at("gaps"));
}

ConvergenceState StateFrom(const Json& json, bool same_boot) {
  ConvergenceState state;
  state.known = json.at("known").get<bool>();
  state.expected.felix_routes = json.at("felix_routes").get<bool>();
  for (const auto& [name, peer] : json.at("peers").items()) {
    ExpectedPeer& expected = state.expected.peers[name];
    expected.routes = peer.at("routes").get<uint32_t>();
    if (same_boot) expected.session_start = DurationFrom(peer.at("session_start"));
  }
  if (same_boot) MomentsFrom(json, state);
  state.counts = CountsFrom(json.at("counts"));
  if (!json.at("last").is_null()) state.last = SummaryFrom(json.at("last"));
  return state;
}

Json HeadOf(const Memory& memory, absl::string_view boot_id) {
  Json families = Json::object();
  for (const Family family : kFamilies) {
    const auto index = static_cast<size_t>(family);
    Json& entry = families[std::string(ToString(family))];
    entry = JsonOf(memory.convergence[index]);
    entry["routes"] = memory.convergence[index].expected.routes.size();
    entry["reconfigurations"] = memory.birds[index].reconfigurations;
    entry["config_errors"] = memory.birds[index].config_errors;
    entry["flaps"] = Json::object();
    for (const auto& [key, count] : memory.flaps)
      if (key.first == family) entry["flaps"][key.second] = count;
  }
  return {{"caliwatch_state", kVersion}, {"boot_id", std::string(boot_id)}, {"families", families}};
}

Memory FromHead(const Json& head, absl::string_view boot_id, std::array<size_t, 2>& routes) {
  if (head.at("caliwatch_state").get<int>() != kVersion)
    throw std::invalid_argument(absl::StrCat("its format is ", head.at("caliwatch_state").dump(), ", not ", kVersion));
  const bool same_boot = !boot_id.empty() && head.at("boot_id").get<std::string>() == boot_id;
  Memory memory;
  for (const Family family : kFamilies) {
    const auto index = static_cast<size_t>(family);
    const Json& entry = head.at("families").at(std::string(ToString(family)));
    memory.convergence[index] = StateFrom(entry, same_boot);
    memory.birds[index] = {entry.at("reconfigurations").get<uint64_t>(), entry.at("config_errors").get<uint64_t>()};
    for (const auto& [name, count] : entry.at("flaps").items()) memory.flaps[{family, name}] = count.get<uint64_t>();
    routes[index] = entry.at("routes").get<size_t>();
  }
  return memory;
}

ExpectedRoute RouteFrom(absl::string_view line) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ');
  const auto gateway = words.size() == 2 ? IpAddress::Parse(words[1]) : absl::InvalidArgumentError("no two words");
  if (!gateway.ok()) throw std::invalid_argument(absl::StrCat("'", line.substr(0, 80), "' is no route"));
  return {PrefixFrom(words[0]), *gateway};
}

}  // namespace

std::string StateHead(const Memory& memory, absl::string_view boot_id) {
  // Names of protocols come from BIRD and may be any bytes.
  return absl::StrCat(HeadOf(memory, boot_id).dump(-1, ' ', true, Json::error_handler_t::replace), "\n");
}

std::string StateText(const Memory& memory, absl::string_view boot_id) {
  std::string text = StateHead(memory, boot_id);
  for (const ConvergenceState& state : memory.convergence)
    for (const ExpectedRoute& route : state.expected.routes)
      absl::StrAppend(&text, route.destination.ToString(), " ", route.gateway.ToString(), "\n");
  return text;
}

absl::StatusOr<Memory> MemoryFrom(absl::string_view text, absl::string_view boot_id) {
  int line_number = 0;
  try {
    std::array<size_t, 2> left{};
    Memory memory;
    for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      if (++line_number == 1) {
        memory = FromHead(Json::parse(line.begin(), line.end()), boot_id, left);
        continue;
      }
      const size_t family = left[0] != 0 ? 0 : 1;
      if (left[family]-- == 0) throw std::invalid_argument("it holds more routes than it says");
      memory.convergence[family].expected.routes.push_back(RouteFrom(line));
    }
    if (line_number == 0 || left[0] + left[1] != 0) throw std::invalid_argument("it is cut short");
    return memory;
  } catch (const std::exception& wrong) {
    return absl::InvalidArgumentError(absl::StrCat("line ", line_number, ": ", wrong.what()));
  }
}

}  // namespace caliwatch
