// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/peer_cause.h"

#include <algorithm>
#include <optional>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

struct Words {
  PeerCause cause;
  absl::string_view name;
  absl::string_view remedy;
};

constexpr Words kWords[] = {
    {PeerCause::kNone, "", ""},
    {PeerCause::kHeldBack, "held back",
     "Wait for graceful-restart recovery to end; the peers that it still waits for are the ones to look at."},
    {PeerCause::kDisabled, "disabled", "Enable the protocol in BIRD's configuration, or with birdcl: enable NAME."},
    {PeerCause::kHoldTimerExpired, "hold timer expired",
     "Check the path to the peer in both directions (ping -I the node's address, from both ends); look for a rule that "
     "drops packets (nft list ruleset, on both), a cloud security group or an overloaded node. If all peers of one "
     "family fell silent at once, see that this node still has its address (ip -brief address)."},
    {PeerCause::kAsMismatch, "AS mismatch",
     "Compare the AS numbers of the two nodes: calicoctl get nodes -o wide, and the BGPPeer resources."},
    {PeerCause::kShutDownByPeer, "shut down by peer",
     "See whether calico-node is stopping, restarting or crashing on the peer's node."},
    {PeerCause::kSourceNotLocal, "our address is not local",
     "Give the address back to an interface, or correct the node's address (IP autodetection method, the Node "
     "resource's "
     "spec.bgp) and restart calico-node on this node."},
    {PeerCause::kClosedByPeer, "closed by peer",
     "Look at the peer's side: its BIRD closes what it has no protocol for. Compare the address it has for this node "
     "(calicoctl get nodes -o wide)."},
    {PeerCause::kRefused, "refused",
     "Start calico-node on the peer's node, or remove the node from the cluster if it is gone for good."},
    {PeerCause::kUnreachable, "unreachable",
     "Bring the peer's node or the network to it back, or remove the node from the cluster if it is gone for good."},
    {PeerCause::kPassiveWaiting, "passive, waiting",
     "Look at the peer's node: there BIRD is to open the session (port 179 to this node)."},
    {PeerCause::kSilentAfterConnect, "connected, silent",
     "Look at the peer's BIRD: its queue of connections may be full after many nodes restarted at once, or it may "
     "hang."},
    {PeerCause::kNeverAnswered, "no answer",
     "Check that the node is alive and that TCP port 179 to it, and the way back, are open."},
    {PeerCause::kOther, "not established", "Look at the peer with birdcl: show protocols all NAME."},
};

const Words& WordsOf(PeerCause cause) {
  return *std::find_if(std::begin(kWords), std::end(kWords),
                       [cause](const Words& words) { return words.cause == cause; });
}

// BIRD prints a session's source address only while the session is up. Calico gives every IPv4 session the node's
// address, which is the Router ID too; for IPv6 nothing local names it.
std::optional<IpAddress> SourceOf(const BgpPeer& peer, const BirdStatus& status) {
  if (peer.source_address) return peer.source_address;
  if (!peer.address || peer.address->family != Family::kIpv4) return std::nullopt;
  // A call under way has a source address already, which then is not the Router ID (CALICO_ROUTER_ID sets that apart).
  if (peer.bgp_state == BgpState::kConnect || peer.bgp_state == BgpState::kOpenSent) return std::nullopt;
  const absl::StatusOr<IpAddress> router_id = IpAddress::Parse(status.router_id);
  return router_id.ok() ? std::optional(*router_id) : std::nullopt;
}

bool SourceIsMissing(const BgpPeer& peer, const BirdStatus& status, const std::vector<Address>* addresses) {
  if (addresses == nullptr) return false;
  const auto source = SourceOf(peer, status);
  return source && !IsLocal(*source, *addresses);
}

PeerCause CauseOfError(const PeerError& error) {
  const absl::string_view text = error.text;
  if (absl::StrContains(text, "Hold timer expired")) return PeerCause::kHoldTimerExpired;
  if (absl::StrContains(text, "Bad peer AS")) return PeerCause::kAsMismatch;
  if (absl::StrContains(text, "shutdown") || absl::StrContains(text, "Administrative reset"))
    return PeerCause::kShutDownByPeer;
  if (absl::StrContains(text, "refused")) return PeerCause::kRefused;
  if (absl::StrContains(text, "No route to host") || absl::StrContains(text, "unreachable") ||
      absl::StrContains(text, "Host is down"))
    return PeerCause::kUnreachable;
  if (absl::StrContains(text, "Connection closed") || absl::StrContains(text, "reset by peer"))
    return PeerCause::kClosedByPeer;
  if (absl::StrContains(text, "Cannot assign requested address")) return PeerCause::kSourceNotLocal;
  return PeerCause::kOther;
}

