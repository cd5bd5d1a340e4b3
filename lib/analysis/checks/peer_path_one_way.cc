// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/bgp/bgp_sockets.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/peer_commands.h"

namespace caliwatch {
namespace {

// The first is no sign yet: one packet may be lost.
constexpr uint32_t kOverdue = 2;

std::string OneWay(const BgpSocket& socket, const HeardSockets& heard) {
  if (socket.state == TcpState::kSynReceived && socket.retransmits >= kOverdue)
    return absl::StrCat("its attempts to connect arrive here (SYN_RECV), but our answer, sent ", socket.retransmits + 1,
                        " times, does not reach it");
  if (socket.state == TcpState::kEstablished && socket.retransmits >= kOverdue && heard.contains(socket.cookie))
    return absl::StrCat("its packets arrive here, but it acknowledges nothing of ours, sent ", socket.retransmits + 1,
                        " times");
  return "";
}

std::vector<Finding> OneWayPaths(const BirdEvidence& bird, const std::vector<BgpSocket>& sockets,
                                 const Recollection& before) {
  // With its queue full the kernel ignores the last part of a handshake, which then looks as if it never came.
  if (std::any_of(sockets.begin(), sockets.end(), IsQueueFull)) return {};
  std::vector<Finding> findings;
  const SocketsByPeer by_peer(sockets);
  for (const BgpPeer& peer : *bird.now.peers) {
    const BgpSocket* socket = peer.address ? by_peer.Towards(*peer.address) : nullptr;
    const std::string detail = socket != nullptr ? OneWay(*socket, before.half_open_but_heard) : "";
    if (!detail.empty())
      findings.push_back(
          PeerFinding(peer, bird.now.family, absl::StrCat(detail, ": the path from here to there is broken")));
  }
  return findings;
}

// From which this node speaks to the peer; "" where that is not known.
std::string OwnAddressTowards(const IpAddress& peer, const Evidence& evidence) {
  if (!evidence.now.bgp_sockets.ok()) return "";
  const BgpSocket* socket = SocketsByPeer(*evidence.now.bgp_sockets).Towards(peer);
  return socket == nullptr ? "" : socket->local.ToString();
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const auto* peer = std::get_if<IpAddress>(&finding.subject);
  if (peer == nullptr) return {ShowSession(finding, evidence)};
  const std::string address = peer->ToString();
  Commands commands = {Look(absl::StrCat("ping -c 3 ", address)), Look(absl::StrCat("tracepath -n ", address)),
                       Look(absl::StrCat(Ip(peer->family), " route get ", address)), Look("nft list ruleset"),
                       Look("nft list ruleset", NodeOf(*peer))};
  if (const std::string own = OwnAddressTowards(*peer, evidence); !own.empty())
    commands.push_back(Look(absl::StrCat("tcpdump -ni any host ", own, " and tcp port 179"), NodeOf(*peer)));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "peer_path_one_way",
        .severity = Severity::kCritical,
        .summary = "A BGP peer's packets reach this node, and this node's packets do not reach the peer.",
        .impact = "The session ends when the hold timer expires and cannot come back; pod traffic to that node suffers "
                  "the same.",
        .meaning = "Something on the way drops one direction: a firewall or security group that allows port 179 only "
                   "one way, a route back that leads elsewhere, a reverse-path filter, a broken link. Once the session "
                   "has ended, calls stay half open: SYN_SENT there, SYN_RECV here.",
        .remedy =
            "From here: ping the peer and trace the way (tracepath), and see by which interface and address packets "
            "leave (ip route get PEER). On the peer: watch whether they come in (tcpdump -ni any host THIS-NODE and "
            "tcp port 179). Or look at the rules of both nodes (nft list ruleset, iptables-save) for a drop that names "
            "this node's IP or MAC address. None: the firewall or security group between them.",
        .causes = {{"bgp_source_address_not_local", Tie::kSameFamily}},
        .says = "does not get what this node sends",
    },
    JudgeEachBird(OneWayPaths), CommandsOf);

}  // namespace
}  // namespace caliwatch
