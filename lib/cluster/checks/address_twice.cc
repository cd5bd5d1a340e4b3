// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"
#include "lib/cluster/standing.h"

namespace caliwatch {
namespace {

struct Holder {
  const Member* member;
  const HeldAddress* held;
};

std::string HolderText(const Holder& holder) {
  return absl::StrCat(holder.held->pod.empty() ? "" : absl::StrCat("pod ", holder.held->pod, " at "),
                      holder.held->interface, " of node ", holder.member->name);
}

// "default/virt-launcher-vm1-abcde": a machine that moves has two such pods for a while, with one address.
absl::string_view MachineOf(const HeldAddress& held) {
  const absl::string_view pod = held.pod;
  return absl::StrContains(pod, "/virt-launcher-") ? pod.substr(0, pod.rfind('-')) : "";
}

bool AreOneMachine(const std::vector<Holder>& holders) {
  for (const Holder& holder : holders)
    if (MachineOf(*holder.held).empty() || MachineOf(*holder.held) != MachineOf(*holders.front().held)) return false;
  return true;
}

bool AreOfOneNode(const std::vector<Holder>& holders) {
  for (const Holder& holder : holders)
    if (holder.member != holders.front().member) return false;
  return true;
}

// Whose block has the address, in words.
std::string BlockText(const ClusterEvidence& evidence, const IpAddress& address) {
  for (const Member& member : evidence.members())
    for (const Prefix& block : member.told->blocks.value_or(std::vector<Prefix>()))
      if (block.Contains(address))
        return absl::StrCat("; other nodes' routes lead to ", member.name, ", whose block ", block.ToString(),
                            " has it");
  return "";
}

// Pods of several nodes, or a pod and another node's tunnel.
std::string UsersText(const std::vector<Holder>& holders, const Member* tunnel_owner, const IpAddress& address) {
  std::vector<std::string> texts;
  for (const Holder& holder : holders) texts.push_back(HolderText(holder));
  if (tunnel_owner != nullptr) texts.push_back(absl::StrCat("the tunnel of node ", tunnel_owner->name));
  return absl::StrCat(NamesText(texts), " have ", address.ToString());
}

// The member, other than all holders, whose tunnel has the address; null: none.
const Member* TunnelOwnerOf(const ClusterEvidence& evidence, const IpAddress& address) {
  const Member* owner = evidence.OwnerOf(address);
  if (owner == nullptr) return nullptr;
  for (const ToldAddress& own : *owner->told->own_addresses)
    if (own.address == address && own.is_tunnel) return owner;
  return nullptr;
}

ClusterFindings Twice(const ClusterEvidence& evidence) {
  std::map<IpAddress, std::vector<Holder>> by_address;
  for (const Member& member : evidence.members())
    if (member.agent->workloads.ok())
      for (const HeldAddress& held : *member.agent->workloads)
        if (held.unchanged >= kSettled) by_address[held.address].push_back({&member, &held});
  ClusterFindings findings;
  for (const auto& [address, holders] : by_address) {
    const Member* tunnel_owner = TunnelOwnerOf(evidence, address);
    if (tunnel_owner == holders.front().member) tunnel_owner = nullptr;
    const bool several = !AreOfOneNode(holders) && !AreOneMachine(holders);
    if (!several && tunnel_owner == nullptr) continue;
    ClusterFinding finding{
        .subject = address.ToString(),
        .detail = absl::StrCat(UsersText(holders, tunnel_owner, address), BlockText(evidence, address)),
        .nodes = {},
        .commands = {{absl::StrCat("calicoctl ipam show --ip=", address.ToString())}}};
    for (const Holder& holder : holders) finding.nodes.push_back(holder.member->name);
    if (tunnel_owner != nullptr) finding.nodes.push_back(tunnel_owner->name);
    findings.push_back(std::move(finding));
  }
  return findings;
}

const RegisterClusterCheck registered(
    {.name = "cluster_address_twice",
     .severity = Severity::kCritical,
     .summary = "Pods of two nodes have one address.",
     .impact = "Traffic to the address reaches one of them; the other is cut off, and answers come from the wrong pod.",
     .meaning =
         "The kernels of both nodes lead the address to an interface of their own, for half a minute or longer, "
         "or one of them has it at its tunnel. IPAM gave it again while it was in use: its record was missing or "
         "released. The two pods of a virtual machine that migrates are one.",
     .remedy = "See whom the record names, and delete the other pod: it gets another address. `caliwatch ipam` looks "
               "for more of the kind in the records."},
    Twice);

}  // namespace
}  // namespace caliwatch
