// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/exposition.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "lib/analysis/observe.h"
#include "lib/metrics/metric.h"
#include "lib/model/utf8.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

std::string MetricsOf(Snapshot node, PeerDetail detail = PeerDetail::kAuto) {
  Observer observer(Limits{.polls_to_hold = 1});
  const Report report = observer.Observe(Seen(std::move(node)));
  ProcessStats process;
  process.version = "1.2.3";
  process.poll_duration_buckets.assign(std::size(kPollDurationBounds) + 1, 1);
  return RenderMetrics({report, process, detail});
}

bool HasLine(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

bool HasFamily(const std::string& text, const std::string& name) {
  return text.find("# TYPE " + name + " ") != std::string::npos;
}

// The metrics of the last of some polls, five seconds apart.
std::string MetricsAfter(const std::vector<Snapshot>& polls) {
  Observer observer;
  Report report;
  absl::Duration since = absl::ZeroDuration();
  for (Snapshot node : polls) {
    LetPass(std::exchange(since, since + absl::Seconds(5)), node);
    report = observer.Observe(Seen(std::move(node)));
  }
  return RenderMetrics({report, ProcessStats()});
}

TEST_CASE("a watched route is told as present or not, with each next hop while it is there") {
  Observer observer({.watched_routes = {*Prefix::Parse("192.168.219.0/26"), *Prefix::Parse("198.51.100.0/24")}});
  const std::string text = RenderMetrics({observer.Observe(Seen(HealthyNode())), ProcessStats()});
  CHECK(HasLine(text, R"(caliwatch_watched_route_present{prefix="192.168.219.0/26"} 1)"));
  CHECK(HasLine(text, R"(caliwatch_watched_route_present{prefix="198.51.100.0/24"} 0)"));
  CHECK(HasLine(text, R"(caliwatch_watched_route_since_timestamp_seconds{prefix="198.51.100.0/24"} 1800000000)"));
  CHECK(HasLine(text, R"(caliwatch_watched_route_info{prefix="192.168.219.0/26",protocol="bird",route_type="unicast",)"
                      R"(peer="10.39.1.219",gateway="10.39.1.219",interface="eth0"} 1)"));
  CHECK_FALSE(absl::StrContains(text, R"(_info{prefix="198.51.100.0/24")"));
  CHECK_FALSE(absl::StrContains(MetricsOf(HealthyNode()), "caliwatch_watched_route_present{"));
}

TEST_CASE("a peer's description is a label where it is more than Calico's words for all peers") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].peers->at(0).description = "Connection to BGP peer";
  node.birds[Family::kIpv4].peers->at(1).description = "tor-7 in rack \"4\"";
  const std::string text = MetricsOf(node);
  CHECK(absl::StrContains(text, R"(remote_as="64512",description=""} 1)"));
  CHECK(absl::StrContains(text, R"(remote_as="64512",description="tor-7 in rack \"4\""} 1)"));
}

