// SPDX-License-Identifier: Apache-2.0
// Of routes that stay, some results are kept from poll to poll. They must be what they would be if they were made anew.
#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "lib/analysis/observe.h"
#include "lib/view/json/report_json.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

struct Change {
  const char* what;
  std::function<void(Snapshot&)> make;
  bool of_routes = false;
};

BirdRoute BestRoute(absl::string_view block, absl::string_view gateway, std::string protocol) {
  BirdRoute route;
  route.destination = *Prefix::Parse(block);
  route.protocol = std::move(protocol);
  route.next_hops = {{*IpAddress::Parse(gateway), "eth0"}};
  route.best = true;
  return route;
}

// Two routes that the kernel lacks: one of each peer.
const std::vector<BirdRoute> kTable = {BestRoute("192.168.37.0/26", "10.39.1.36", "Mesh_10_39_1_36"),
                                       BestRoute("192.168.220.0/26", "10.39.1.219", "Mesh_10_39_1_219")};

uint32_t& Exported(Snapshot& node) { return node.birds[Family::kIpv4].protocols->front().routes->exported; }

const std::vector<Change> kChanges = {
    {"nothing", [](Snapshot&) {}},
    {"BIRD exported more", [](Snapshot& node) { Exported(node) += 2; }},
    {"a peer is of another kind", [](Snapshot& node) { FirstPeer(node).kind = PeerKind::kGlobal; }},
    {"a peer is down", [](Snapshot& node) { TakeDown(FirstPeer(node)); }},
    {"a peer has another address", [](Snapshot& node) { FirstPeer(node).address = *IpAddress::Parse("10.39.1.77"); }},
    {"a peer prefers fewer routes", [](Snapshot& node) { FirstPeer(node).routes->preferred = 0; }},
    {"a peer is gone", [](Snapshot& node) { node.birds[Family::kIpv4].peers->pop_back(); }},
    {"an interface has another name",
     [](Snapshot& node) {
       for (Link& link : *node.links)
         if (link.name == "eth0") link.name = "ens3";
     }},
    {"an interface is a tunnel now",
     [](Snapshot& node) {
       for (Link& link : *node.links)
         if (link.name == "ens3") link.role = LinkRole::kTunnel, link.kind = "ipip";
     }},
    {"rules cannot be read", [](Snapshot& node) { node.rules = absl::UnavailableError("no rules"); }},
    {"links cannot be read", [](Snapshot& node) { node.links = absl::UnavailableError("no links"); }},
    {"links can be read again", [](Snapshot& node) { node.links = HealthyNode().links; }},
    {"BIRD exported less", [](Snapshot& node) { --Exported(node); }},
    {"a route went", [](Snapshot& node) { node.routes->pop_back(); }, true},
    {"a route came", [](Snapshot& node) { node.routes->push_back(BlockRoute("192.168.250.0/26", "10.39.1.36")); },
     true},
    {"routes cannot be read", [](Snapshot& node) { node.routes = absl::UnavailableError("no routes"); }, true},
    {"routes can be read again", [](Snapshot& node) { node.routes = HealthyNode().routes; }, true},
    {"BIRD is as it was", [](Snapshot& node) { node.birds = HealthyNode().birds; }},
    {"BIRD is gone", [](Snapshot& node) { node.birds[Family::kIpv4] = {}; }},
};

// What one who is told which polls have the same routes makes of a node, poll by poll, or one who is not.
class Teller {
 public:
  explicit Teller(bool told) : told_(told) {}

  Report Poll(Snapshot node, uint64_t edition) {
    if (told_ && node.routes.ok()) node.routes_edition = edition;
    Bird& bird = node.birds[Family::kIpv4];
    if (observer_.ask_bird_routes()[Family::kIpv4] && bird.status.ok()) bird.routes = kTable;
    return observer_.Observe(Seen(std::move(node)));
  }

 private:
  bool told_;
  Observer observer_;
};

// Of BIRD's table, which one poll in many is asked for.
bool LacksRoute(const Report& report) {
  return std::any_of(report.verdicts.begin(), report.verdicts.end(), [](const Verdict& verdict) {
    return verdict.check->name == "route_missing_from_kernel" && !verdict.findings.empty();
  });
}

TEST_CASE("what is kept while routes stay is what it would be if it were made anew, whatever else changes") {
  Teller told(true), ignorant(false);
  Snapshot node = HealthyNode();
  uint64_t edition = 1;
  int lacking = 0, polls = 0;
  for (const Change& change : kChanges) {
    INFO(change.what);
    if (change.of_routes) ++edition;
    change.make(node);
    for (int poll = 0; poll < 4; ++poll) {
      LetPass(absl::Seconds(20), node);
      const Report expected = ignorant.Poll(node, 0);
      CHECK(ReportJson(told.Poll(node, edition), "") == ReportJson(expected, ""));
      lacking += LacksRoute(expected);
      ++polls;
    }
  }
  CHECK(lacking > 0);
  CHECK(lacking < polls);
}

}  // namespace
}  // namespace caliwatch
