// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("cni_token_old", node); }

Snapshot Written(absl::Duration ago, absl::Duration up = absl::Hours(24 * 30)) {
  Snapshot node = HealthyNode();
  node.boot_time = up;
  node.cni_kubeconfig = CniKubeconfig{node.taken_at - ago};
  return node;
}

TEST_CASE("a token that is renewed in time is well") {
  CHECK(Run(Written(absl::Hours(11)))->empty());
  CHECK(Run(Written(absl::Hours(24)))->empty());
  CHECK(Run(Written(-absl::Hours(2)))->empty());  // before the clock was set back
}

TEST_CASE("one that is older than it lasts is found, with its age") {
  CHECK(
      *Run(Written(absl::Hours(26))) ==
      std::vector<FindingText>{{"this node",
                                "calico-node last wrote the CNI plugin's kubeconfig 26 hours ago, and the token in it "
                                "lasts 24: Kubernetes answers the plugin \"Unauthorized\""}});
}

TEST_CASE("a recording that does not tell how long the node was up is judged by the age alone") {
  CHECK(Run(Written(absl::Hours(26), absl::ZeroDuration()))->size() == 1);
}

TEST_CASE("a node without blocks of Calico's has another CNI plugin") {
  Snapshot node = Written(absl::Hours(26));
  std::erase_if(*node.routes, [](const Route& route) { return route.type == RTN_BLACKHOLE; });
  CHECK(Run(node)->empty());
}

TEST_CASE("a file whose token had ended before this node's pods began is not what the plugin uses") {
  Snapshot node = Written(absl::Hours(24 * 90));
  CHECK(Run(node)->empty());
  std::erase_if(*node.links, [](const Link& link) { return link.IsWorkload(); });  // no pod could begin
  node.links->push_back(WorkloadLink(9, "veth1234"));                              // another program's container could
  CHECK(Run(node)->size() == 1);
  CHECK(Run(Written(absl::Hours(48), absl::Hours(24)))->size() == 1);  // it ended when the node began
}

TEST_CASE("a file that cannot be looked at is unknown, and one that is not there does not apply") {
  Snapshot node = Written(absl::Hours(26));
  SECTION("unknown") {
    node.cni_kubeconfig = absl::PermissionDeniedError("denied");
    CHECK(absl::IsPermissionDenied(Run(node).status()));
  }
  SECTION("not there") {
    node.cni_kubeconfig = absl::NotFoundError("there is none");
    CHECK(absl::IsNotFound(Run(node).status()));
  }
  SECTION("links") {
    node.links = absl::UnavailableError("gone");
    CHECK(absl::IsUnavailable(Run(node).status()));
  }
  SECTION("routes") {
    node.routes = absl::UnavailableError("gone");
    CHECK(absl::IsUnavailable(Run(node).status()));
  }
}

}  // namespace
}  // namespace caliwatch
