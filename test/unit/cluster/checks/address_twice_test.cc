// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

using Found = std::vector<std::string>;

Found Run(const std::vector<AskedAgent>& cluster) { return FoundBy("cluster_address_twice", cluster); }

HeldAddress& PodOf(AskedAgent& agent) { return agent.workloads->front(); }

TEST_CASE("pods of two nodes with one address are found, and whose block it is in") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  CHECK(Run(cluster).empty());
  PodOf(cluster[1]).address = PodOf(cluster[0]).address;
  CHECK(Run(cluster) ==
        Found{"192.168.11.5: pod default/web-0 at cali0 of node n1 and pod default/web-1 at cali1 of node n2 have "
              "192.168.11.5; other nodes' routes lead to n1, whose block 192.168.11.0/26 has it"});
  PodOf(cluster[1]).unchanged = absl::Seconds(20);
  CHECK(Run(cluster).empty());
}

TEST_CASE("a machine that moves, and two interfaces of one node, are not two nodes") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  PodOf(cluster[1]).address = PodOf(cluster[0]).address;
  PodOf(cluster[0]).pod = "vms/virt-launcher-db-abcde";
  PodOf(cluster[1]).pod = "vms/virt-launcher-db-fghij";
  CHECK(Run(cluster).empty());
  PodOf(cluster[1]).pod = "vms/virt-launcher-web-fghij";
  CHECK(Run(cluster).size() == 1);
  cluster = HealthyCluster();
  cluster[0].workloads->push_back(PodOf(cluster[0]));
  CHECK(Run(cluster).empty());
}

TEST_CASE("a pod with the address of another node's tunnel is found") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  PodOf(cluster[1]).address = *IpAddress::Parse("192.168.11.0");
  CHECK(Run(cluster).at(0).starts_with(
      "192.168.11.0: pod default/web-1 at cali1 of node n2 and the tunnel of node n1 have 192.168.11.0"));
  Silence(cluster[0]);
  CHECK(Run(cluster).empty());
}

}  // namespace
}  // namespace caliwatch