TEST_CASE("a healthy node's peers, routes and neighbors are told as they are") {
  const std::string text = MetricsOf(HealthyNode());
  for (
      const char* line : {
          R"(caliwatch_build_info{version="1.2.3",revision="",compiler=""} 1)",
          R"(caliwatch_bird_up{family="ipv4"} 1)",
          R"(caliwatch_bgp_peers{family="ipv4",kind="mesh"} 2)",
          R"(caliwatch_bgp_peers_established{family="ipv4",kind="mesh"} 2)",
          R"(caliwatch_bgp_peer_up{family="ipv4",peer="10.39.1.219",kind="mesh"} 1)",
          R"(caliwatch_bgp_peer_info{family="ipv4",peer="10.39.1.36",kind="mesh",protocol="Mesh_10_39_1_36",remote_as="64512",description=""} 1)",
          R"(caliwatch_bgp_flaps_total{family="ipv4",kind="mesh"} 0)",
          R"(caliwatch_bgp_routes_imported{family="ipv4",kind="mesh"} 2)",
          R"(caliwatch_bgp_routes_exported{family="ipv4",kind="mesh"} 2)",
          R"(caliwatch_bgp_routes_preferred{family="ipv4",kind="mesh"} 2)",
          R"(caliwatch_bgp_kernel_routes{family="ipv4",kind="mesh"} 2)",
          R"(caliwatch_bgp_shortest_hold_timer_remaining_seconds{family="ipv4",kind="mesh"} 200)",
          R"(caliwatch_bgp_longest_tcp_rtt_seconds{family="ipv4",kind="mesh"} 0.001)",
          R"(caliwatch_kernel_routes{family="ipv4",protocol="bird",route_type="blackhole"} 1)",
          R"(caliwatch_kernel_routes{family="ipv4",protocol="bird",route_type="unicast"} 2)",
          R"(caliwatch_kernel_routes{family="ipv4",protocol="boot",route_type="unicast"} 2)",
          R"(caliwatch_neighbors{family="ipv4",interface_kind="workload",state="reachable"} 2)",
          R"(caliwatch_duplicate_neighbor_ips{family="ipv4"} 0)",
          R"(caliwatch_neighbor_table_limit{family="ipv6"} 1024)",
          R"(caliwatch_workload_interfaces{state="up"} 2)",
          R"(caliwatch_source_up{source="routes"} 1)",
          R"(caliwatch_check_findings{check="bgp_peer_down",severity="critical"} 0)",
          R"(caliwatch_checks_not_judged 0)",
          R"(caliwatch_poll_duration_seconds_bucket{le="+Inf"} 13)",
          R"(caliwatch_polls_total 1)",
      }) {
    INFO(line);
    CHECK(HasLine(text, line));
  }
}

TEST_CASE("of a peer of the mesh that is well there is no more than that, of others all") {
  const std::string well = MetricsOf(HealthyNode());
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].peers->front().kind = PeerKind::kGlobal;
  const std::string text = MetricsOf(node);
  for (const std::string line : {
           "state{LABELS} 6",
           "state_since_timestamp_seconds{LABELS} 1799989200",
           "flaps_total{LABELS} 0",
           "routes_imported{LABELS} 1",
           "routes_exported{LABELS} 1",
           "routes_preferred{LABELS} 1",
           "kernel_routes{LABELS} 1",
           "hold_time_seconds{LABELS} 240",
           "hold_timer_remaining_seconds{LABELS} 200",
           "tcp_retransmits{LABELS} 0",
           "tcp_rtt_seconds{LABELS} 0.001",
           "tcp_last_received_seconds{LABELS} 40",
       }) {
    const std::string family = "caliwatch_bgp_peer_" + line.substr(0, line.find('{'));
    INFO(line);
    CHECK_FALSE(HasFamily(well, family));
    CHECK(HasLine(text,
                  family + R"({family="ipv4",peer="10.39.1.219",kind="global"})" + line.substr(line.find('}') + 1)));
    CHECK(text.find(family + R"({family="ipv4",peer="10.39.1.36")") == std::string::npos);
  }
}

TEST_CASE("a peer's last error is told with BIRD's words for as long as it has a problem") {
  Snapshot node = NodeWithPeerDown();
  CHECK(HasLine(
      MetricsOf(node),
      R"(caliwatch_bgp_peer_last_error_info{family="ipv4",peer="10.39.1.219",kind="mesh",class="socket",error="Connection refused"} 1)"));
}

TEST_CASE("of all peers of a kind the worst is told") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].peers->back().hold_timer->remaining = absl::Seconds(90);
  node.bgp_sockets->back().rtt = absl::Milliseconds(30);
  const std::string text = MetricsOf(node);
  CHECK(HasLine(text, R"(caliwatch_bgp_shortest_hold_timer_remaining_seconds{family="ipv4",kind="mesh"} 90)"));
  CHECK(HasLine(text, R"(caliwatch_bgp_longest_tcp_rtt_seconds{family="ipv4",kind="mesh"} 0.03)"));
  CHECK(text.find(R"(caliwatch_bgp_longest_tcp_rtt_seconds{family="ipv4",kind="global"})") == std::string::npos);
}

