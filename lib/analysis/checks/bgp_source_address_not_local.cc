// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/bgp/own_address.h"
#include "lib/analysis/findings/check.h"

namespace caliwatch {
namespace {

std::string OwnAddresses(Family family, const std::vector<Address>& addresses) {
  std::vector<std::string> own;
  for (const Address& address : addresses)
    if (address.address.family == family && address.scope == RT_SCOPE_UNIVERSE)
      own.push_back(address.address.ToString());
  return own.empty() ? "none" : absl::StrJoin(own, ", ");
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
  return finding;
}

// That BIRD named when a session was last up, as earlier polls know.
std::optional<IpAddress> LostSince(const BirdEvidence& bird, const std::vector<Address>& addresses) {
  for (const BgpPeer& peer : *bird.now.peers) {
    const auto before = bird.before.last_source.find(peer.name);
    if (peer.kind == PeerKind::kLocalWorkload) continue;  // BIRD speaks to it from another address
    if (!peer.source_address && before != bird.before.last_source.end() && !IsLocal(before->second, addresses))
      return before->second;
  }
  return std::nullopt;
}

std::vector<Finding> SourcesNotLocal(const BirdEvidence& bird, const std::vector<Address>& addresses,
                                     const std::vector<BgpSocket>& sockets) {
  std::optional<IpAddress> lost = LostSource(*bird.now.status, *bird.now.peers, addresses, &sockets);
  if (!lost) lost = LostSince(bird, addresses);
  if (!lost) return {};
  return {FindingFor(*lost, *bird.now.peers, addresses)};
}

const RegisterCheck registered(
    {
        .name = "bgp_source_address_not_local",
        .severity = Severity::kCritical,
        .summary = "The address that this node announces itself with is on none of its interfaces.",
        .impact = "All routes to and from this node's pods go, since no BGP session can be opened from that address.",
        .meaning =
            "Calico found the node's address once, on an interface that has lost it since or never was the right "
            "one. BIRD cannot open sessions from it, peers cannot answer to it: every session says \"Connection "
            "closed\" or waits. Sessions that are still up end with the hold timer.",
        .remedy =
            "Give the address back to an interface (ip address add ADDRESS/LENGTH dev INTERFACE; a lost IPv6 address "
            "as well), or correct it: set IP_AUTODETECTION_METHOD (interface=… or "
            "cidr=…) for calico-node and restart it here, or edit spec.bgp of the Node resource (calicoctl get node "
            "NAME -o yaml).",
    },
    JudgeEachBird(SourcesNotLocal));

}  // namespace
}  // namespace caliwatch
