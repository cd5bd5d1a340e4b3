// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/civil_time.h>

#include "lib/decode/bird_answers.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

const BirdClock kClock{absl::FromCivil(absl::CivilSecond(2026, 11, 20, 23, 28, 31), absl::UTCTimeZone())};
constexpr absl::string_view kHeading = "2002-name     proto    table    state  since       info\n";

absl::StatusOr<BirdProtocols> Parse(absl::string_view rows) {
  return BirdProtocolsFrom(absl::StrCat(kHeading, rows, "0000 \n"), kClock);
}

BgpPeer PeerFrom(absl::string_view rows) {
  const auto protocols = Parse(rows);
  REQUIRE(protocols.ok());
  REQUIRE(protocols->peers.size() == 1);
  return protocols->peers.front();
}

// A peer that is up, with these lines below its row.
BgpPeer PeerWith(absl::string_view details) {
  return PeerFrom(
      absl::StrCat("1002-Mesh_10_39_1_219 BGP      master   up     23:28:25    Established   \n1006-", details));
}

TEST_CASE("a row tells name, type, state and how long it has lasted") {
  const auto protocols = Parse("1002-kernel1  Kernel   master   wait   23:28:23    \n");
  REQUIRE(protocols.ok());
  CHECK(protocols->peers.empty());
  CHECK(protocols->others == std::vector<BirdProtocol>{{.name = "kernel1",
                                                        .type = "Kernel",
                                                        .state = ProtocolState::kWait,
                                                        .since_text = "23:28:23",
                                                        .age = absl::Seconds(8),
                                                        .age_resolution = absl::Seconds(1),
                                                        .recovery = RecoveryRole::kNone,
                                                        .routes = {}}});
}

TEST_CASE("every state that BIRD 1.x and 2.x print is known, and another is unknown") {
  const std::vector<std::pair<std::string, ProtocolState>> states = {
      {"down", ProtocolState::kDown},   {"start", ProtocolState::kStart}, {"wait", ProtocolState::kWait},
      {"feed", ProtocolState::kFeed},   {"up", ProtocolState::kUp},       {"stop", ProtocolState::kStop},
      {"flush", ProtocolState::kFlush}, {"???", ProtocolState::kUnknown}, {"Up", ProtocolState::kUnknown}};
  for (const auto& [word, state] : states)
    CHECK(Parse(absl::StrCat("1002-p1 Pipe master ", word, " 23:28:23  => t2\n"))->others.front().state == state);
}

TEST_CASE("the kind of a peer is in its name") {
  const std::vector<std::pair<std::string, PeerKind>> kinds = {
      {"Mesh_10_0_0_1", PeerKind::kMesh}, {"Global_10_0_0_1_port_180", PeerKind::kGlobal},
      {"Node_10_0_0_1", PeerKind::kNode}, {"Local_Workload_10_65_0_2", PeerKind::kLocalWorkload},
      {"my_router", PeerKind::kOther},    {"Meshed_1", PeerKind::kOther}};
  for (const auto& [name, kind] : kinds)
    CHECK(PeerFrom(absl::StrCat("1002-", name, " BGP master up 23:28:25    Established\n")).kind == kind);
}

TEST_CASE("a since with a blank, and with two, ends where the session's state begins") {
  CHECK(PeerFrom("1002-Mesh_1 BGP --- up     2026-11-20 23:28:25  Established   \n").age == absl::Seconds(6));
  const BgpPeer refused =
      PeerFrom("1002-Mesh_1 BGP --- start  Fri Nov  5 11:12:13  Active        Socket: Connection refused\n");
  CHECK(refused.since_text == "Fri Nov  5 11:12:13");
  CHECK_FALSE(refused.age.has_value());
  CHECK(refused.bgp_state == BgpState::kActive);
  CHECK(refused.error == PeerError{PeerErrorClass::kSocket, "Connection refused"});
}

TEST_CASE("a since in a format of the user's own is kept as text") {
  const BgpPeer peer = PeerFrom("1002-Mesh_1 BGP --- up     1795217585  Established   \n");
  CHECK(peer.since_text == "1795217585");
  CHECK_FALSE(peer.age.has_value());
  CHECK(peer.IsUp());
}

TEST_CASE("a protocol that is down or flushing tells its error alone") {
  const BgpPeer flushing =
      PeerFrom("1002-Mesh_1 BGP        ---        flush  23:28:25.581  BGP Error: Hold timer expired\n");
  CHECK(flushing.state == ProtocolState::kFlush);
  CHECK(flushing.bgp_state_text.empty());
  CHECK(flushing.error == PeerError{PeerErrorClass::kBgp, "Hold timer expired"});
  CHECK(PeerFrom("1002-Mesh_1 BGP master down   23:28:25    Automatic shutdown: Route limit exceeded\n").error ==
        PeerError{PeerErrorClass::kAutomaticShutdown, "Route limit exceeded"});
  CHECK(PeerFrom("1002-Mesh_1 BGP master down   23:28:25    \n").error == PeerError{});
}

