// SPDX-License-Identifier: Apache-2.0
#include "test/support/told_cluster.h"

#include <stdexcept>

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"

namespace caliwatch {
namespace {

IpAddress NodeAddress(int node) { return *IpAddress::Parse(absl::StrCat("10.39.1.", 11 + node)); }
IpAddress TunnelAddress(int node) { return *IpAddress::Parse(absl::StrCat("192.168.", 11 + node, ".0")); }

NodeDocument NodeNumber(int node, int nodes) {
  NodeDocument told{.node = absl::StrCat("n", node + 1),
                    .taken_at = absl::FromUnixSeconds(1'800'000'000),
                    .booted = absl::FromUnixSeconds(1'700'000'000),
                    .version = "0.1.0",
                    .kernel = "6.1.0-31-amd64",
                    .address = {},
                    .workload_mtu = 1450,
                    .as = 64512,
                    .behaviour = {},
                    .birds = {},
                    .outcome = "clean"};
  told.address[Family::kIpv4] = NodeAddress(node);
  told.own_addresses = {{NodeAddress(node), "eth0", false, 1500}, {TunnelAddress(node), "vxlan.calico", true, 1450}};
  told.tunnels = {{"vxlan.calico", "vxlan", true, 1450, absl::StrCat("66:00:00:00:00:0", node), {TunnelAddress(node)}}};
  told.birds[Family::kIpv4] = ToldBird{true, "1.6.8", NodeAddress(node).ToString()};
  told.blocks = {*Prefix::Parse(absl::StrCat("192.168.", 11 + node, ".0/26"))};
  told.workloads = ToldWorkloads{1, "00"};
  told.others.emplace();
  for (int other = 0; other < nodes; ++other) {
    if (other == node) continue;
    told.others->push_back({Family::kIpv4, NodeAddress(other), TunnelAddress(other), "vxlan", 1});
    told.sessions.push_back({.protocol = absl::StrCat("Mesh_10_39_1_", 11 + other),
                             .kind = "mesh",
                             .peer = NodeAddress(other),
                             .local = NodeAddress(node),
                             .peer_as = 64512,
                             .up = true,
                             .state = "Established",
                             .hold = absl::Seconds(240),
                             .lasted = absl::Hours(2)});
  }
  return told;
}

}  // namespace

std::vector<AskedAgent> HealthyCluster(int nodes) {
  std::vector<AskedAgent> cluster;
  for (int node = 0; node < nodes; ++node) {
    AskedAgent& agent = cluster.emplace_back();
    agent.address = absl::StrCat(NodeAddress(node).ToString(), ":10179");
    agent.node = NodeNumber(node, nodes);
    agent.age = absl::Seconds(3);
    agent.workloads =
        std::vector<HeldAddress>{{*IpAddress::Parse(absl::StrCat("192.168.", 11 + node, ".5")),
                                  absl::StrCat("cali", node), absl::StrCat("default/web-", node), absl::Hours(1)}};
  }
  return cluster;
}

ToldSession& SessionOf(std::vector<AskedAgent>& cluster, size_t node, size_t with) {
  for (ToldSession& session : cluster.at(node).node->sessions)
    if (session.peer == NodeAddress(static_cast<int>(with))) return session;
  throw std::logic_error("there is no such session");
}

void TakeDown(ToldSession& session, absl::Duration lasted) {
  session.up = false;
  session.state = "Active";
  session.local.reset();
  session.hold.reset();
  session.lasted = lasted;
}

void Silence(AskedAgent& agent) {
  agent.node = absl::DeadlineExceededError("did not answer within 3s");
  agent.workloads = absl::NotFoundError("not asked for");
}

std::vector<ClusterFinding> FindingsBy(absl::string_view check, const std::vector<AskedAgent>& cluster) {
  for (const ClusterCheck& each : AllClusterChecks())
    if (each.info.name == check) return each.run(ClusterEvidence(cluster));
  throw std::logic_error(absl::StrCat("there is no check ", check));
}

std::vector<std::string> FoundBy(absl::string_view check, const std::vector<AskedAgent>& cluster) {
  std::vector<std::string> found;
  for (const ClusterFinding& finding : FindingsBy(check, cluster))
    found.push_back(absl::StrCat(finding.subject, ": ", finding.detail));
  return found;
}

}  // namespace caliwatch
