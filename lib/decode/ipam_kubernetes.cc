// SPDX-License-Identifier: Apache-2.0

// Objects of Kubernetes' core v1, with what Calico notes in their annotations; and Calico's own node.

#include <algorithm>
#include <string>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "lib/decode/ipam_records.h"
#include "lib/decode/json_fields.h"

namespace caliwatch {
namespace {

void AddAddress(const std::optional<IpAddress>& address, std::vector<IpAddress>& addresses) {
  if (address && std::find(addresses.begin(), addresses.end(), *address) == addresses.end())
    addresses.push_back(*address);
}

std::string FullName(const JsonFields& metadata, const std::string& name) {
  return absl::StrCat(metadata.Text("namespace"), "/", name);
}

// What Calico's CNI plugin gave: it is written before Kubernetes has the status, and made empty when all is taken back.
void TakeNotedAddresses(const JsonFields& annotations, std::vector<IpAddress>& addresses) {
  constexpr char kNoted[] = "cni.projectcalico.org/podIPs";
  if (annotations.Find(kNoted).IsNull()) return;
  const std::string noted = annotations.Text(kNoted);
  if (noted.empty()) return addresses.clear();
  for (const absl::string_view text : absl::StrSplit(noted, ',')) {
    const absl::StatusOr<IpAddress> address = AddressFrom(text);
    if (address.ok())
      AddAddress(*address, addresses);
    else
      annotations.Fail(kNoted, "holds other than addresses");
  }
}

void TakeKubernetesNode(const JsonFields& fields, ClusterNode& row) {
  for (const JsonFields& address : fields.At("status").Objects("addresses"))
    if (absl::EndsWith(address.Text("type"), "IP")) AddAddress(address.Address("address"), row.addresses);
  const JsonFields annotations = fields.At("metadata").At("annotations");
  for (const char* key : {"projectcalico.org/IPv4Address", "projectcalico.org/IPv6Address"})
    AddAddress(annotations.Address(key), row.addresses);
  for (const char* key : {"projectcalico.org/IPv4IPIPTunnelAddr", "projectcalico.org/IPv4VXLANTunnelAddr",
                          "projectcalico.org/IPv6VXLANTunnelAddr", "projectcalico.org/IPv4WireguardInterfaceAddr",
                          "projectcalico.org/IPv6WireguardInterfaceAddr"})
    AddAddress(annotations.Address(key), row.tunnel_addresses);
}

void TakeCalicoNode(const JsonFields& fields, ClusterNode& row) {
  const JsonFields spec = fields.At("spec");
  const JsonFields bgp = spec.At("bgp"), wireguard = spec.At("wireguard");
  AddAddress(bgp.Address("ipv4Address"), row.addresses);
  AddAddress(bgp.Address("ipv6Address"), row.addresses);
  AddAddress(bgp.Address("ipv4IPIPTunnelAddr"), row.tunnel_addresses);
  AddAddress(spec.Address("ipv4VXLANTunnelAddr"), row.tunnel_addresses);
  AddAddress(spec.Address("ipv6VXLANTunnelAddr"), row.tunnel_addresses);
  AddAddress(wireguard.Address("interfaceIPv4Address"), row.tunnel_addresses);
  AddAddress(wireguard.Address("interfaceIPv6Address"), row.tunnel_addresses);
}

}  // namespace

absl::Status Decode(const JsonValue& object, ClusterPod& row) {
  absl::Status status;
  const JsonFields fields(object, status);
  const JsonFields metadata = fields.At("metadata"), spec = fields.At("spec"), now = fields.At("status");
  const JsonFields annotations = metadata.At("annotations"), labels = metadata.At("labels");
  row.name = FullName(metadata, metadata.Text("name"));
  row.node = spec.Text("nodeName");
  row.uid = metadata.Text("uid");
  row.phase = now.Text("phase");
  row.host_network = spec.Flag("hostNetwork");
  row.created = metadata.Time("creationTimestamp");
  row.deleting = metadata.Time("deletionTimestamp");
  row.container = annotations.Text("cni.projectcalico.org/containerID");
  row.without_ipam = !annotations.Text("cni.projectcalico.org/ipAddrsNoIpam").empty();
  AddAddress(now.Address("podIP"), row.addresses);
  for (const JsonFields& one : now.Objects("podIPs")) AddAddress(one.Address("ip"), row.addresses);
  TakeNotedAddresses(annotations, row.addresses);
  std::string machine = labels.Text("vm.kubevirt.io/name");
  if (machine.empty()) machine = labels.Text("kubevirt.io/domain");
  if (labels.Text("kubevirt.io") == "virt-launcher" && !machine.empty())
    row.virtual_machine = FullName(metadata, machine);
  return status;
}

absl::Status Decode(const JsonValue& object, ClusterNode& row) {
  absl::Status status;
  const JsonFields fields(object, status);
  row.name = fields.At("metadata").Text("name");
  row.created = fields.At("metadata").Time("creationTimestamp");
  if (absl::StartsWith(fields.Text("apiVersion"), "projectcalico.org/"))
    TakeCalicoNode(fields, row);
  else
    TakeKubernetesNode(fields, row);
  return status;
}

absl::Status Decode(const JsonValue& object, ClusterService& row) {
  absl::Status status;
  const JsonFields fields(object, status);
  const JsonFields metadata = fields.At("metadata");
  row.name = FullName(metadata, metadata.Text("name"));
  if (fields.At("spec").Text("type") != "LoadBalancer") return status;
  for (const JsonFields& one : fields.At("status").At("loadBalancer").Objects("ingress"))
    AddAddress(one.Address("ip"), row.load_balancer_addresses);
  return status;
}

}  // namespace caliwatch
