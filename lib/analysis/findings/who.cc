// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/who.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

std::string Capital(std::string text) {
  if (!text.empty()) text[0] = absl::ascii_toupper(text[0]);
  return text;
}

// "pod default/web-1"; "" of an address that no workload has, or of one that several have.
std::string OwnerOf(const IpAddress& address, const Evidence& evidence) {
  const auto& workloads = std::get<absl::StatusOr<Workloads>>(evidence.derived);
  if (!workloads.ok()) return "";
  const auto [first, last] =
      std::equal_range(workloads->rows.begin(), workloads->rows.end(), WorkloadAddress{address, {}, {}, {}},
                       [](const WorkloadAddress& a, const WorkloadAddress& b) { return a.address < b.address; });
  if (last - first != 1) return "";
  return first->owner.empty() ? OwnerAt(first->interface, evidence) : first->owner;
}

// Which other node has the address, or the tunnel that ends there; "" for none.
std::string NodeText(const IpAddress& address, const Evidence& evidence) {
  const auto& nodes = std::get<absl::StatusOr<RemoteNodes>>(evidence.derived);
  if (!nodes.ok()) return "";
  for (const RemoteNode& node : nodes->rows) {
    if (node.address == address) return absl::StrCat("Node ", address.ToString());
    if (node.tunnel_address == address)
      return absl::StrCat("Node ", node.address ? node.address->ToString() : "behind the tunnel", " (tunnel address ",
                          address.ToString(), ")");
  }
  return "";
}

std::string AddressText(const Finding& finding, const IpAddress& address, const Evidence& evidence) {
  if (finding.is_peer) return absl::StrCat("BGP peer ", address.ToString());
  if (const std::string owner = OwnerOf(address, evidence); !owner.empty())
    return Capital(absl::StrCat(owner, " (", address.ToString(), ")"));
  if (const std::string node = NodeText(address, evidence); !node.empty()) return node;
  return absl::StrCat("Address ", address.ToString());
}

std::string InterfaceText(const std::string& name, const Evidence& evidence) {
  if (const std::string owner = OwnerAt(name, evidence); !owner.empty())
    return Capital(absl::StrCat(owner, " (", name, ")"));
  return absl::StrCat(RoleOf(name) == LinkRole::kTunnel ? "Tunnel " : "Interface ", name);
}

// A block, or the address of one pod.
std::string PrefixText(const Finding& finding, const Prefix& prefix, const Evidence& evidence) {
  if (prefix.IsSingleAddress()) return AddressText(finding, prefix.address, evidence);
  return absl::StrCat(prefix.IsDefault() ? "Default route " : "Network ", prefix.ToString());
}

std::string WideText(FamilyWide wide, absl::string_view family) {
  switch (wide) {
    case FamilyWide::kBird:
      return absl::StrCat("BIRD (", family, ")");
    case FamilyWide::kForwarding:
      return absl::StrCat("Forwarding of ", family);
    case FamilyWide::kNeighborTable:
      return absl::StrCat("The neighbor table of ", family);
    case FamilyWide::kWorkloadRoutes:
      break;
  }
  return absl::StrCat("All workloads' ", family);
}

}  // namespace

std::string WhoText(const Finding& finding, const Evidence& evidence) {
  if (!finding.who.empty()) return finding.who;
  if (const auto* address = std::get_if<IpAddress>(&finding.subject)) return AddressText(finding, *address, evidence);
  if (const auto* prefix = std::get_if<Prefix>(&finding.subject)) return PrefixText(finding, *prefix, evidence);
  if (const auto* name = std::get_if<InterfaceName>(&finding.subject)) return InterfaceText(name->name, evidence);
  if (const auto* wide = std::get_if<FamilyWide>(&finding.subject))
    return WideText(*wide, finding.family == Family::kIpv6 ? "IPv6" : "IPv4");
  if (std::holds_alternative<PodName>(finding.subject)) return absl::StrCat("Pod ", SubjectText(finding));
  if (const auto* protocol = std::get_if<ProtocolName>(&finding.subject))
    return absl::StrCat("BGP peer ", protocol->name);
  if (finding.subject == Thing(NodeWide::kEndpointFiles)) return "Felix' files of pods (endpoint-status)";
  return Capital(SubjectText(finding));
}

}  // namespace caliwatch
