// SPDX-License-Identifier: Apache-2.0
#include "lib/cluster/neighbours.h"

#include <string>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

std::vector<std::string> Found(const NodeDocument& node) {
  std::vector<std::string> texts;
  for (const IpAddress& address : NeighboursOf(node)) texts.push_back(address.ToString());
  return texts;
}

TEST_CASE("a node knows itself, and the others by its tunnels and by its mesh") {
  NodeDocument node = *HealthyCluster(3)[0].node;
  const std::vector<std::string> all = {"10.39.1.11", "10.39.1.12", "10.39.1.13"};
  CHECK(Found(node) == all);
  NodeDocument without_bgp = node;
  without_bgp.sessions.clear();
  CHECK(Found(without_bgp) == all);
  node.others.reset();
  CHECK(Found(node) == all);
  for (ToldSession& session : node.sessions) session.kind = "global";  // a route reflector need be no node
  CHECK(Found(node) == std::vector<std::string>{"10.39.1.11"});
}

TEST_CASE("a node of two families is asked by IPv4, and one of IPv6 alone by that") {
  NodeDocument node = *HealthyCluster(2)[0].node;
  ToldSession second = node.sessions[0];
  second.peer = *IpAddress::Parse("fd39:1::12");
  node.sessions.push_back(second);
  CHECK(Found(node) == std::vector<std::string>{"10.39.1.11", "10.39.1.12"});
  node.sessions = {second};
  node.others.reset();
  node.address[Family::kIpv4].reset();
  node.address[Family::kIpv6] = *IpAddress::Parse("fd39:1::11");
  CHECK(Found(node) == std::vector<std::string>{"fd39:1::11", "fd39:1::12"});
}

}  // namespace
}  // namespace caliwatch
