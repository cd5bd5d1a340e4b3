// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

constexpr char kCheck[] = "calico_folders_empty";

Snapshot WithoutFiles() {
  Snapshot node = HealthyNode();
  const absl::Status none = absl::NotFoundError("/var/lib/calico/nodename does not exist");
  node.node_name = none;
  node.calico_mtu = none;
  node.endpoints = none;
  for (Bird& bird : node.birds) bird = {none, none, none};
  return node;
}

TEST_CASE("a node with Calico's interfaces and none of its files is looked at in the wrong place") {
  CHECK(*JudgeBy(kCheck, WithoutFiles()) ==
        std::vector<FindingText>{{"Calico's folders",
                                  "this node has 2 interfaces of pods (cali…), and neither its name, MTU or endpoint "
                                  "files nor a socket of BIRD is where caliwatch looks: /var/lib/calico/nodename does "
                                  "not exist"}});
}

TEST_CASE("a tunnel or routes of Felix show Calico, too") {
  Snapshot node = WithoutFiles();
  node.links->resize(1);
  SECTION("a tunnel") {
    node.links->push_back(WorkloadLink(9, "vxlan.calico"));
    CHECK(JudgeBy(kCheck, node)->front().detail.starts_with("this node has the tunnel vxlan.calico, and "));
  }
  SECTION("routes") {
    node.routes->back().protocol = 80;
    CHECK(JudgeBy(kCheck, node)->front().detail.starts_with("this node has routes of Felix, and "));
  }
}

TEST_CASE("any file or socket of Calico shows that the place is right") {
  CHECK(JudgeBy(kCheck, HealthyNode())->empty());
  Snapshot node = WithoutFiles();
  SECTION("the name") { node.node_name = "node"; }
  SECTION("one that may not be read") { node.calico_mtu = absl::PermissionDeniedError("permission denied"); }
  SECTION("a socket") { node.birds[Family::kIpv6].status = absl::UnavailableError("refused"); }
  CHECK(JudgeBy(kCheck, node)->empty());
}

TEST_CASE("a machine without Calico has none of its files by right") {
  Snapshot node = WithoutFiles();
  node.links->resize(1);
  node.links->push_back(WorkloadLink(9, "tunl0"));  // the module's own
  node.links->push_back(WorkloadLink(10, "cali0"));
  node.links->back().role = LinkRole::kHost;  // a bridge that somebody named so
  node.links->push_back(WorkloadLink(11, "eni0"));
  node.links->back().role = LinkRole::kWorkload;  // of a name that others give as well
  CHECK(JudgeBy(kCheck, node)->empty());
}

TEST_CASE("what could not be read leaves it unknown whether the folders are empty") {
  Snapshot node = WithoutFiles();
  node.links = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(JudgeBy(kCheck, node).status()));
}

}  // namespace
}  // namespace caliwatch
