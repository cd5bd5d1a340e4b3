// SPDX-License-Identifier: Apache-2.0
// What each situation of test/recordings/bird/README.md must look like to whoever judges peers.

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/decode/bird_answers.h"
#include "test/support/bird_recordings.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

using enum ProtocolState;
using enum PeerErrorClass;

const std::vector<std::string> kVersions = {"1.6.8", "2.0.12"};

BirdProtocols Protocols(const std::string& situation, const std::string& question = "show_protocols_all") {
  return BirdProtocolsFrom(ReadBirdRecording(absl::StrCat(situation, "__", question, ".txt")), BirdClock{}).value();
}

BgpPeer PeerOf(const BirdProtocols& protocols, const std::string& name) {
  for (const BgpPeer& peer : protocols.peers)
    if (peer.name == name) return peer;
  throw std::runtime_error("no peer " + name);
}

BgpPeer PeerOf(const std::string& situation, const std::string& name) { return PeerOf(Protocols(situation), name); }

BirdProtocol KernelOf(const std::string& situation) {
  const BirdProtocols protocols = Protocols(situation);
  return *std::find_if(protocols.others.begin(), protocols.others.end(),
                       [](const BirdProtocol& protocol) { return protocol.name == "kernel1"; });
}

struct Expected {
  const char* situation;
  const char* peer;
  ProtocolState state;
  BgpState bgp_state;
  PeerErrorClass error_class;
  const char* error;
};

// True of both versions, by the row of `show protocols` alone.
const std::vector<Expected> kRows = {
    {"established", "Mesh_10_39_1_219", kUp, BgpState::kEstablished, kNone, ""},
    {"established", "Mesh_10_39_1_36", kUp, BgpState::kEstablished, kNone, ""},
    {"established", "Global_10_39_1_180", kUp, BgpState::kEstablished, kNone, ""},
    {"established", "Node_10_39_1_181", kUp, BgpState::kEstablished, kNone, ""},
    {"connect_silent", "Mesh_10_39_1_98", kStart, BgpState::kConnect, kNone, ""},
    {"active_ehostunreach", "Mesh_10_39_1_99", kStart, BgpState::kActive, kSocket, "No route to host"},
    {"active_refused", "Mesh_10_39_1_58", kStart, BgpState::kActive, kSocket, "Connection refused"},
    {"idle_bad_peer_as", "Mesh_10_39_1_77", kStart, BgpState::kIdle, kBgp, "Bad peer AS"},
    {"active_source_address_missing", "Mesh_10_39_1_93", kStart, BgpState::kActive, kSocket, "Connection closed"},
    {"passive_dead", "Mesh_10_39_1_240", kStart, BgpState::kOther, kNone, ""},
    {"disabled_in_config", "Mesh_10_39_1_90", kDown, BgpState::kOther, kNone, ""},
    {"opensent_mute_listener", "Mesh_10_39_1_96", kStart, BgpState::kOpenSent, kNone, ""},
    {"peer_side_received_bad_peer_as", "Mesh_10_39_1_231", kStart, BgpState::kIdle, kReceived, "Bad peer AS"},
    {"events_0_all_up", "Mesh_10_39_1_91", kUp, BgpState::kEstablished, kNone, ""},
    {"helper_peer_killed9_t0.3", "Mesh_10_39_1_92", kStart, BgpState::kActive, kSocket, "Connection closed"},
    {"helper_peer_killed9_refused", "Mesh_10_39_1_92", kStart, BgpState::kActive, kSocket, "Connection refused"},
    {"peer_sigterm_t0.5", "Mesh_10_39_1_88", kStart, BgpState::kActive, kReceived, "Administrative shutdown"},
    {"peer_disables_us", "Mesh_10_39_1_89", kStart, BgpState::kActive, kReceived, "Administrative shutdown"},
    {"we_disabled", "Mesh_10_39_1_231", kDown, BgpState::kOther, kNone, ""},
    {"events_end_peers_down_after_up", "Mesh_10_39_1_91", kStart, BgpState::kConnect, kBgp, "Hold timer expired"},
    {"local_disabled", "Mesh_10_39_1_94", kDown, BgpState::kOther, kNone, ""},
    {"gr_recovery_in_progress_restarter", "Mesh_10_39_1_98", kStart, BgpState::kConnect, kNone, ""},
    {"gr_peer_view_of_recovering_node", "Mesh_10_39_1_231", kUp, BgpState::kEstablished, kNone, ""},
    {"ipv6", "Mesh_fd39_1__219", kUp, BgpState::kEstablished, kNone, ""},
    {"ipv6", "Mesh_fd39_1__99", kStart, BgpState::kConnect, kSocket, "No route to host"},
    {"ipv6", "Mesh_fd39_1__58", kStart, BgpState::kActive, kSocket, "Connection refused"},
    {"ipv6", "Mesh_fd39_1__240", kStart, BgpState::kOther, kNone, ""},
    {"older25h_after", "Mesh_10_39_1_219", kUp, BgpState::kEstablished, kNone, ""},
    {"timeformat_custom_tz", "Mesh_10_39_1_219", kUp, BgpState::kEstablished, kNone, ""},
    {"timeformat_protocol_iso_long", "Mesh_10_39_1_98", kStart, BgpState::kActive, kSocket, "No route to host"},
};

