// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/findings/lost_behind_tunnel.h"
#include "lib/analysis/routes/tunnel_underlay.h"

namespace caliwatch {
namespace {

// tunl0 is there, and down, wherever the kernel's module ipip is loaded. It is Calico's once Calico gave it an address,
// made pods for it, or has BIRD lead routes through it, which the kernel refuses while it is down.
enum class Use : uint8_t { kNone, kByAddress, kWithoutAddress };

Use UseOf(const Link& tunnel, const std::vector<Address>& addresses, const absl::StatusOr<Encapsulation>& encapsulation,
          const Evidence& evidence) {
  const bool has_address = std::any_of(addresses.begin(), addresses.end(),
                                       [&](const Address& address) { return address.link == tunnel.index; });
  if (tunnel.name != "tunl0" || has_address) return Use::kByAddress;
  const bool is_used = (encapsulation.ok() && encapsulation->device == tunnel.name) ||
                       !RefusedForNothing(evidence, Family::kIpv4).empty();
  return is_used ? Use::kWithoutAddress : Use::kNone;
}

Finding FindingFor(const Link& tunnel, Use use, const Evidence& evidence) {
  Finding finding{
      InterfaceName{tunnel.name}, std::nullopt, "is switched off; the kernel has dropped every route through it",
      absl::StrCat(
          "ip link set ", tunnel.name,
          " up, then restart calico-node on this node if routes through it do not come back within 10 seconds."),
      LostBehindTunnel(evidence, tunnel.name, FamilyOfTunnel(tunnel.name))};
  if (use == Use::kWithoutAddress) {
    finding.detail = "is switched off and has no address; the kernel refuses every route through it";
    finding.remedy =
        "Restart calico-node on this node: where IPIP is on, Felix sets tunl0 up and gives it its address. If it does "
        "not, FelixConfiguration says that IPIP is off (ipipEnabled) while a pool has an ipipMode. Where no pool is "
        "meant to have one, take the interface away (rmmod ipip): BIRD then leads its routes without it.";
  }
  return finding;
}

Judgement TunnelsDown(const std::vector<Link>& links, const std::vector<Address>& addresses,
                      const absl::StatusOr<Encapsulation>& encapsulation, const Evidence& evidence) {
  std::vector<Finding> findings;
  bool is_in_doubt = false;
  for (const Link& link : links) {
    if (link.role != LinkRole::kTunnel || link.up) continue;
    const Use use = UseOf(link, addresses, encapsulation, evidence);
    if (use != Use::kNone) findings.push_back(FindingFor(link, use, evidence));
    is_in_doubt |= use == Use::kNone;
  }
  return Judged(std::move(findings), is_in_doubt ? encapsulation.status() : absl::OkStatus());
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const std::string tunnel = ThingText(finding.subject);
  const Link* link = LinkNamed(tunnel, evidence);
  const bool is_bare = tunnel == "tunl0" && link != nullptr && evidence.now.addresses.ok() &&
                       std::none_of(evidence.now.addresses->begin(), evidence.now.addresses->end(),
                                    [&](const Address& address) { return address.link == link->index; });
  Commands commands;
  if (!is_bare) commands.push_back(Change(absl::StrCat("ip link set ", SubjectWord(finding), " up")));
  commands.push_back(RestartCalicoNode(evidence));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "tunnel_device_down",
        .severity = Severity::kCritical,
        .summary = "A tunnel interface of Calico's is switched off.",
        .impact = "Pods of this node do not reach pods of nodes behind the tunnel, nor the other way round.",
        .meaning = "The kernel removes the routes of an interface that is set down, IPv4 ones without a word, and its "
                   "neighbor entries; it does not bring them back when the interface is up again. Somebody set it "
                   "down, or NetworkManager or systemd-networkd manages it. tunl0 comes, switched off, with the "
                   "kernel's module ipip: it is judged where it has an address, where pods' MTU leaves room for IPIP's "
                   "headers, or where BIRD has routes that the kernel refuses and that nothing is in the place of.",
        .remedy = "ip link set NAME up, and restart calico-node on this node if routes do not come back. Keep "
                  "NetworkManager away from Calico's interfaces (unmanaged-devices=interface-name:cali*;tunl0;"
                  "vxlan.calico;vxlan-v6.calico;wireguard.cali;wg-v6.cali).",
        .says = "is switched off",
    },
    JudgeNode(TunnelsDown), CommandsOf);

}  // namespace
}  // namespace caliwatch