TEST_CASE("sessions that were lost count on when their peer is taken out of the configuration") {
  Snapshot node = HealthyNode(), lost = HealthyNode(), gone = HealthyNode();
  EndSession(FirstPeer(lost));
  gone.birds[Family::kIpv4].peers->erase(gone.birds[Family::kIpv4].peers->begin());
  const std::string line = R"(caliwatch_bgp_flaps_total{family="ipv4",kind="mesh"} 1)";
  CHECK(HasLine(MetricsAfter({node, lost}), line));
  CHECK(HasLine(MetricsAfter({node, lost, gone}), line));
}

TEST_CASE("what a node does not have makes no series") {
  const std::string text = MetricsOf(HealthyNode());
  CHECK(text.find(R"(caliwatch_bird_up{family="ipv6"})") == std::string::npos);
  CHECK(text.find(R"(source="bird6")") == std::string::npos);
  CHECK_FALSE(HasFamily(text, "caliwatch_bgp_peer_last_error_info"));
}

TEST_CASE("a check that does not apply here is not one that cannot judge") {
  Snapshot node = HealthyNode();
  node.pods = absl::NotFoundError("pods are not looked into");
  CHECK(MetricsOf(node).find(R"(caliwatch_check_judged{check="pod_gateway_unreachable"})") == std::string::npos);
  node.pods = absl::UnavailableError("they cannot be looked into");
  const std::string text = MetricsOf(node);
  CHECK(HasLine(text, R"(caliwatch_check_judged{check="pod_gateway_unreachable"} 0)"));
  CHECK(text.find(R"(caliwatch_check_judged{check="bgp_peer_down"})") == std::string::npos);
  CHECK_FALSE(HasLine(text, "caliwatch_checks_not_judged 0"));
}

TEST_CASE("what other nodes call this one is told by the sessions' own end") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].peers->front().source_address = *IpAddress::Parse("10.39.1.9");
  CHECK(HasLine(MetricsOf(node), R"(caliwatch_bgp_local_address_info{family="ipv4",address="10.39.1.9"} 1)"));
}

TEST_CASE("a table that cannot be read makes no zeros") {
  Snapshot node = HealthyNode();
  node.routes = absl::UnavailableError("netlink is gone");
  const std::string text = MetricsOf(node);
  CHECK_FALSE(HasFamily(text, "caliwatch_kernel_routes"));
  CHECK_FALSE(HasFamily(text, "caliwatch_bgp_kernel_routes"));
  CHECK_FALSE(HasFamily(text, "caliwatch_duplicate_neighbor_ips"));
  CHECK(HasLine(text, R"(caliwatch_check_judged{check="duplicate_neighbor_ip"} 0)"));
  CHECK(text.find(R"(caliwatch_check_findings{check="duplicate_neighbor_ip")") == std::string::npos);
  CHECK(HasFamily(text, "caliwatch_neighbors"));
}

TEST_CASE("a family with a known set of labels is there at 0 from the first scrape, where its source was read") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].peers->clear();
  node.routes->clear();
  node.neighbors->clear();
  const char* lines[] = {
      R"(caliwatch_bgp_peers{family="ipv4",kind="mesh"} 0)",
      R"(caliwatch_bgp_peers{family="ipv4",kind="local_workload"} 0)",
      R"(caliwatch_bgp_peers_established{family="ipv4",kind="global"} 0)",
      R"(caliwatch_kernel_routes{family="ipv6",protocol="felix",route_type="blackhole"} 0)",
      R"(caliwatch_kernel_routes{family="ipv4",protocol="bird",route_type="unicast"} 0)",
      R"(caliwatch_route_changes_total{family="ipv4",protocol="bird",change="removed"} 0)",
      R"(caliwatch_route_changes_total{family="ipv6",protocol="other",change="added"} 0)",
      R"(caliwatch_neighbors{family="ipv4",interface_kind="tunnel",state="permanent"} 0)",
      R"(caliwatch_neighbors{family="ipv6",interface_kind="workload",state="failed"} 0)",
      R"(caliwatch_config_last_reload_successful 1)",
  };
  const std::string text = MetricsOf(node);
  for (const char* line : lines) {
    INFO(line);
    CHECK(HasLine(text, line));
  }
  CHECK(text.find(R"(caliwatch_bgp_peers{family="ipv6")") == std::string::npos);  // no BIRD for it

  const absl::Status gone = absl::UnavailableError("gone");
  node.routes = gone;
  node.neighbors = gone;
  node.birds[Family::kIpv4].peers = gone;
  Fail(node, "bird", gone);
  const std::string unread = MetricsOf(node);
  for (const char* family : {"caliwatch_bgp_peers", "caliwatch_bgp_peers_established", "caliwatch_kernel_routes",
                             "caliwatch_route_changes_total", "caliwatch_neighbors"}) {
    INFO(family);
    CHECK_FALSE(HasFamily(unread, family));
  }
}

