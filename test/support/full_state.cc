// SPDX-License-Identifier: Apache-2.0
#include "test/support/full_state.h"

#include "test/support/restarting_node.h"

namespace caliwatch {

PersistentState FullState() {
  RestartingNode node;
  for (int poll = 0; poll < 2; ++poll, node.Pass(absl::Seconds(5))) node.Poll();
  node.RestartBird();
  node.Connect(0);
  node.Connect(1);
  node.EndRecovery();
  node.Pass(absl::Seconds(1));
  node.PollUntilEnd();
  node.LoseRoute(0);
  node.RestartBird();
  node.Pass(absl::Seconds(1));
  node.Connect(0);
  node.Poll();
  PersistentState memory;
  memory.convergence[Family::kIpv4] = node.state;
  memory.convergence[Family::kIpv4].past.back().blocking_peers = {{"Mesh_10_39_1_36", absl::Seconds(3)}};
  memory.convergence[Family::kIpv6].expected.routes = {{*Prefix::Parse("fd65::/122"), *IpAddress::Parse("fd39::1")}};
  memory.bird_counts[Family::kIpv4] = {7, 2, {{PeerKind::kMesh, 4}, {PeerKind::kLocalWorkload, 0}}};
  memory.findings[{"bgp_peer_down", "10.39.1.36"}] = absl::FromUnixSeconds(1700000000);
  memory.peers[{Family::kIpv4, "Mesh_10_39_1_36"}] = {
      {absl::Seconds(100), absl::Seconds(160)}, *IpAddress::Parse("10.39.1.231"), absl::Seconds(90)};
  memory.peers[{Family::kIpv6, "Mesh_fd39__36"}] = {{absl::Seconds(7)}, std::nullopt, {}};
  memory.bird_expected[Family::kIpv4] = true;
  memory.bird_restarts[Family::kIpv4] = RecentEnds({absl::Seconds(50), absl::Seconds(99)});
  memory.felix = {.answered = true,
                  .state = FelixState::kNotReady,
                  .since = {absl::Seconds(80), absl::FromUnixSeconds(1700000100)},
                  .left = {absl::Seconds(70), absl::FromUnixSeconds(1700000090)},
                  .ends = RecentEnds({absl::Seconds(70)})};
  memory.file_doubts = {{"cali12ab34cd56e", absl::Seconds(80)}};
  memory.former_owners = {{"cali12ab34cd56e", "pod default/pod-1"}};
  memory.unreached = {{.address = *IpAddress::Parse("10.39.1.36"),
                       .tunnel_address = *IpAddress::Parse("192.168.36.0"),
                       .tunnel = "vxlan.calico",
                       .result = ProbeResult::kAnswered,
                       .trial = TunnelTrial{.damaged_there = 2, .damaged_here = 1, .received_there = 0},
                       .trials = 4,
                       .name = "node-36",
                       .instead = "node-77",
                       .disowns = true,
                       .rounds = 3,
                       .since = absl::Seconds(60),
                       .judged = absl::Seconds(90),
                       .others_asked = 9,
                       .others_reached = 8},
                      {.address = *IpAddress::Parse("10.39.1.219"),
                       .path = ProbePath::kNode,
                       .result = ProbeResult::kSmallOnly,
                       .large_arrived = true,
                       .rounds = 2}};
  memory.flaps[{Family::kIpv4, "Mesh_10_39_1_36"}] = 3;
  return memory;
}

}  // namespace caliwatch