// Where the versions differ, or their recordings were made at other moments.
const std::vector<Expected> kRowsOfOneVersion = {
    {"1.6.8/active_connection_closed_by_unknown", "Mesh_10_39_1_95", kStart, BgpState::kActive, kSocket,
     "Connection closed"},
    {"2.0.12/active_connection_closed_by_unknown", "Mesh_10_39_1_95", kStart, BgpState::kActive, kSocket,
     "Connection reset by peer"},
    {"1.6.8/hold_timer_expired_1_start_Idle", "Mesh_10_39_1_91", kStart, BgpState::kIdle, kBgp, "Hold timer expired"},
    {"1.6.8/hold_timer_expired_2_start_Active", "Mesh_10_39_1_91", kStart, BgpState::kActive, kBgp,
     "Hold timer expired"},
    {"1.6.8/hold_timer_expired_3_start_Connect", "Mesh_10_39_1_91", kStart, BgpState::kConnect, kBgp,
     "Hold timer expired"},
    {"2.0.12/hold_timer_expired_2_start_Idle", "Mesh_10_39_1_91", kStart, BgpState::kIdle, kBgp, "Hold timer expired"},
    {"2.0.12/hold_timer_expired_3_start_Active", "Mesh_10_39_1_91", kStart, BgpState::kActive, kBgp,
     "Hold timer expired"},
    {"2.0.12/hold_timer_expired_4_start_Connect", "Mesh_10_39_1_91", kStart, BgpState::kConnect, kBgp,
     "Hold timer expired"},
};

void CheckRow(const Expected& expected, const std::string& situation) {
  INFO(situation << " " << expected.peer);
  const BgpPeer peer = PeerOf(Protocols(situation, "show_protocols"), expected.peer);
  CHECK(ToString(peer.state) == ToString(expected.state));
  CHECK(static_cast<int>(peer.bgp_state) == static_cast<int>(expected.bgp_state));
  CHECK(ToString(peer.error.error_class) == ToString(expected.error_class));
  CHECK(peer.error.text == expected.error);
  CHECK_FALSE(peer.address.has_value());
}

TEST_CASE("each recorded situation shows in its peer's state and error") {
  for (const std::string& version : kVersions)
    for (const Expected& expected : kRows) CheckRow(expected, version + "/" + expected.situation);
  for (const Expected& expected : kRowsOfOneVersion) CheckRow(expected, expected.situation);
}

TEST_CASE("a node without peers has none, and its other protocols") {
  for (const std::string& version : kVersions) {
    CHECK(Protocols(version + "/no_peers").peers.empty());
    CHECK(Protocols(version + "/no_peers").others.size() == 4);
  }
}

TEST_CASE("while BIRD recovers, the silent peer is whom it waits for, and kernel1 gets nothing") {
  for (const std::string& version : kVersions) {
    const std::string situation = version + "/gr_recovery_in_progress_restarter";
    CHECK(PeerOf(situation, "Mesh_10_39_1_98").recovery == RecoveryRole::kPending);
    CHECK(PeerOf(situation, "Mesh_10_39_1_219").recovery == RecoveryRole::kNone);
    CHECK(KernelOf(situation).recovery == RecoveryRole::kWaiting);
    CHECK(KernelOf(situation).routes == RouteCounts{0, 0, 0, 0});
  }
  CHECK(KernelOf("1.6.8/gr_recovery_in_progress_restarter").state == kWait);
  CHECK(KernelOf("2.0.12/gr_recovery_in_progress_restarter").state == kUp);
}

TEST_CASE("all that never came up hold BIRD's recovery, the passive ones too") {
  for (const std::string& version : kVersions)
    for (const char* octet : {"98", "99", "58", "93", "240", "95", "96"})
      CHECK(PeerOf(version + "/zoo", absl::StrCat("Mesh_10_39_1_", octet)).recovery == RecoveryRole::kPending);
  CHECK(PeerOf("1.6.8/zoo", "Mesh_10_39_1_90").recovery == RecoveryRole::kNone);
  CHECK(PeerOf("1.6.8/zoo", "Mesh_10_39_1_240").IsPassive());
  CHECK(PeerOf("1.6.8/zoo", "Mesh_10_39_1_90").IsDisabled());
}

TEST_CASE("of a killed peer we keep the routes while its restart timer runs") {
  for (const std::string& version : kVersions) {
    const BgpPeer killed = PeerOf(version + "/helper_peer_killed9_t0.3", "Mesh_10_39_1_92");
    CHECK(killed.helper_active);
    CHECK(killed.routes->imported == 1);
    CHECK(killed.restart_remaining.value() > absl::Seconds(19));
    const BgpPeer gone = PeerOf(version + "/events_end_peers_down_after_up", "Mesh_10_39_1_92");
    CHECK_FALSE(gone.helper_active);
    CHECK_FALSE(gone.restart_remaining.has_value());
    CHECK(gone.routes.value_or(RouteCounts{}).imported == 0);
  }
}

TEST_CASE("the last error outlives the state it came in") {
  for (const std::string& version : kVersions) {
    const BgpPeer peer = PeerOf(version + "/events_end_peers_down_after_up", "Mesh_10_39_1_91");
    CHECK(peer.last_error == PeerError{kBgp, "Hold timer expired"});
    CHECK(PeerOf(version + "/established", "Mesh_10_39_1_219").last_error == PeerError{});
  }
}

}  // namespace
}  // namespace caliwatch
