// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/route_announcer.h"

#include <utility>

#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

const Prefix kBlock = *Prefix::Parse("192.168.219.0/26");

std::string AnnouncerOn(Snapshot node) {
  Observer observer({.watched_routes = {kBlock}});
  return observer.Observe(Seen(std::move(node))).watched_routes->front().peer;
}

Route& TheRoute(Snapshot& node) {
  for (Route& route : *node.routes)
    if (route.destination == kBlock) return route;
  throw std::runtime_error("no such route");
}

TEST_CASE("in a mesh, the peer at the gateway announced the route") {
  CHECK(AnnouncerOn(HealthyNode()) == "10.39.1.219");
}

TEST_CASE("where the gateway is no peer, BIRD's table says by whom the route came") {
  Snapshot node = HealthyNode();
  TheRoute(node).gateway = *IpAddress::Parse("10.39.1.77");
  CHECK(AnnouncerOn(node).empty());
  BirdRoute known;
  known.destination = kBlock;
  known.protocol = node.birds[Family::kIpv4].peers->front().name;
  known.best = true;
  node.birds[Family::kIpv4].routes = std::vector<BirdRoute>{known};
  CHECK(AnnouncerOn(node) == node.birds[Family::kIpv4].peers->front().DisplayName());
}

TEST_CASE("a route that BIRD did not make was announced by no peer, whoever is at its gateway") {
  Snapshot node = HealthyNode();
  TheRoute(node).protocol = RTPROT_STATIC;
  CHECK(AnnouncerOn(node).empty());
}

}  // namespace
}  // namespace caliwatch