TEST_CASE("each class of error is told from its text") {
  const std::vector<std::pair<std::string, PeerError>> errors = {
      {"Error: Neighbor lost", {PeerErrorClass::kMiscellaneous, "Neighbor lost"}},
      {"Socket: Cannot assign requested address", {PeerErrorClass::kSocket, "Cannot assign requested address"}},
      {"Received: Cease", {PeerErrorClass::kReceived, "Cease"}},
      {"BGP Error: Bad peer AS", {PeerErrorClass::kBgp, "Bad peer AS"}},
      {"Automatic shutdown: Route limit exceeded", {PeerErrorClass::kAutomaticShutdown, "Route limit exceeded"}},
      {"of a newer kind", {PeerErrorClass::kMiscellaneous, "of a newer kind"}},
      {"", {PeerErrorClass::kNone, ""}}};
  for (const auto& [text, error] : errors)
    CHECK(PeerFrom(absl::StrCat("1002-Mesh_1 BGP master start  23:28:25    Connect       ", text, "\n")).error ==
          error);
}

TEST_CASE("a session state that is new to us is kept as text") {
  const BgpPeer peer = PeerFrom("1002-Mesh_1 BGP master start  23:28:25    Waiting       \n");
  CHECK(peer.bgp_state == BgpState::kOther);
  CHECK(peer.bgp_state_text == "Waiting");
}

TEST_CASE("an established session of a protocol that waits is not up") {
  CHECK_FALSE(PeerFrom("1002-Mesh_1 BGP master wait   23:28:25    Established   \n").IsUp());
  CHECK(PeerFrom("1002-Mesh_1 BGP master up     23:28:25    Established   \n").IsUp());
}

TEST_CASE("what is no row of protocols is an error that names the line") {
  const absl::Status status = Parse("1002-static1  Static\n").status();
  CHECK(absl::IsInvalidArgument(status));
  CHECK(absl::StrContains(status.message(), "line 2"));
}

TEST_CASE("an answer without heading is not taken for a node without peers") {
  CHECK(absl::IsInvalidArgument(BirdProtocolsFrom("0000 \n", kClock).status()));
  CHECK(absl::IsInvalidArgument(BirdProtocolsFrom("0013 Daemon is up and running\n", kClock).status()));
  CHECK(absl::IsFailedPrecondition(BirdProtocolsFrom("8003 No protocols match\n", kClock).status()));
}

TEST_CASE("log lines in the middle of a peer disturb nothing") {
  const BgpPeer peer = PeerFrom(
      "1002-Mesh_1 BGP master up 23:28:25    Established   \n+Mesh_2: State changed to start\n1006-  BGP state:        "
      "  "
      "Established\n<3 messages lost>\n     Neighbor AS:      64512\n \n");
  CHECK(peer.remote_as == 64512);
}

TEST_CASE("an address may name its interface, and a newer BIRD adds words") {
  CHECK(PeerWith("    Neighbor address: fe80::1%eth0\n").address == IpAddress::Parse("fe80::1").value());
  CHECK(PeerWith("    Neighbor address: 10.39.1.219 onlink\n").address == IpAddress::Parse("10.39.1.219").value());
  CHECK_FALSE(PeerWith("    Neighbor range:   10.39.1.0/24\n").address.has_value());
  CHECK_FALSE(PeerWith("    Neighbor address: nowhere\n").address.has_value());
}

TEST_CASE("a shutdown's reason and a description are kept as their authors gave them") {
  const BgpPeer peer = PeerWith("  Description:    Routes: 9 imported, say: hi\n   Message:        back at 10:30\n");
  CHECK(peer.description == "Routes: 9 imported, say: hi");
  CHECK(peer.message == "back at 10:30");
  CHECK_FALSE(peer.routes.has_value());
}

TEST_CASE("timers are read in whole seconds and in milliseconds, and odd ones are absent") {
  CHECK(PeerWith("    Hold timer:       222/240\n").hold_timer == Timer{absl::Seconds(222), absl::Seconds(240)});
  CHECK(PeerWith("    Keepalive timer:  67.885/80\n").keepalive_timer ==
        Timer{absl::Milliseconds(67885), absl::Seconds(80)});
  CHECK(PeerWith("    Error wait:       4/5\n").error_wait == Timer{absl::Seconds(4), absl::Seconds(5)});
  CHECK(PeerWith("    Connect delay:    0.606/2\n").connect_delay == Timer{absl::Milliseconds(606), absl::Seconds(2)});
  CHECK(PeerWith("    Restart timer:    19.696/-\n").restart_remaining == absl::Milliseconds(19696));
  for (const absl::string_view odd : {"soon", "-1/240", "4", "4/-", "/240", ""})
    CHECK_FALSE(PeerWith(absl::StrCat("    Hold timer:       ", odd, "\n")).hold_timer.has_value());
}

