// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/bgp_sockets.h"
#include "lib/analysis/check.h"

namespace caliwatch {
namespace {

bool IsLocal(const IpAddress& wanted, const std::vector<Address>& addresses) {
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const Address& address) { return address.address == wanted; });
}

// Calico gives BIRD the node's address for a Router ID, unless told otherwise (CALICO_ROUTER_ID): then sessions are up
// or being opened from another address, which is local.
bool SpeaksFromElsewhere(const std::vector<BgpPeer>& peers, const std::vector<BgpSocket>& sockets,
                         const std::vector<Address>& addresses) {
  return std::any_of(peers.begin(), peers.end(), [&](const BgpPeer& peer) {
    if (peer.source_address) return IsLocal(*peer.source_address, addresses);
    const BgpSocket* socket = peer.address ? SocketTowards(*peer.address, sockets) : nullptr;
    return socket != nullptr && IsLocal(socket->local, addresses);
  });
}

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
      source.ToString(),
      absl::StrCat("BIRD speaks BGP as this address, which no interface of the node has (it has: ",
                   OwnAddresses(source.family, addresses), "); ", up, " of ", peers.size(), " sessions are still up")};
  for (const BgpPeer& peer : peers)
    if (!peer.IsUp() && peer.address) finding.about.push_back(peer.address->ToString());
  return finding;
}

std::vector<Finding> SourcesNotLocal(const BirdStatus& status, const std::vector<BgpPeer>& peers,
                                     const std::vector<Address>& addresses, const std::vector<BgpSocket>& sockets) {
  for (const BgpPeer& peer : peers)
    if (peer.source_address && !IsLocal(*peer.source_address, addresses))
      return {FindingFor(*peer.source_address, peers, addresses)};
  const absl::StatusOr<IpAddress> router_id = IpAddress::Parse(status.router_id);
  const bool of_ipv4 = std::any_of(peers.begin(), peers.end(), [](const BgpPeer& peer) {
    return peer.address && peer.address->family == Family::kIpv4 && !peer.IsDisabled();
  });
  if (!of_ipv4 || !router_id.ok() || IsLocal(*router_id, addresses)) return {};
  if (SpeaksFromElsewhere(peers, sockets, addresses)) return {};
  return {FindingFor(*router_id, peers, addresses)};
}

const RegisterCheck registered({
    .name = "bgp_source_address_not_local",
    .severity = Severity::kCritical,
    .summary = "The address that this node announces itself with is on none of its interfaces.",
    .meaning =
        "Calico found the node's address once, on an interface that has lost it since or never was the right one. BIRD "
        "cannot open sessions from it, peers cannot answer to it: every session says \"Connection closed\" or waits, "
        "and "
        "all routes to and from this node's pods go. Sessions that are still up end with the hold timer.",
    .remedy = "Give the address back to an interface, or correct it: set IP_AUTODETECTION_METHOD (interface=… or "
              "cidr=…) for calico-node and restart it here, or edit spec.bgp of the Node resource (calicoctl get node "
              "NAME -o yaml).",
    .run = OnBirds(SourcesNotLocal),
});

}  // namespace
}  // namespace caliwatch
