// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

using Found = std::vector<std::string>;

Found Run(const std::vector<AskedAgent>& cluster) { return FoundBy("cluster_tunnel_end_wrong", cluster); }

TEST_CASE("a tunnel address that is sent to another node than has it is found, with both") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  CHECK(Run(cluster).empty());
  cluster[0].node->others->at(1).address = *IpAddress::Parse("10.39.1.12");
  CHECK(Run(cluster) ==
        Found{"192.168.13.0 at 10.39.1.12: by n1 what is for the tunnel address 192.168.13.0 is sent to "
              "n2 (10.39.1.12), but n3 (10.39.1.13) has that tunnel address"});
}

TEST_CASE("a node address that the tunnel's owner does not have is found, and one that it may have is not") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster[0].node->others->at(1).address = *IpAddress::Parse("10.39.1.99");
  CHECK(Run(cluster) ==
        Found{"192.168.13.0 at 10.39.1.99: by n1 what is for the tunnel address 192.168.13.0 is sent to "
              "10.39.1.99, which n3, whose tunnel has it, does not have: it is at 10.39.1.13"});
  cluster[2].node->more_own_addresses = 3;
  CHECK(Run(cluster).empty());
}

TEST_CASE("a tunnel address that the node does not have is found, by all who send there") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster[2].node->own_addresses->at(1).address = *IpAddress::Parse("192.168.13.64");
  cluster[2].node->tunnels->front().addresses = {*IpAddress::Parse("192.168.13.64")};
  CHECK(Run(cluster) ==
        Found{"192.168.13.0 at 10.39.1.13: by n1, n2 and n4 what is for the tunnel address 192.168.13.0 "
              "is sent to n3 (10.39.1.13), which has no such tunnel address: it has 192.168.13.64"});
  Silence(cluster[2]);
  CHECK(Run(cluster).empty());
}

TEST_CASE("what is to be seen is typed first, and then calico-node is started anew where it is sent from") {
  std::vector<AskedAgent> cluster = HealthyCluster(6);
  for (const size_t sender : {0, 1, 4, 5})
    cluster[sender].node->others->at(sender < 3 ? 2 : 3).address = *IpAddress::Parse("10.39.1.13");
  const std::vector<ClusterFinding> findings = FindingsBy("cluster_tunnel_end_wrong", cluster);
  REQUIRE(findings.size() == 1);
  Found lines;
  for (const Command& command : findings.front().commands)
    lines.push_back(absl::StrCat(command.changes ? "changes: " : "", command.line, command.where.empty() ? "" : " # ",
                                 command.where));
  CHECK(lines == Found{"bridge fdb show dev vxlan.calico; ip neigh show dev vxlan.calico # node n1",
                       "ip -brief address # node n4", "ip -brief address # node n3", "calicoctl get node n4 -o yaml",
                       "changes: kubectl delete pods -A -l k8s-app=calico-node --field-selector spec.nodeName=n1",
                       "changes: kubectl delete pods -A -l k8s-app=calico-node --field-selector spec.nodeName=n2",
                       "changes: kubectl delete pods -A -l k8s-app=calico-node --field-selector spec.nodeName=n5"});
}

}  // namespace
}  // namespace caliwatch
