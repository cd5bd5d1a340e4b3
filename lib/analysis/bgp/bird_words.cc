// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/bird_words.h"

#include <algorithm>

#include <absl/strings/match.h>

namespace caliwatch {
namespace {

using enum PeerCause;

constexpr CauseWords kCauses[] = {
    {kNone, "", "", ""},
    {kHeldBack, "held back", "Established, but BIRD holds it back: no route flows yet",
     "Wait for graceful-restart recovery to end; the peers that it still waits for are the ones to look at."},
    {kDisabled, "disabled", "disabled in this node's BIRD, by its configuration or by hand",
     "Ask who wanted that; if nobody does, enable the protocol: birdcl enable NAME, with the name that birdcl show "
     "protocols gives it, or in BIRD's configuration."},
    {kNotListening, "cannot listen",
     "BIRD has given it up (\"{error}\"): it could not open its listening socket, port 179 unless listenPort says "
     "otherwise, as another program holds that port or the address to bind is not on this node",
     "See who listens: ss -tlnp 'sport = :179' on this node. Stop the other program, or give Calico another port "
     "(listenPort of BGPConfiguration). Then birdcl enable NAME for each protocol that is down (restart NAME does "
     "nothing), or restart calico-node on this node."},
    {kPasswordRefused, "password refused",
     "BIRD has given it up (\"{error}\"): the kernel of this node refused the key of the peer's password (TCP MD5); a "
     "socket's keys, one a peer, must fit into net.core.optmem_max",
     "Raise the limit on this node: sysctl -w net.core.optmem_max=1048576 (and in /etc/sysctl.d); then birdcl enable "
     "NAME for each protocol that is down (restart NAME does nothing), or restart calico-node. If no session with a "
     "password ever came up here, the kernel lacks TCP MD5: grep TCP_MD5SIG /boot/config-$(uname -r)."},
    {kWrongPassword, "wrong password", "the two ends disagree about the session's password (\"{error}\")",
     "Give both ends the same password: the secret that the BGPPeer resources name, and the peer's own configuration."},
    {kInvalidNextHop, "invalid next hop",
     "BIRD has given it up (\"{error}\"): without `multihop` the peer must be in a network of this node, and it is in "
     "none",
     "Correct the peer's address, or write `multihop` in your own template for BIRD; then birdcl enable NAME."},
    {kLinkDown, "link down", "the interface that leads to the peer is down (\"{error}\")",
     "Bring the interface up: ip -brief link."},
    {kBfdDown, "BFD down", "BFD, which watches the path for BIRD, says that the peer is gone (\"{error}\")",
     "Check the path: ping the peer, and that UDP 3784 passes both ways; see BFD at the peer."},
    {kRouteLimit, "route limit",
     "the peer announced more routes than the limit in this node's configuration of BIRD (\"{error}\")",
     "See what the peer announces; raise the limit in BIRD's configuration. Then birdcl enable NAME."},
    {kHoldTimerExpired, "hold timer expired", "hold timer expired: the session was up and the peer fell silent",
     "Check the path to the peer in both directions (ping -I the node's address, from both ends); look for a rule that "
     "drops packets (nft list ruleset, on both), a cloud security group or an overloaded node. If all peers of one "
     "family fell silent at once, see that this node still has its address (ip -brief address)."},
    {kAsMismatch, "AS mismatch", "the two ends disagree about an AS number (\"{error}\")",
     "Compare the AS numbers of the two ends: calicoctl get nodes -o wide, and asNumber of the BGPPeer resources."},
    {kSameRouterId, "same Router ID",
     "the two ends have one Router ID (\"{error}\"): two nodes were given the same, as by a clone of a machine or "
     "CALICO_ROUTER_ID, or the peer is this node itself",
     "Compare birdcl show status of both ends. Give each node a Router ID of its own: CALICO_ROUTER_ID of calico-node, "
     "or a node address that no other node has; then restart calico-node. A BGPPeer must not lead to the node that has "
     "it."},
    {kIsOurselves, "is this node",
     "the peer's address is one of this node's own: it is configured to have a session with itself",
     "Take this node out of the BGPPeer's nodes (nodeSelector, node), or correct peerIP: calicoctl get bgppeers -o "
     "yaml. If it came from the mesh, another node was given this node's address: calicoctl get nodes -o wide."},
    {kAnotherSpeaker, "another speaker",
     "another program than BIRD on this node has a BGP connection to the peer's port 179, so the peer does not answer "
     "BIRD",
     "See which it is: ss -tnp 'dport = :179' on this node (FRR, MetalLB and kube-vip speak BGP). Stop it, or give it "
     "another address to speak from than Calico's."},
    {kLacksCapability, "missing capability", "the two ends do not agree on what they can do (\"{error}\")",
     "Compare the two ends' configurations: address families, roles, required capabilities; Calico's own nodes agree."},
    {kNoSaneSpeaker, "not BGP as it should be",
     "what answers there does not speak BGP as it should (\"{error}\"): it is no router, or something on the way "
     "changes TCP",
     "See what listens there (ss -tlnp 'sport = :179' on the peer), and what is between: a proxy, a load balancer."},
    {kBadUpdate, "bad update", "one end found a route that it cannot take, and ended the session (\"{error}\")",
     "See what is announced (birdcl show route export NAME, at the end that announces) and both ends' versions."},
    {kShutDownByPeer, "shut down by peer", "the peer ended the session: {error}",
     "See whether calico-node is stopping, restarting or crashing on the peer's node: kubectl -n calico-system get "
     "pods -o wide -l k8s-app=calico-node."},
    {kUnknownToPeer, "unknown to peer", "the peer has no session with this node configured any more (\"{error}\")",
     "See at the peer's node that confd runs and BIRD has its latest configuration (calico-node's log); compare "
     "calicoctl get nodes -o wide and the BGPPeer resources."},
    {kPeersLimit, "peer's route limit", "the peer takes no more routes (\"{error}\")",
     "Raise the limit at the peer, or announce less: Calico's nodes announce their blocks."},
    {kPassing, "passing", "the session was ended for a reason that passes (\"{error}\")",
     "Wait half a minute. If it comes again: birdcl show protocols all NAME, at both ends."},
    {kSourceNotLocal, "our address is not local",
     "this node's BGP address is on none of its interfaces, so BIRD cannot open a session",
     "Give the address back to an interface, or correct the node's address (IP autodetection method, the Node "
     "resource's spec.bgp) and restart calico-node on this node."},
    {kClosedByPeer, "closed by peer",
     "the peer accepts and closes at once ({error}): its BIRD does not know this node's address",
     "Look at the peer's side: its BIRD closes what it has no protocol for. Compare the address it has for this node "
     "(calicoctl get nodes -o wide); if that is right, its BIRD has an old configuration: restart calico-node there. "
     "If BIRD's log here has \"Socket error: connect\" or \"bind\", it is this node that forbids the call: nft list "
     "ruleset, ip route get PEER, ip -brief address."},
    {kRefused, "refused", "connection refused: the host is up, but no BIRD listens on port 179",
     "Start calico-node on the peer's node, or remove the node from the cluster if it is gone for good."},
    {kUnreachable, "unreachable", "the host cannot be reached: {error}",
     "Bring the peer's node or the network to it back, or remove the node from the cluster if it is gone for good. If "
     "it answers ping, a firewall on the way rejects TCP port 179."},
    {kNoRoute, "no route", "this node has no route to the peer: {error}",
     "Look at this node's own routes: ip route get PEER; ip -brief address. Give it the route, or the default route, "
     "back."},
    {kTimedOut, "timed out", "the session stood, and the peer acknowledged nothing any more: {error}",
     "Check the path to the peer in both directions (ping, from both ends), and that its node is alive."},
    {kForbiddenHere, "forbidden here", "this node itself does not let BIRD's packets out: {error}",
     "Look at this node's own firewall and policies: nft list ruleset, HostEndpoint policies (failsafe port 179)."},
    {kSocketTrouble, "TCP trouble", "TCP failed: {error}",
     "Look at the interface and the path to the peer: ip -brief link; ip route get PEER; dmesg."},
    {kPassiveWaiting, "passive, waiting", "this side waits for the peer to connect, and it has not done so",
     "Look at the peer's node: there BIRD is to open the session (port 179 to this node). If that node has another "
     "address now, or is gone, it is this node's BIRD that has an old configuration: see confd in calico-node's log "
     "here, and restart calico-node here."},
    {kSilentAfterConnect, "connected, silent",
     "TCP is connected, but the peer says nothing: its BIRD hangs or its queue of connections is full, or it is "
     "another program than BIRD that holds port 179 there",
     "On the peer's node: ss -tlnp 'sport = :179' says who answers. BIRD: it may hang, or be busy after many nodes "
     "restarted at once. Another program: stop it and restart calico-node there."},
    {kNeverAnswered, "no answer", "the peer does not answer: our connection attempts get no reply at all",
     "Check that the node is alive and that TCP port 179 to it, and the way back, are open. If one of the two has a "
     "BGP password, see that both have the same (nstat -az TcpExtTCPMD5Failure TcpExtTCPMD5NotFound, on both)."},
    {kOther, "not established", "not established", "Look at the peer with birdcl: show protocols all NAME."},
};

struct ErrorWords {
  absl::string_view text;  // as it begins
  PeerCause cause;
};

// Of this node alone ("Error: …", and "Automatic shutdown: …"): bgp_misc_errors and bgp_auto_errors in proto/bgp/bgp.c.
// 1.3 ends at the listening socket; 1.6 and 2.x add the next three; 3.x calls the password's error anew. The last is of
// "Automatic shutdown", also where newer ones call it an import limit.
constexpr ErrorWords kOwnErrors[] = {
    {"Neighbor lost", kLinkDown},
    {"Invalid next hop", kInvalidNextHop},
    {"Kernel MD5 auth failed", kPasswordRefused},
    {"Authentication failed", kPasswordRefused},
    {"No listening socket", kNotListening},
    {"Link down", kLinkDown},
    {"BFD session down", kBfdDown},
    {"Graceful restart", kPassing},
    {"Route limit exceeded", kRouteLimit},
    {"Import limit", kRouteLimit},
    {"Receive limit", kRouteLimit},
};

// Of a notification, sent ("BGP Error: …") or received: bgp_msg_table in proto/bgp/packets.c of 1.6; 2.x adds "Role
// mismatch". Codes that a BIRD does not know are numbers: those of RFC 8538 (6.9), RFC 9384 (6.10), RFC 9687 (8.0) and
// RFC 9234 (2.11).
constexpr ErrorWords kNotifications[] = {
    {"Hold timer expired", kHoldTimerExpired},
    {"Unknown error 8.", kHoldTimerExpired},
    {"Bad peer AS", kAsMismatch},
    {"Bad BGP identifier", kSameRouterId},
    {"Authentication failure", kWrongPassword},
    {"Unsupported version number", kLacksCapability},
    {"Unsupported optional parameter", kLacksCapability},
    {"Required capability missing", kLacksCapability},
    {"No supported AFI/SAFI", kLacksCapability},
    {"Role mismatch", kLacksCapability},
    {"Unknown error 2.11", kLacksCapability},
    {"Unacceptable hold time", kNoSaneSpeaker},
    {"Invalid message header", kNoSaneSpeaker},
    {"Connection not synchronized", kNoSaneSpeaker},
    {"Bad message length", kNoSaneSpeaker},
    {"Bad message type", kNoSaneSpeaker},
    {"Invalid OPEN message", kNoSaneSpeaker},
    {"Finite state machine error", kNoSaneSpeaker},
    {"Unexpected message in", kNoSaneSpeaker},
    {"Invalid ROUTE-REFRESH message", kNoSaneSpeaker},
    {"Invalid UPDATE message", kBadUpdate},
    {"Malformed attribute list", kBadUpdate},
    {"Unrecognized well-known attribute", kBadUpdate},
    {"Missing mandatory attribute", kBadUpdate},
    {"Invalid attribute flags", kBadUpdate},
    {"Invalid attribute length", kBadUpdate},
    {"Invalid ORIGIN attribute", kBadUpdate},
    {"AS routing loop", kBadUpdate},
    {"Invalid NEXT_HOP attribute", kBadUpdate},
    {"Optional attribute error", kBadUpdate},
    {"Invalid network field", kBadUpdate},
    {"Malformed AS_PATH", kBadUpdate},
    {"Administrative shutdown", kShutDownByPeer},
    {"Administrative reset", kShutDownByPeer},
    {"Unknown error 6.9", kShutDownByPeer},
    {"Maximum number of prefixes reached", kPeersLimit},
    {"Peer de-configured", kUnknownToPeer},
    {"Connection rejected", kUnknownToPeer},
    {"Unknown error 6.10", kBfdDown},
    {"Other configuration change", kPassing},
    {"Connection collision resolution", kPassing},
    {"Out of Resources", kPassing},
    {"Cease", kPassing},
};

// Behind "Socket: " stands what strerror() says: glibc's sysdeps/gnu/errlist.h, musl's src/errno/__strerror.h, glibc's
// first where they differ. "Connection closed" is BIRD's own, for an end without an error; bgp_connect() says it, too,
// when it could not bind its source address, or the kernel forbade the call.
constexpr ErrorWords kSocketErrors[] = {
    {"Connection closed", kClosedByPeer},
    {"Connection reset by peer", kClosedByPeer},
    {"Connection refused", kRefused},
    {"No route to host", kUnreachable},
    {"Host is unreachable", kUnreachable},
    {"Host is down", kUnreachable},
    {"Network is unreachable", kNoRoute},
    {"Network unreachable", kNoRoute},
    {"Connection timed out", kTimedOut},
    {"Operation timed out", kTimedOut},
    {"Operation not permitted", kForbiddenHere},
    {"Permission denied", kForbiddenHere},
    {"Cannot assign requested address", kSourceNotLocal},
    {"Address not available", kSourceNotLocal},
    {"Network is down", kLinkDown},
    {"Protocol not available", kSocketTrouble},
    {"Broken pipe", kSocketTrouble},
    {"No buffer space available", kSocketTrouble},
    {"Cannot allocate memory", kSocketTrouble},
    {"Out of memory", kSocketTrouble},
    {"Invalid argument", kSocketTrouble},
    {"Address already in use", kSocketTrouble},
    {"Address in use", kSocketTrouble},
    {"Software caused connection abort", kClosedByPeer},
    {"Connection aborted", kClosedByPeer},
    {"Message too long", kSocketTrouble},
    {"Message too large", kSocketTrouble},
    {"Network dropped connection on reset", kSocketTrouble},
    {"Connection reset by network", kSocketTrouble},
    {"Protocol error", kSocketTrouble},
};

template <size_t kSize>
PeerCause Find(const ErrorWords (&table)[kSize], absl::string_view text) {
  const auto* found = std::find_if(std::begin(table), std::end(table),
                                   [&](const ErrorWords& words) { return absl::StartsWith(text, words.text); });
  return found == std::end(table) ? kOther : found->cause;
}

}  // namespace

const CauseWords& WordsOf(PeerCause cause) {
  return *std::find_if(std::begin(kCauses), std::end(kCauses),
                       [cause](const CauseWords& words) { return words.cause == cause; });
}

absl::string_view ToString(PeerCause cause) { return WordsOf(cause).name; }

PeerCause CauseOf(const PeerError& error) {
  switch (error.error_class) {
    case PeerErrorClass::kNone:
      return kNone;
    case PeerErrorClass::kMiscellaneous:
    case PeerErrorClass::kAutomaticShutdown:
      return Find(kOwnErrors, error.text);
    case PeerErrorClass::kReceived:
    case PeerErrorClass::kBgp:
      return Find(kNotifications, error.text);
    case PeerErrorClass::kSocket:
      break;
  }
  return Find(kSocketErrors, error.text);
}

bool ProvesContact(const PeerError& error) {
  const bool notified = error.error_class == PeerErrorClass::kReceived || error.error_class == PeerErrorClass::kBgp;
  return notified && CauseOf(error) != kHoldTimerExpired;
}

}  // namespace caliwatch
