// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/commands.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

struct Looked {
  explicit Looked(Snapshot of) : node(std::move(of)), derived(Derive(node)), birds(ViewBirds(node)) {}
  Evidence evidence() const { return {node, birds, derived, before}; }

  Snapshot node;
  Derived derived;
  PerFamily<BirdView> birds;
  Recollection before;
};

TEST_CASE("calico-node's pod on this node is found by the node's name, in whichever namespace it is") {
  const Looked at(HealthyNode());
  CHECK(CalicoNodePod(at.evidence()) ==
        "kubectl get pods -o wide -A -l k8s-app=calico-node --field-selector spec.nodeName=node-231");
  CHECK(RestartCalicoNode(at.evidence()) ==
        Command{"kubectl delete pods -A -l k8s-app=calico-node --field-selector spec.nodeName=node-231", true});
  CHECK(CalicoNodeLog(at.evidence()) ==
        "kubectl logs -c calico-node $(kubectl get pods -A -l k8s-app=calico-node --field-selector "
        "spec.nodeName=node-231 -o jsonpath='-n {.items[0].metadata.namespace} {.items[0].metadata.name}') --tail=100");
  CHECK(CalicoNodeLog(at.evidence(), "-i typha").ends_with("') --since=1h | grep -i typha"));
  CHECK(Birdcl(at.evidence(), Family::kIpv6, "show status")
            .ends_with("-- birdcl -s /var/run/calico/bird6.ctl show status"));
}

TEST_CASE("that of another node is found by its address") {
  const IpAddress there = *IpAddress::Parse("10.39.1.36");
  CHECK(RestartCalicoNodeAt(there).line ==
        "kubectl delete pods -A -l k8s-app=calico-node --field-selector status.podIP=10.39.1.36");
  CHECK(NodeOf(there) == "the node of 10.39.1.36");
}

TEST_CASE("a node whose name could not be read has none, and one that a shell would read is a word to it") {
  Snapshot node = HealthyNode();
  node.node_name = absl::NotFoundError("no file");
  CHECK(NodeWord(Looked(node).evidence()) == "NODE");
  node.node_name = "a b;c";
  CHECK(NodeWord(Looked(node).evidence()) == "'a b;c'");
}

TEST_CASE("a pod is entered by way of a process in its namespace, whose number the kernel gives") {
  Snapshot node = HealthyNode();
  CHECK(InPodBehind("calif0f0f0f0f0f", "ip link", Looked(node).evidence()) ==
        "nsenter -t \"$(lsns -t net -n -o NETNSID,PID | awk '$1 == 6 { print $2; exit }')\" -n ip link");
  node.links->back().peer_netns_id = -1;
  CHECK(InPodBehind("calif0f0f0f0f0f", "ip link", Looked(node).evidence()).empty());
  node.links->back().peer_netns_id.reset();
  CHECK(InPodBehind("calif0f0f0f0f0f", "ip link", Looked(node).evidence()).empty());
  CHECK(InPodBehind("cali0", "ip link", Looked(node).evidence()).empty());
  node.links = absl::UnavailableError("netlink is gone");
  CHECK(InPodBehind("calif0f0f0f0f0f", "ip link", Looked(node).evidence()).empty());
}

TEST_CASE("the pod's end has the name that it was seen to have, and else Calico's") {
  Snapshot node = HealthyNode();
  CHECK(EndInPod("cali12ab34cd56e", Looked(node).evidence()) == "eth0");
  PodNetwork pod;
  pod.netns_id = 5;
  pod.links = {WorkloadLink(2, "net1")};
  node.pods = std::vector<PodNetwork>{pod};
  CHECK(EndInPod("cali12ab34cd56e", Looked(node).evidence()) == "net1");
  CHECK(EndInPod("calif0f0f0f0f0f", Looked(node).evidence()) == "eth0");
}

TEST_CASE("whose an interface is, is known of its file, or of the time before that went") {
  Looked at(HealthyNode());
  at.before.former_owners["cali9"] = "pod shop/cart-7";
  CHECK(OwnerAt("cali12ab34cd56e", at.evidence()) == "pod default/pod-1");
  CHECK(OwnerAt("cali9", at.evidence()) == "pod shop/cart-7");
  CHECK(OwnerAt("cali8", at.evidence()).empty());
  CHECK(KubectlPod("pod shop/cart-7") == "-n shop cart-7");
  CHECK(KubectlPod("workload vm-1").empty());
  CHECK(KubectlPod("pod nameless").empty());
}

}  // namespace
}  // namespace caliwatch