TEST_CASE("one failed poll makes no gap, and the second in a row ends what is made of the source") {
  Snapshot healthy = HealthyNode();
  healthy.birds[Family::kIpv4].peers->front().source_address = *IpAddress::Parse("10.39.1.231");
  healthy.birds[Family::kIpv4].peers->front().kind = PeerKind::kGlobal;
  const absl::Status gone = absl::UnavailableError("gone");
  Snapshot failed = healthy;
  std::vector<std::string> families, others;
  SECTION("the kernel's routes") {
    failed.routes = gone;
    Fail(failed, "routes", gone);
    families = {"caliwatch_kernel_routes",          "caliwatch_route_changes_total", "caliwatch_bgp_peer_kernel_routes",
                "caliwatch_bgp_kernel_routes",      "caliwatch_block_workload_ips",  "caliwatch_block_size",
                "caliwatch_expected_routes_missing"};
    others = {"caliwatch_neighbors", "caliwatch_bgp_peer_up"};
  }
  SECTION("BIRD") {
    failed.birds[Family::kIpv4] = {gone, gone, gone};
    Fail(failed, "bird", gone);
    families = {"caliwatch_bgp_peers",
                "caliwatch_bgp_peers_established",
                "caliwatch_bgp_peer_up",
                "caliwatch_bgp_peer_state",
                "caliwatch_bgp_peer_flaps_total",
                "caliwatch_bgp_routes_imported",
                "caliwatch_bgp_shortest_hold_timer_remaining_seconds",
                "caliwatch_bird_info",
                "caliwatch_bird_graceful_restart_recovery",
                "caliwatch_bird_start_timestamp_seconds"};
    others = {"caliwatch_bird_up", "caliwatch_kernel_routes", "caliwatch_bird_restarts_total",
              "caliwatch_bgp_local_address_info", "caliwatch_bgp_flaps_total"};
  }
  SECTION("neighbors") {
    failed.neighbors = gone;
    Fail(failed, "neighbors", gone);
    families = {"caliwatch_neighbors", "caliwatch_duplicate_neighbor_ips"};
    others = {"caliwatch_kernel_routes"};
  }
  SECTION("Felix") {
    failed.felix = gone;
    Fail(failed, "felix", gone);
    families = {"caliwatch_felix_live", "caliwatch_felix_ready", "caliwatch_felix_component_ready",
                "caliwatch_felix_component_live"};
    others = {"caliwatch_felix_up", "caliwatch_felix_state_since_timestamp_seconds"};
  }
  const std::string once = MetricsAfter({healthy, failed}), twice = MetricsAfter({healthy, failed, failed}),
                    again = MetricsAfter({healthy, failed, failed, healthy, failed});
  for (const std::string& family : families) {
    INFO(family);
    CHECK(HasFamily(once, family));
    CHECK_FALSE(HasFamily(twice, family));
    CHECK(HasFamily(again, family));
  }
  for (const std::string& family : others) {
    INFO(family);
    CHECK(HasFamily(twice, family));
  }
}

TEST_CASE("Felix' state and its components are told as it tells them") {
  Snapshot node = HealthyNode();
  node.felix->ready = false;
  node.felix->components[0].ready = false;
  node.felix->components.push_back({.name = "BPFEndpointManager", .ready = true});
  const std::string text = MetricsOf(node);
  for (const char* line : {R"(caliwatch_felix_up 1)", R"(caliwatch_felix_live 1)", R"(caliwatch_felix_ready 0)",
                           R"(caliwatch_felix_component_ready{component="CalculationGraph"} 0)",
                           R"(caliwatch_felix_component_live{component="CalculationGraph"} 1)",
                           R"(caliwatch_felix_component_ready{component="BPFEndpointManager"} 1)",
                           R"(caliwatch_felix_state_since_timestamp_seconds 1800000000)"}) {
    INFO(line);
    CHECK(HasLine(text, line));
  }
  CHECK(text.find(R"(caliwatch_felix_component_live{component="BPFEndpointManager"})") == std::string::npos);
}