TEST_CASE("routes are counted by their words, whichever are there") {
  CHECK(PeerWith("  Routes:         7 imported, 2 filtered, 5 exported, 3 preferred\n").routes ==
        RouteCounts{7, 2, 5, 3});
  CHECK(PeerWith("  Routes:         7 imported, 5 exported\n").routes == RouteCounts{7, 0, 5, 0});
}

TEST_CASE("who is both pending and waiting is waited for") {
  CHECK(PeerWith("  GR recovery:    pending waiting\n").recovery == RecoveryRole::kPending);
  CHECK(PeerWith("  GR recovery:    waiting\n").recovery == RecoveryRole::kWaiting);
  CHECK(PeerWith("  GR recovery:   \n").recovery == RecoveryRole::kNone);
}

constexpr absl::string_view kOtherChannel =
    "   Channel ipv4\n     State:          UP\n     GR recovery:    pending\n"
    "     Routes:         40 imported, 4 exported, 4 preferred\n";
constexpr absl::string_view kOwnChannel =
    "   Channel ipv6\n     State:          UP\n     Routes:         60 imported, 6 exported, 6 preferred\n";

TEST_CASE("of several channels that of the peer's own family counts, wherever it stands") {
  const absl::string_view address = "    Neighbor address: fd39:1::219\n";
  for (const std::string& details :
       {absl::StrCat(address, kOtherChannel, kOwnChannel), absl::StrCat(address, kOwnChannel, kOtherChannel)}) {
    CHECK(PeerWith(details).routes == RouteCounts{60, 0, 6, 6});
    CHECK(PeerWith(details).recovery == RecoveryRole::kNone);
  }
}

TEST_CASE("without a channel of its own family a peer has what its first one has") {
  CHECK(PeerWith(absl::StrCat("    Neighbor address: fd39:1::219\n", kOtherChannel)).routes ==
        RouteCounts{40, 0, 4, 4});
}

TEST_CASE("lines under a row that BIRD could not print are given to no other peer") {
  const auto protocols = Parse(
      "1002-Mesh_1 BGP master up 23:28:25    Established   \n1006-    Neighbor AS:      1\n \n8000-<line overflow>\n"
      "1006-    Neighbor AS:      2\n \n1002-Mesh_3 BGP master up 23:28:25    Established   \n"
      "1006-    Neighbor AS:      3\n \n");
  REQUIRE(protocols.ok());
  REQUIRE(protocols->peers.size() == 2);
  CHECK(protocols->peers[0].remote_as == 1);
  CHECK(protocols->peers[1].remote_as == 3);
}

// As the sources of BIRD 3 print it (nest/proto.c, channel_show_info).
TEST_CASE("the channels of BIRD 3, which tell more states, are read alike") {
  const BgpPeer peer = PeerWith(
      "  BGP state:          Established\n     Neighbor address: 10.39.1.219\n     Neighbor port:    180\n"
      "     Neighbor AS:      64512\n     Local AS:         64513\n   Channel ipv4\n     State:          UP\n"
      "     Import state:   UP\n     Export state:   READY\n     Table:          master4\n"
      "     Routes:         3 imported, 1 exported, 2 preferred\n"
      "     Route change stats:     received   rejected   filtered    ignored   RX limit      limit   accepted\n"
      "       Import updates:              3          0          0          0          0          0          3\n \n");
  CHECK(peer.local_as == 64513);
  CHECK(peer.routes == RouteCounts{3, 0, 1, 2});
  CHECK(peer.imports == ImportUpdates{3, 0, 0, 0, 3});
}

TEST_CASE("of the routes that a peer announced it is told how many BIRD ignored") {
  const BgpPeer peer = PeerWith(
      "    Routes:         0 imported, 1 exported, 0 preferred\n"
      "    Route change stats:     received   rejected   filtered    ignored   accepted\n"
      "      Import updates:              0          0          0          0          0\n"
      "      Import withdraws:            4          0        ---          4          0\n");
  CHECK(peer.imports == ImportUpdates{.received = 4, .ignored = 4});  // as BIRD counts a loop in the AS path
  CHECK(PeerWith("    Neighbor AS: 64600\n    Session:          internal multihop\n").local_as == 64600);
  CHECK_FALSE(PeerWith("    Neighbor AS: 64600\n    Session:          external multihop\n").local_as);
  CHECK_FALSE(PeerWith("      Import updates:              4          0\n").imports);
}

// With work that grows by the square of its length this takes minutes.
TEST_CASE("a row with a megabyte of blanks is read like any other") {
  const std::string blanks(1 << 20, ' ');
  const BgpPeer peer =
      PeerFrom(absl::StrCat("1002-Mesh_10_39_1_219 BGP      master   up     23:28:25", blanks, "Established   ", "\n"));
  CHECK(peer.bgp_state == BgpState::kEstablished);
  CHECK(peer.age == absl::Seconds(6));
  CHECK(PeerFrom(absl::StrCat("1002-Mesh_10_39_1_219 BGP      master   up     23:28:25", blanks, "x\n")).age ==
        absl::Seconds(6));
}

}  // namespace
}  // namespace caliwatch
