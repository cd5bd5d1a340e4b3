// SPDX-License-Identifier: Apache-2.0
// Every recording, compared column by column with what was written down from its text in
// test/recordings/bird/expected_….txt.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/decode/bird_answers.h"
#include "test/support/bird_recordings.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

using Columns = std::vector<std::string>;

std::string Seconds(absl::Duration duration) {
  std::string text = std::to_string(absl::ToDoubleSeconds(duration));  // with six decimals
  text.erase(text.find_last_not_of('0') + 1);
  return text.back() == '.' ? text.substr(0, text.size() - 1) : text;
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }
std::string Age(const std::optional<absl::Duration>& age) { return age ? Seconds(*age) : "-"; }
std::string Number(const std::optional<uint32_t>& number) { return number ? absl::StrCat(*number) : "-"; }
std::string Address(const std::optional<IpAddress>& address) { return address ? address->ToString() : "-"; }

std::string AgeWithResolution(const BirdProtocol& protocol) {
  if (!protocol.age || protocol.age_resolution == absl::Seconds(1)) return Age(protocol.age);
  return absl::StrCat(Age(protocol.age), protocol.age_resolution == absl::Hours(24) ? "/day" : "/min");
}

std::string Recovery(RecoveryRole role) {
  if (role == RecoveryRole::kNone) return "-";
  return role == RecoveryRole::kPending ? "pending" : "waiting";
}

std::string Routes(const std::optional<RouteCounts>& routes) {
  if (!routes) return "-";
  return absl::StrJoin({routes->imported, routes->filtered, routes->exported, routes->preferred}, "/");
}

std::string Error(const PeerError& error) {
  switch (error.error_class) {
    case PeerErrorClass::kNone:
      return OrDash(error.text);
    case PeerErrorClass::kMiscellaneous:
      return "Error: " + error.text;
    case PeerErrorClass::kSocket:
      return "Socket: " + error.text;
    case PeerErrorClass::kReceived:
      return "Received: " + error.text;
    case PeerErrorClass::kBgp:
      return "BGP Error: " + error.text;
    case PeerErrorClass::kAutomaticShutdown:
      return "Automatic shutdown: " + error.text;
  }
  return "?";
}

std::string Timers(const BgpPeer& peer) {
  Columns timers;
  for (const auto& [name, timer] :
       {std::pair{"hold", peer.hold_timer}, std::pair{"keepalive", peer.keepalive_timer},
        std::pair{"error wait", peer.error_wait}, std::pair{"connect delay", peer.connect_delay}})
    if (timer) timers.push_back(absl::StrCat(name, " ", Seconds(timer->remaining), "/", Seconds(timer->total)));
  if (peer.restart_remaining) timers.push_back(absl::StrCat("restart ", Seconds(*peer.restart_remaining)));
  return OrDash(absl::StrJoin(timers, ", "));
}

Columns ColumnsOf(const BgpPeer& peer) {
  return {peer.name,
          std::string(ToString(peer.kind)),
          Address(peer.address),
          std::string(ToString(peer.state)),
          AgeWithResolution(peer),
          OrDash(peer.bgp_state_text),
          Recovery(peer.recovery),
          Routes(peer.routes),
          Error(peer.error),
          Error(peer.last_error),
          peer.helper_active ? "helper" : "-",
          Timers(peer),
          Number(peer.remote_as),
          Number(peer.local_as),
          Address(peer.source_address)};
}

Columns ColumnsOf(const BirdProtocol& protocol) {
  return {protocol.name,
          "-",
          "-",
          std::string(ToString(protocol.state)),
          AgeWithResolution(protocol),
          "-",
          Recovery(protocol.recovery),
          Routes(protocol.routes),
          "-",
          "-",
          "-",
          "-",
          "-",
          "-",
          "-"};
}

std::vector<Columns> ColumnsOf(const BirdProtocols& protocols) {
  std::vector<Columns> rows;
  for (const BirdProtocol& protocol : protocols.others)
    if (protocol.name == "kernel1") rows.push_back(ColumnsOf(protocol));
  for (const BgpPeer& peer : protocols.peers) rows.push_back(ColumnsOf(peer));
  return rows;
}

Columns ColumnsOf(const std::string& recording, const BirdStatus& status) {
  std::string recovery = "-";
  if (status.recovery)
    recovery = absl::StrCat(status.recovery->pending_protocols, " ", Seconds(status.recovery->wait_remaining), "/",
                            Seconds(status.recovery->wait_total));
  return {recording,
          status.version,
          status.router_id,
          status.phase == BirdPhase::kRunning ? "running" : "other",
          Age(status.uptime),
          Age(status.since_reconfiguration),
          recovery};
}

std::string Type(BirdRouteType type) {
  switch (type) {
    case BirdRouteType::kUnicast:
      return "unicast";
    case BirdRouteType::kBlackhole:
      return "blackhole";
    case BirdRouteType::kUnreachable:
      return "unreachable";
    case BirdRouteType::kProhibit:
      return "prohibit";
  }
  return "?";
}

Columns ColumnsOf(const BirdRoute& route) {
  Columns next_hops;
  for (const BirdNextHop& next_hop : route.next_hops)
    next_hops.push_back(next_hop.gateway
                            ? absl::StrCat("via ", next_hop.gateway->ToString(), " on ", next_hop.interface)
                            : "dev " + next_hop.interface);
  const std::string mark = route.best ? "*" : "-";
  return {route.destination.ToString(),
          Type(route.type),
          OrDash(absl::StrJoin(next_hops, ", ")),
          route.protocol,
          route.kernel_refused ? "!" : mark,
          Address(route.learned_from),
          Age(route.age)};
}

TEST_CASE("each recorded status reads as its text says") {
  std::vector<Columns> seen;
  for (const std::string& recording : BirdRecordingsOf("__show_status"))
    seen.push_back(ColumnsOf(recording, BirdStatusFrom(ReadBirdRecording(recording)).value()));
  CHECK(seen == ReadExpectedRows("expected_status.txt").at(0).rows);
}

TEST_CASE("each recorded peer reads as its text says") {
  for (const ExpectedRows& expected : ReadExpectedRows("expected_peers.txt")) {
    INFO(expected.recording);
    const auto protocols = BirdProtocolsFrom(ReadBirdRecording(expected.recording), ClockFrom(expected.clock));
    REQUIRE(protocols.ok());
    CHECK(ColumnsOf(*protocols) == expected.rows);
  }
}

TEST_CASE("each recorded route reads as its text says") {
  for (const ExpectedRows& expected : ReadExpectedRows("expected_routes.txt")) {
    INFO(expected.recording);
    const auto routes = BirdRoutesFrom(ReadBirdRecording(expected.recording), ClockFrom(expected.clock));
    REQUIRE(routes.ok());
    std::vector<Columns> seen;
    for (const BirdRoute& route : *routes) seen.push_back(ColumnsOf(route));
    CHECK(seen == expected.rows);
  }
}

TEST_CASE("no recording is left out of what was written down") {
  const auto missing = [](const std::string& file, std::vector<std::string> recordings) {
    for (const ExpectedRows& expected : ReadExpectedRows(file)) std::erase(recordings, expected.recording);
    return recordings;
  };
  CHECK(missing("expected_routes.txt", BirdRecordingsOf("__show_route.txt")).empty());
  CHECK(missing("expected_peers.txt", BirdRecordingsOf("__show_protocols_all.txt")).empty());
}

}  // namespace
}  // namespace caliwatch