TEST_CASE("a Felix whose health is off makes no series, and one that answered and does not is down") {
  Snapshot off = HealthyNode();
  off.felix = absl::NotFoundError("nobody listens");
  Fail(off, "felix", off.felix.status());
  CHECK(MetricsAfter({off, off}).find("caliwatch_felix_") == std::string::npos);
  CHECK(MetricsAfter({off, off}).find(R"(source="felix")") == std::string::npos);
  const std::string lost = MetricsAfter({HealthyNode(), off});
  CHECK(HasLine(lost, "caliwatch_felix_up 0"));
  CHECK(HasLine(lost, "caliwatch_felix_state_since_timestamp_seconds 1800000005"));
}

TEST_CASE("BIRD's recovery shows who is waited for, and for how long") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].status->recovery = GracefulRestartWait{1, absl::Seconds(187), absl::Seconds(240)};
  node.birds[Family::kIpv4].peers->front().state = ProtocolState::kWait;
  const std::string text = MetricsOf(node);
  CHECK(HasLine(text, R"(caliwatch_bird_graceful_restart_recovery{family="ipv4"} 1)"));
  CHECK(HasLine(text, R"(caliwatch_bird_graceful_restart_pending_protocols{family="ipv4"} 1)"));
  CHECK(HasLine(text, R"(caliwatch_bird_graceful_restart_wait_remaining_seconds{family="ipv4"} 187)"));
  CHECK(HasLine(text, R"(caliwatch_bgp_peer_up{family="ipv4",peer="10.39.1.219",kind="mesh"} 0)"));
  CHECK(HasLine(text, R"(caliwatch_bgp_peers_established{family="ipv4",kind="mesh"} 1)"));
}

TEST_CASE("no byte that a node uses in names can break a scrape") {
  Snapshot node = HealthyNode();
  BgpPeer& peer = node.birds[Family::kIpv4].peers->front();
  peer.name = "Mesh_\xff\xfe\n\"quoted\\\"";
  peer.kind = PeerKind::kNode;
  peer.last_error = {PeerErrorClass::kReceived, "line\nbreak \xc3("};
  const std::string text = MetricsOf(node);
  CHECK(ValidUtf8(text) == text);
  CHECK(text.find("protocol=\"Mesh_\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\\\"quoted\\\\\\\"\"") != std::string::npos);
  CHECK(text.find("error=\"line\xef\xbf\xbd"
                  "break \xef\xbf\xbd(\"") != std::string::npos);
}

TEST_CASE("two sessions with one address are one series, that of the one that is down") {
  Snapshot node = HealthyNode();
  BgpPeer second = MeshPeer("10.39.1.219");
  second.name = "Mesh_10_39_1_219_port_180";
  second.state = ProtocolState::kStart;
  second.bgp_state = BgpState::kConnect;
  node.birds[Family::kIpv4].peers->push_back(second);
  const std::string text = MetricsOf(node);
  CHECK(HasLine(text, R"(caliwatch_bgp_peer_up{family="ipv4",peer="10.39.1.219",kind="mesh"} 0)"));
  CHECK_FALSE(HasLine(text, R"(caliwatch_bgp_peer_up{family="ipv4",peer="10.39.1.219",kind="mesh"} 1)"));
}

