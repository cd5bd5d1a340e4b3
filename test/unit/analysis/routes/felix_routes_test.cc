// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/felix_routes.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

bool FelixLeads(const Snapshot& node, Family family = Family::kIpv4) {
  return FelixLeadsRoutes(family, *RemoteNodesOf(node), *node.routes);
}

Snapshot NodeOfFelix() {
  Snapshot node = HealthyNode();
  for (Route& route : *node.routes)
    if (route.protocol == RTPROT_BIRD) route.protocol = 80;
  return node;
}

TEST_CASE("Felix leads where it made all routes to other nodes and the blackholes of the blocks here") {
  CHECK(FelixLeads(NodeOfFelix()));
  CHECK_FALSE(FelixLeads(HealthyNode()));
  CHECK_FALSE(FelixLeads(NodeOfFelix(), Family::kIpv6));  // of which there is none
}

TEST_CASE("it does not where BIRD leads one, now or as the block here shows, when all of BIRD's are gone") {
  Snapshot node = NodeOfFelix();
  SECTION("a route") {
    for (Route& route : *node.routes)
      if (route.destination == *Prefix::Parse("192.168.36.0/26")) route.protocol = RTPROT_BIRD;
  }
  SECTION("a blackhole") {
    for (Route& route : *node.routes)
      if (route.type == RTN_BLACKHOLE) route.protocol = RTPROT_BIRD;
  }
  CHECK_FALSE(FelixLeads(node));
}

}  // namespace
}  // namespace caliwatch
