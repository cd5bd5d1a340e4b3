// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/state/state_text.h"

#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <nlohmann/json.hpp>

#include "lib/analysis/state/reach_json.h"
#include "lib/analysis/state/state_json.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 2;
constexpr int kMostVersion = 1'000'000;
constexpr int kMostDepth = 16;                      // of the first line's JSON: a state of ours is 6 deep
constexpr size_t kMostHeadBytes = size_t{8} << 20;  // as JSON it takes ten times as much memory

Json PastJson(const std::deque<EpisodeSummary>& past) {
  Json json = Json::array();
  for (const EpisodeSummary& summary : past) json.push_back(JsonOf(summary));
  return json;
}

// All of one family but its expected routes.
Json StateJson(const ConvergenceState& state) {
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
          {"past", PastJson(state.past)}};
}

// What the clock of this boot gives a meaning.
void MomentsFrom(const Json& json, ConvergenceState& state) {
  if (const Json& identity = json.at("identity"); !identity.is_null())
    state.identity = {TimeFrom(identity.at("socket")),
                      static_cast<int>(WholeFrom(identity.at("pid"), 0, std::numeric_limits<int>::max()))};
  state.bird_start = OptionalFrom(json.at("bird_start"));
  state.bird_gone = OptionalFrom(json.at("bird_gone"));
  state.episode = EpisodeFrom(json.at("episode"));
  state.gaps = GapsFrom(json.at("gaps"));
}

ConvergenceState StateFrom(const Json& json, bool same_boot) {
  ConvergenceState state;
  state.known = json.at("known").get<bool>();
  state.expected.felix_routes = json.at("felix_routes").get<bool>();
  for (const auto& [name, peer] : json.at("peers").items()) {
    ExpectedPeer& expected = state.expected.peers[name];
    expected.routes = static_cast<uint32_t>(WholeFrom(peer.at("routes"), 0, std::numeric_limits<uint32_t>::max()));
    if (same_boot) expected.session_start = DurationFrom(peer.at("session_start"));
  }
  if (same_boot) MomentsFrom(json, state);
  state.counts = CountsFrom(json.at("counts"));
  for (const Json& summary : json.at("past")) state.past.push_back(SummaryFrom(summary));
  return state;
}

Json FindingsJson(const OpenSince& findings) {
  Json json = Json::array();
  for (const auto& [id, since] : findings) json.push_back({id.check, id.subject, absl::ToUnixNanos(since)});
  return json;
}

Json RememberedJson(const RememberedPeers& peers, Family family) {
  Json json = Json::object();
  for (const auto& [key, peer] : peers) {
    if (key.first != family) continue;
    Json& entry = json[key.second];
    entry["recent_flaps"] = Json::array();
    for (const BootTime flap : peer.recent_flaps) entry["recent_flaps"].push_back(JsonOf(flap));
    entry["source"] = peer.source ? Json(peer.source->ToString()) : Json();
    entry["configured"] = JsonOf(peer.configured);
  }
  return json;
}

void RememberedFrom(const Json& json, Family family, RememberedPeers& peers) {
  for (const auto& [name, entry] : json.items()) {
    RememberedPeer& peer = peers[{family, name}];
    for (const Json& flap : entry.at("recent_flaps")) peer.recent_flaps.push_back(DurationFrom(flap));
    if (const Json& source = entry.at("source"); !source.is_null())
      peer.source = PrefixFrom(source.get<std::string>()).address;
    peer.configured = DurationFrom(entry.at("configured"));
  }
}

Json MomentJson(const Moment& moment) { return {JsonOf(moment.up), absl::ToUnixNanos(moment.wall)}; }

Moment MomentFrom(const Json& json) { return {DurationFrom(json.at(0)), TimeFrom(json.at(1))}; }

Json FelixJson(const RememberedFelix& felix) {
  return {{"answered", felix.answered},
          {"state", felix.state ? Json(std::string(ToString(*felix.state))) : Json()},
          {"since", MomentJson(felix.since)},
          {"left", MomentJson(felix.left)},
          {"ends", BootTimesJson(felix.ends.moments())}};
}