TEST_CASE("series for each peer follow peers.detail, the counts do not") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].peers->front().bgp_state = BgpState::kIdle;
  const auto told_of = [&](absl::string_view metric, PeerDetail detail) {
    const std::string text = MetricsOf(node, {detail});
    CHECK(HasLine(text, R"(caliwatch_bgp_peers{family="ipv4",kind="mesh"} 2)"));
    const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
    return std::count_if(lines.begin(), lines.end(),
                         [&](absl::string_view line) { return absl::StartsWith(line, metric); });
  };
  for (const absl::string_view metric : {"caliwatch_bgp_peer_up{", "caliwatch_bgp_peer_info{"}) {
    CHECK(told_of(metric, PeerDetail::kAll) == 2);
    CHECK(told_of(metric, PeerDetail::kAuto) == 2);
    CHECK(told_of(metric, PeerDetail::kProblems) == 1);
    CHECK(told_of(metric, PeerDetail::kNone) == 0);
  }
  CHECK(told_of("caliwatch_bgp_peer_state{", PeerDetail::kAll) == 2);
  CHECK(told_of("caliwatch_bgp_peer_state{", PeerDetail::kAuto) == 1);
  CHECK(told_of("caliwatch_bgp_peer_state{", PeerDetail::kProblems) == 1);
}

TEST_CASE("a list is cut at twenty, its total is not") {
  Snapshot node = HealthyNode();
  for (int last = 1; last <= 30; ++last) {
    node.neighbors->push_back(NeighborEntry("192.168.231." + std::to_string(last + 10), 5));
    node.neighbors->push_back(NeighborEntry("192.168.231." + std::to_string(last + 10), 6));
  }
  const std::string text = MetricsOf(node);
  CHECK(HasLine(text, R"(caliwatch_duplicate_neighbor_ips{family="ipv4"} 30)"));
  CHECK(HasLine(text, R"(caliwatch_check_findings{check="duplicate_neighbor_ip",severity="critical"} 30)"));
  size_t listed = 0;
  for (size_t at = 0; (at = text.find("\ncaliwatch_duplicate_neighbor_interfaces{", at)) != std::string::npos; ++at)
    ++listed;
  CHECK(listed == 20);
}

TEST_CASE("every metric is documented once, with help and labels fit for Prometheus") {
  std::string previous;
  for (const Metric& metric : AllMetrics()) {
    INFO(metric.name);
    CHECK(std::string(metric.name) > previous);
    previous = std::string(metric.name);
    CHECK_FALSE(metric.help.empty());
    CHECK((metric.type == MetricType::Counter) ==
          (previous.size() > 6 && previous.rfind("_total") == previous.size() - 6));
  }
  CHECK(AllMetrics().size() > 40);
}

// Of an agent that has asked so many other nodes, all of which it reaches in one way alone.
std::string MetricsOfAsker(int nodes) {
  Report report;
  ReachReport& reach = report.reach.emplace();
  reach.counts[1].results[2] = static_cast<uint64_t>(nodes);
  reach.counts[0].times = {1, 2};
  reach.counts[0].seconds = 0.5;
  reach.nodes[1] = static_cast<size_t>(nodes);
  for (int i = 0; i < nodes; ++i)
    reach.unreached.push_back({.address = *IpAddress::Parse(absl::StrCat("10.0.0.", i)), .tunnel = "vxlan.calico"});
  return RenderMetrics({report, ProcessStats()});
}

TEST_CASE("an agent that asks other nodes counts them by path and result; of those not reached 20 have series") {
  const std::string text = MetricsOfAsker(30);
  CHECK(HasLine(text, R"(caliwatch_node_probes_total{path="overlay",result="no_answer"} 30)"));
  CHECK(HasLine(text, R"(caliwatch_node_probes_total{path="node",result="answered"} 0)"));
  CHECK(HasLine(text, R"(caliwatch_node_probe_duration_seconds_bucket{path="node",le="0.0025"} 3)"));
  CHECK(HasLine(text, R"(caliwatch_node_probe_duration_seconds_sum{path="node"} 0.5)"));
  CHECK(HasLine(text, R"(caliwatch_probed_nodes{state="unreached"} 30)"));
  CHECK(HasLine(text, R"(caliwatch_unreached_node{address="10.0.0.19",path="overlay",result="no_answer"} 1)"));
  CHECK_FALSE(absl::StrContains(text, R"(caliwatch_unreached_node{address="10.0.0.20")"));
  CHECK_FALSE(HasFamily(MetricsOf(HealthyNode()), "caliwatch_probed_nodes"));
}

}  // namespace
}  // namespace caliwatch
