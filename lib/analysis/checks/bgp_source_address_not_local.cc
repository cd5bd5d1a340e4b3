// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/bgp/own_address.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

std::string OwnAddresses(Family family, const std::vector<Address>& addresses) {
  std::vector<std::string> own;
  for (const Address& address : addresses)
    if (address.address.family == family && address.scope == RT_SCOPE_UNIVERSE)
      own.push_back(address.address.ToString());
  return own.empty() ? "none" : absl::StrJoin(own, ", ");
}

// Who answers for the address now, by the neighbor table. Null: it does not say. A router that answers for all
// addresses, as a cloud's does, is no holder.
const Neighbor* HolderOf(const IpAddress& address, const std::vector<Neighbor>& neighbors,
                         const std::vector<Route>& routes) {
  const auto entry_of = [&](const IpAddress& wanted) {
    return std::find_if(neighbors.begin(), neighbors.end(),
                        [&](const Neighbor& row) { return row.address == wanted && row.mac && row.IsUsable(); });
  };
  const auto holder = entry_of(address);
  if (holder == neighbors.end()) return nullptr;
  const bool is_router = std::any_of(routes.begin(), routes.end(), [&](const Route& route) {
    if (!route.destination.IsDefault() || !route.gateway) return false;
    const auto router = entry_of(*route.gateway);
    return router != neighbors.end() && router->mac == holder->mac;
  });
  return is_router ? nullptr : &*holder;
}

void TellHolder(Finding& finding, const Neighbor& holder, const std::string& interface) {
  absl::StrAppend(&finding.detail, "; another machine has it now: ", ToString(*holder.mac), " answers for it on ",
                  interface);
  finding.remedy =
      "Leave the address to the machine that has it. If both machines have one name in Kubernetes or in NODENAME, as a "
      "clone and one that was set up anew have, they are one Node to Calico, and each takes the other's address: give "
      "this one a name of its own and restart kubelet and calico-node here. Otherwise tell Calico this node's present "
      "address: restart calico-node here, which finds it (IP_AUTODETECTION_METHOD: interface=… or cidr=…), or edit "
      "spec.bgp of the Node resource (calicoctl get node NAME -o yaml).";
}

Finding FindingFor(const IpAddress& source, const std::vector<BgpPeer>& peers, const std::vector<Address>& addresses) {
  const auto up = std::count_if(peers.begin(), peers.end(), [](const BgpPeer& peer) { return peer.IsUp(); });
  Finding finding{
      source, source.family,
      absl::StrCat("BIRD speaks BGP as this address, which no interface of the node has (it has: ",
                   OwnAddresses(source.family, addresses), "); ", up, " of ", peers.size(), " sessions are still up")};
  for (const BgpPeer& peer : peers)
    if (!peer.IsUp() && peer.address) finding.related.emplace_back(*peer.address);
  finding.is_peer = true;  // to all others
  finding.who = absl::StrCat("This node's BGP address ", source.ToString());
  return finding;
}

// That BIRD named when a session was last up, as earlier polls know.
std::optional<IpAddress> LostSince(const BirdEvidence& bird, const std::vector<Address>& addresses) {
  const auto own = OwnAddressesOf(addresses);
  for (const BgpPeer& peer : *bird.now.peers) {
    const auto before = bird.before.last_source.find(peer.name);
    if (peer.kind == PeerKind::kLocalWorkload) continue;  // BIRD speaks to it from another address
    if (!peer.source_address && before != bird.before.last_source.end() && !own.contains(before->second))
      return before->second;
  }
  return std::nullopt;
}

std::vector<Finding> SourcesNotLocal(const BirdEvidence& bird, const std::vector<Address>& addresses,
                                     const std::vector<BgpSocket>& sockets,
                                     const absl::StatusOr<std::vector<Neighbor>>& neighbors,
                                     const absl::StatusOr<std::vector<Route>>& routes,
                                     const absl::StatusOr<LinkIndex>& links) {
  std::optional<IpAddress> lost = LostSource(*bird.now.status, *bird.now.peers, addresses, &sockets);
  if (!lost) lost = LostSince(bird, addresses);
  if (!lost) return {};
  Finding finding = FindingFor(*lost, *bird.now.peers, addresses);
  if (neighbors.ok() && routes.ok() && links.ok())
    if (const Neighbor* holder = HolderOf(*lost, *neighbors, *routes))
      TellHolder(finding, *holder, links->NameOf(holder->link));
  return {std::move(finding)};
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look("ip -brief address"), Look(CalicoNode(evidence)), Look(CalicoNodeLog(evidence, "-i autodetect"))};
}

const RegisterCheck registered(
    {
        .name = "bgp_source_address_not_local",
        .severity = Severity::kCritical,
        .summary = "The address that this node announces itself with is on none of its interfaces.",
        .impact = "All routes to and from this node's pods go, since no BGP session can be opened from that address.",
        .meaning = "Calico found the node's address once, on an interface that has lost it since or never was the "
                   "right one. BIRD cannot open sessions from it, peers cannot answer to it: every session says "
                   "\"Connection closed\" or waits. Sessions that are still up end with the hold timer.",
        .remedy = "If no other machine has the address now (arping -D -I INTERFACE ADDRESS gets no answer), give it "
                  "back to an interface: ip address add ADDRESS/LENGTH dev INTERFACE, a lost IPv6 address as well. "
                  "Otherwise correct it: set IP_AUTODETECTION_METHOD (interface=… or cidr=…) for calico-node and "
                  "restart it here, or edit spec.bgp of the Node resource (calicoctl get node NAME -o yaml).",
        .says = "is on none of its interfaces",
    },
    JudgeEachBird(SourcesNotLocal), CommandsOf);

}  // namespace
}  // namespace caliwatch