RememberedFelix FelixFrom(const Json& json) {
  RememberedFelix felix;
  felix.answered = json.at("answered").get<bool>();
  // Older state files have no more than the wall clock's time, which may have been set since.
  if (const Json& state = json.at("state"); !state.is_null() && json.at("since").is_array()) {
    felix.state = FelixStateFrom(state.get<std::string>());
    const Moment since = MomentFrom(json["since"]), left = MomentFrom(json.at("left"));
    if (felix.state) felix.since = since, felix.left = left;  // of a state that is not known they say nothing
  }
  felix.ends = RecentEnds(BootTimesFrom(json.at("ends")));
  return felix;
}

Json DoubtsJson(const std::optional<EndpointFileHistory::Since>& doubts) {
  if (!doubts) return {};
  Json json = Json::array();
  for (const auto& [interface, since] : *doubts) json.push_back({interface, JsonOf(since)});
  return json;
}

std::optional<EndpointFileHistory::Since> DoubtsFrom(const Json& json) {
  if (json.is_null()) return std::nullopt;
  EndpointFileHistory::Since doubts;
  for (const Json& row : json) doubts[row.at(0).get<std::string>()] = DurationFrom(row.at(1));
  return doubts;
}

Json HeadOf(const PersistentState& state, absl::string_view boot_id) {
  Json families = Json::object();
  for (const Family family : kFamilies) {
    Json& entry = families[std::string(ToString(family))];
    entry = StateJson(state.convergence[family]);
    entry["routes"] = state.convergence[family].expected.routes.size();
    entry["reconfigurations"] = CountJson(state.bird_counts[family].reconfigurations);
    entry["config_errors"] = CountJson(state.bird_counts[family].config_errors);
    entry["flaps_by_kind"] = Json::object();
    for (const auto& [kind, count] : state.bird_counts[family].flaps)
      entry["flaps_by_kind"][std::string(ToString(kind))] = CountJson(count);
    entry["bird_expected"] = state.bird_expected[family];
    entry["recent_restarts"] = BootTimesJson(state.bird_restarts[family].moments());
    entry["remembered_peers"] = RememberedJson(state.peers, family);
    entry["flaps"] = Json::object();
    for (const auto& [key, count] : state.flaps)
      if (key.first == family) entry["flaps"][key.second] = CountJson(count);
  }
  return {{"caliwatch_state", kVersion},
          {"boot_id", std::string(boot_id)},
          {"families", families},
          {"felix", FelixJson(state.felix)},
          {"file_doubts", DoubtsJson(state.file_doubts)},
          {"former_owners", state.former_owners},
          {"unreached", JsonOf(state.unreached)},
          {"findings", FindingsJson(state.findings)}};
}

void FlapsFrom(const Json& json, std::map<PeerKind, uint64_t>& flaps) {
  for (const PeerKind kind : kPeerKinds)
    if (const auto count = json.find(std::string(ToString(kind))); count != json.end()) flaps[kind] = CountFrom(*count);
}