PeerCause CauseOf(const BgpPeer& peer, const BirdStatus& status, const std::vector<Address>* addresses) {
  if (peer.IsUp()) return PeerCause::kNone;
  if (peer.IsDisabled()) return PeerCause::kDisabled;
  if (peer.bgp_state == BgpState::kEstablished) return PeerCause::kHeldBack;
  // With its source address gone BIRD cannot even bind, and says "Connection closed" as if the peer had done it.
  if (SourceIsMissing(peer, status, addresses)) return PeerCause::kSourceNotLocal;
  const PeerError& error = peer.error.error_class != PeerErrorClass::kNone ? peer.error : peer.last_error;
  if (error.error_class != PeerErrorClass::kNone) {
    const PeerCause cause = CauseOfError(error);
    // A side that never dials was not turned away: the session it had has ended.
    return cause == PeerCause::kClosedByPeer && peer.IsPassive() ? PeerCause::kPassiveWaiting : cause;
  }
  if (peer.IsPassive()) return PeerCause::kPassiveWaiting;
  if (peer.bgp_state == BgpState::kOpenSent || peer.bgp_state == BgpState::kOpenConfirm)
    return PeerCause::kSilentAfterConnect;
  if (peer.bgp_state == BgpState::kConnect || peer.bgp_state == BgpState::kActive) return PeerCause::kNeverAnswered;
  return PeerCause::kOther;
}

std::string DetailOf(PeerCause cause, const BgpPeer& peer, const BirdStatus& status) {
  const std::string error = peer.error.text.empty() ? peer.last_error.text : peer.error.text;
  switch (cause) {
    case PeerCause::kNone:
      return "";
    case PeerCause::kHeldBack:
      return absl::StrCat("Established, but BIRD holds it in state ", ToString(peer.state), ": no route flows yet");
    case PeerCause::kDisabled:
      return "disabled in this node's BIRD";
    case PeerCause::kHoldTimerExpired:
      return absl::StrCat("hold timer expired: the session was up and the peer fell silent; state ",
                          peer.bgp_state_text);
    case PeerCause::kAsMismatch:
      return absl::StrCat(peer.error.error_class == PeerErrorClass::kReceived
                              ? "the peer refuses our AS number"
                              : "the peer has another AS number than configured",
                          peer.remote_as ? absl::StrCat(" (configured: ", *peer.remote_as, ")") : "");
    case PeerCause::kShutDownByPeer:
      return absl::StrCat("the peer ended the session: ", error,
                          peer.message.empty() ? "" : absl::StrCat(" (\"", peer.message, "\")"));
    case PeerCause::kSourceNotLocal:
      return absl::StrCat("this node's BGP address ", SourceOf(peer, status)->ToString(),
                          " is on none of its interfaces, so BIRD cannot open a session");
    case PeerCause::kClosedByPeer:
      return absl::StrCat("the peer accepts and closes at once (", error,
                          "): its BIRD does not know this node's address");
    case PeerCause::kRefused:
      return "connection refused: the host is up, but no BIRD listens on port 179";
    case PeerCause::kUnreachable:
      return absl::StrCat("the host cannot be reached: ", error);
    case PeerCause::kPassiveWaiting:
      return error.empty()
                 ? "this side waits for the peer to connect, and it has not done so"
                 : absl::StrCat("the session ended (", error, "), and this side waits for the peer to connect again");
    case PeerCause::kSilentAfterConnect:
      return "TCP is connected, but the peer says nothing";
    case PeerCause::kNeverAnswered:
      return "the peer does not answer: our connection attempts get no reply at all";
    case PeerCause::kOther:
      break;
  }
  return absl::StrCat("not established: ", ToString(peer.state), " ", peer.bgp_state_text, error.empty() ? "" : ", ",
                      error);
}

}  // namespace

bool IsLocal(const IpAddress& wanted, const std::vector<Address>& addresses) {
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const Address& address) { return address.address == wanted; });
}

absl::string_view ToString(PeerCause cause) { return WordsOf(cause).name; }

PeerDiagnosis Diagnose(const BgpPeer& peer, const BirdStatus& status, const std::vector<Address>* addresses) {
  const PeerCause cause = CauseOf(peer, status, addresses);
  return {cause, DetailOf(cause, peer, status), WordsOf(cause).remedy};
}

}  // namespace caliwatch
