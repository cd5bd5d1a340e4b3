// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <nlohmann/json.hpp>

#include "lib/decode/ipam_records.h"
#include "test/support/catch.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

Json PodObject() {
  return Json::parse(R"({"kind": "Pod", "metadata": {"name": "web-1", "namespace": "default", "uid": "u-1",
      "creationTimestamp": "2026-11-27T15:52:18Z",
      "annotations": {"cni.projectcalico.org/containerID": "aa", "cni.projectcalico.org/podIPs": "10.48.40.128/32"}},
    "spec": {"nodeName": "n1"},
    "status": {"phase": "Running", "podIP": "10.48.40.128", "podIPs": [{"ip": "10.48.40.128"}, {"ip": "fd00::1"}]}})");
}

template <class Row>
Row RowOf(const Json& object) {
  Row row;
  const absl::Status status = Decode(object, row);
  INFO(status);
  REQUIRE(status.ok());
  return row;
}

std::vector<std::string> Texts(const std::vector<IpAddress>& addresses) {
  std::vector<std::string> texts;
  for (const IpAddress& address : addresses) texts.push_back(address.ToString());
  return texts;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a pod has its addresses of status and of Calico's note, each once") {
  const auto pod = RowOf<ClusterPod>(PodObject());
  CHECK(pod.name == "default/web-1");
  CHECK(pod.node == "n1");
  CHECK(pod.uid == "u-1");
  CHECK(pod.container == "aa");
  CHECK(Texts(pod.addresses) == Words{"10.48.40.128", "fd00::1"});
  CHECK(pod.created == absl::FromCivil(absl::CivilSecond(2026, 11, 27, 15, 52, 18), absl::UTCTimeZone()));
  CHECK_FALSE(pod.deleting);
  CHECK_FALSE(pod.host_network);
  CHECK_FALSE(pod.without_ipam);
  CHECK_FALSE(pod.IsOver());
}

TEST_CASE("Calico's note counts before the status is there, and where it took the addresses back") {
  Json object = PodObject();
  object["status"] = {{"phase", "Pending"}};
  CHECK(Texts(RowOf<ClusterPod>(object).addresses) == Words{"10.48.40.128"});
  object = PodObject();
  object["metadata"]["annotations"]["cni.projectcalico.org/podIPs"] = "";
  CHECK(RowOf<ClusterPod>(object).addresses.empty());
  object["metadata"].erase("annotations");
  CHECK(RowOf<ClusterPod>(object).addresses.size() == 2);
}

TEST_CASE("a pod may be deleting, over, in the node's network, without IPAM, or a virtual machine") {
  Json object = PodObject();
  object["metadata"]["deletionTimestamp"] = "2026-11-27T16:00:00Z";
  object["status"]["phase"] = "Succeeded";
  object["spec"]["hostNetwork"] = true;
  object["metadata"]["annotations"]["cni.projectcalico.org/ipAddrsNoIpam"] = "[\"10.0.0.1\"]";
  object["metadata"]["labels"] = {{"kubevirt.io", "virt-launcher"}, {"vm.kubevirt.io/name", "vm-1"}};
  const auto pod = RowOf<ClusterPod>(object);
  CHECK(pod.deleting.has_value());
  CHECK(pod.IsOver());
  CHECK(pod.host_network);
  CHECK(pod.without_ipam);
  CHECK(pod.virtual_machine == "default/vm-1");
  object["metadata"]["labels"].erase("kubevirt.io");
  CHECK(RowOf<ClusterPod>(object).virtual_machine.empty());
}

TEST_CASE("a pod with what is no address is refused") {
  Json object = PodObject();
  object["status"]["podIPs"][1]["ip"] = "none";
  ClusterPod pod;
  CHECK(Says(Decode(object, pod), "status.podIPs[].ip is no address, but 'none'"));
  object = PodObject();
  object["metadata"]["annotations"]["cni.projectcalico.org/podIPs"] = "10.0.0.1,x";
  CHECK(Says(Decode(object, pod), "podIPs holds other than addresses"));
}

TEST_CASE("Kubernetes' node has addresses, and those of tunnels in Calico's annotations") {
  const auto node = RowOf<ClusterNode>(Json::parse(R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1",
      "annotations": {"projectcalico.org/IPv4Address": "10.9.0.11/24", "projectcalico.org/IPv4IPIPTunnelAddr": "10.48.40.128",
        "projectcalico.org/IPv4VXLANTunnelAddr": "10.48.40.129", "projectcalico.org/IPv6VXLANTunnelAddr": "fd00::1",
        "projectcalico.org/IPv4WireguardInterfaceAddr": "10.48.40.130"}},
      "status": {"addresses": [{"type": "InternalIP", "address": "10.9.0.11"}, {"type": "Hostname", "address": "n1"},
                               {"type": "ExternalIP", "address": "203.0.113.7"}]}})"));
  CHECK(node.name == "n1");
  CHECK(Texts(node.addresses) == Words{"10.9.0.11", "203.0.113.7"});
  CHECK(Texts(node.tunnel_addresses) == Words{"10.48.40.128", "10.48.40.129", "fd00::1", "10.48.40.130"});
}

TEST_CASE("Calico's node has both in its spec") {
  const auto node = RowOf<ClusterNode>(Json::parse(R"({"apiVersion": "projectcalico.org/v3", "kind": "Node",
      "metadata": {"name": "n1"}, "spec": {"bgp": {"ipv4Address": "10.9.0.11/24", "ipv4IPIPTunnelAddr": "10.48.40.128"},
        "ipv4VXLANTunnelAddr": "10.48.40.129", "wireguard": {"interfaceIPv6Address": "fd00::1"}}})"));
  CHECK(Texts(node.addresses) == Words{"10.9.0.11"});
  CHECK(Texts(node.tunnel_addresses) == Words{"10.48.40.128", "10.48.40.129", "fd00::1"});
}

TEST_CASE("a service has load balancer addresses if it is one") {
  Json object = Json::parse(R"({"metadata": {"name": "web", "namespace": "shop"}, "spec": {"type": "LoadBalancer"},
      "status": {"loadBalancer": {"ingress": [{"ip": "10.48.9.1"}, {"hostname": "web.example"}]}}})");
  CHECK(RowOf<ClusterService>(object).name == "shop/web");
  CHECK(Texts(RowOf<ClusterService>(object).load_balancer_addresses) == Words{"10.48.9.1"});
  object["spec"]["type"] = "ClusterIP";
  CHECK(RowOf<ClusterService>(object).load_balancer_addresses.empty());
}

}  // namespace caliwatch