PersistentState FromHead(const Json& head, absl::string_view boot_id, PerFamily<size_t>& routes) {
  if (const int64_t version = WholeFrom(head.at("caliwatch_state"), 0, kMostVersion); version != kVersion)
    throw std::invalid_argument(absl::StrCat("its format is ", version, ", not ", kVersion));
  const bool same_boot = !boot_id.empty() && head.at("boot_id").get<std::string>() == boot_id;
  PersistentState state;
  for (const Family family : kFamilies) {
    const Json& entry = head.at("families").at(std::string(ToString(family)));
    state.convergence[family] = StateFrom(entry, same_boot);
    state.bird_counts[family] = {CountFrom(entry.at("reconfigurations")), CountFrom(entry.at("config_errors"))};
    for (const auto& [name, count] : entry.at("flaps").items()) state.flaps[{family, name}] = CountFrom(count);
    routes[family] = CountFrom(entry.at("routes"));
    // Older state files lack these.
    if (entry.contains("flaps_by_kind")) FlapsFrom(entry["flaps_by_kind"], state.bird_counts[family].flaps);
    if (same_boot && entry.contains("bird_expected")) state.bird_expected[family] = entry["bird_expected"].get<bool>();
    if (same_boot && entry.contains("recent_restarts"))
      state.bird_restarts[family] = RecentEnds(BootTimesFrom(entry["recent_restarts"]));
    if (same_boot && entry.contains("remembered_peers")) RememberedFrom(entry["remembered_peers"], family, state.peers);
  }
  if (same_boot && head.contains("felix")) state.felix = FelixFrom(head["felix"]);
  if (same_boot && head.contains("file_doubts")) state.file_doubts = DoubtsFrom(head["file_doubts"]);
  if (same_boot && head.contains("former_owners"))
    state.former_owners = head["former_owners"].get<OwnerHistory::Former>();
  if (same_boot && head.contains("unreached")) state.unreached = UnreachedNodesFrom(head["unreached"]);
  if (same_boot)  // a reboot ends them all
    for (const Json& row : head.at("findings"))
      state.findings[{row.at(0).get<std::string>(), row.at(1).get<std::string>()}] = TimeFrom(row.at(2));
  return state;
}

Json ParsedHead(absl::string_view line) {
  if (line.size() > kMostHeadBytes)
    throw std::invalid_argument(absl::StrCat("it is longer than ", kMostHeadBytes, " bytes"));
  return Json::parse(line.begin(), line.end(), [](int depth, Json::parse_event_t, Json&) {
    if (depth > kMostDepth) throw std::invalid_argument(absl::StrCat("it is nested deeper than ", kMostDepth));
    return true;
  });
}

ExpectedRoute RouteFrom(absl::string_view line) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ');
  const auto gateway = words.size() == 2 ? IpAddress::Parse(words[1]) : absl::InvalidArgumentError("no two words");
  if (!gateway.ok()) throw std::invalid_argument(absl::StrCat("'", line.substr(0, 80), "' is no route"));
  return {PrefixFrom(words[0]), *gateway};
}

void AddRoute(const ExpectedRoute& route, Family family, std::vector<ExpectedRoute>& routes) {
  if (route.destination.address.family != family || route.gateway.family != family)
    throw std::invalid_argument("a route is among those of the other family");
  // Whoever looks for one goes by their order.
  if (!routes.empty() && !(routes.back() < route)) throw std::invalid_argument("a route is out of order");
  routes.push_back(route);
}

}  // namespace

std::string StateText(const PersistentState& state, absl::string_view boot_id) {
  // Names of protocols come from BIRD and may be any bytes.
  std::string text = absl::StrCat(HeadOf(state, boot_id).dump(-1, ' ', true, Json::error_handler_t::replace), "\n");
  for (const ConvergenceState& family : state.convergence)
    for (const ExpectedRoute& route : family.expected.routes)
      absl::StrAppend(&text, route.destination.ToString(), " ", route.gateway.ToString(), "\n");
  return text;
}

absl::StatusOr<PersistentState> PersistentStateFrom(absl::string_view text, absl::string_view boot_id) {
  int line_number = 0;
  try {
    PerFamily<size_t> left = {};
    PersistentState state;
    for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      if (++line_number == 1) {
        state = FromHead(ParsedHead(line), boot_id, left);
        continue;
      }
      const Family family = left[Family::kIpv4] != 0 ? Family::kIpv4 : Family::kIpv6;
      if (left[family]-- == 0) throw std::invalid_argument("it holds more routes than it says");
      AddRoute(RouteFrom(line), family, state.convergence[family].expected.routes);
    }
    if (line_number == 0 || left != PerFamily<size_t>{} || text.back() != '\n')
      throw std::invalid_argument("it is cut short");
    return state;
  } catch (const std::exception& wrong) {
    return absl::InvalidArgumentError(absl::StrCat("line ", line_number, ": ", wrong.what()));
  }
}

}  // namespace caliwatch
