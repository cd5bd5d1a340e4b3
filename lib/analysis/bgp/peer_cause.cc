// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/peer_cause.h"

#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

namespace caliwatch {
namespace {

// Seconds 1 and 3 of a call: BIRD gives up at 5.
constexpr uint32_t kUnanswered = 2;

// BIRD 1 tells ages in whole seconds.
constexpr absl::Duration kSettled = absl::Seconds(2);

const PeerError& ErrorOf(const BgpPeer& peer) {
  return peer.error.error_class != PeerErrorClass::kNone ? peer.error : peer.last_error;
}

bool IsBeyondTcp(const BgpPeer& peer) {
  return peer.bgp_state == BgpState::kOpenSent || peer.bgp_state == BgpState::kOpenConfirm;
}

// A connection that BIRD does not have, to where it is to call. One that BIRD ends is "Close" until it has ended.
// A session may end between the reading of the sockets and BIRD's answer.
bool IsAnothersSocket(const BgpSocket* socket, const BgpPeer& peer) {
  if (!peer.age || *peer.age < kSettled) return false;
  return socket != nullptr && socket->state == TcpState::kEstablished && socket->remote_port == kBgpPort &&
         socket->local_port != kBgpPort && peer.bgp_state_text != "Close";
}

// BIRD keeps an error until the session is up. By a call that nobody answers, it is over.
bool IsOlderThanTheCall(PeerCause cause, const BgpPeer& peer, const BgpSocket* socket) {
  if (cause == PeerCause::kHoldTimerExpired || cause == PeerCause::kTimedOut || cause == PeerCause::kUnreachable)
    return false;
  return peer.bgp_state == BgpState::kConnect && socket != nullptr && socket->state == TcpState::kSynSent &&
         socket->retransmits >= kUnanswered;
}

PeerCause CauseWithoutError(const BgpPeer& peer) {
  if (peer.IsPassive()) return PeerCause::kPassiveWaiting;
  if (peer.bgp_state == BgpState::kConnect || peer.bgp_state == BgpState::kActive) return PeerCause::kNeverAnswered;
  return PeerCause::kOther;
}

PeerCause CauseByWords(const BgpPeer& peer, const BgpSocket* socket) {
  const PeerCause cause = CauseOf(ErrorOf(peer));
  if (cause == PeerCause::kNone) return CauseWithoutError(peer);
  // A side that never dials was not turned away, and of a farewell it knows no more than that nobody has come since.
  if (peer.IsPassive() && (cause == PeerCause::kClosedByPeer || cause == PeerCause::kShutDownByPeer))
    return PeerCause::kPassiveWaiting;
  return IsOlderThanTheCall(cause, peer, socket) ? PeerCause::kNeverAnswered : cause;
}

PeerCause CauseOfSession(const BgpPeer& peer, const SessionSurroundings& around) {
  if (peer.IsUp()) return PeerCause::kNone;
  if (around.addresses != nullptr && peer.address && around.addresses->contains(*peer.address))
    return PeerCause::kIsOurselves;
  if (peer.IsDisabled()) return PeerCause::kDisabled;
  if (peer.state == ProtocolState::kDown) return CauseOf(peer.error);
  if (peer.bgp_state == BgpState::kEstablished) return PeerCause::kHeldBack;
  // With its source address gone BIRD cannot even bind, and says "Connection closed" as if the peer had done it.
  if (around.lost_source && peer.address && peer.address->family == around.lost_source->family)
    return PeerCause::kSourceNotLocal;
  if (IsBeyondTcp(peer)) return PeerCause::kSilentAfterConnect;
  if (IsAnothersSocket(around.socket, peer)) return PeerCause::kAnotherSpeaker;
  return CauseByWords(peer, around.socket);
}

std::string AsMismatchText(const BgpPeer& peer) {
  if (ErrorOf(peer).error_class == PeerErrorClass::kReceived)
    return absl::StrCat("the peer refuses this node's AS number",
                        peer.local_as ? absl::StrCat(", ", *peer.local_as) : "", ": it expects another one (\"",
                        ErrorOf(peer).text, "\")");
  return absl::StrCat("the peer has another AS number than this node expects",
                      peer.remote_as ? absl::StrCat(", ", *peer.remote_as) : "", " (\"", ErrorOf(peer).text, "\")");
}

std::string DetailOf(PeerCause cause, const BgpPeer& peer, const SessionSurroundings& around) {
  const std::string& error = ErrorOf(peer).text;
  std::string words = absl::StrReplaceAll(WordsOf(cause).detail, {{"{error}", error}});
  switch (cause) {
    case PeerCause::kHoldTimerExpired:
      return absl::StrCat(words, "; state ", peer.bgp_state_text);
    case PeerCause::kAsMismatch:
      return AsMismatchText(peer);
    case PeerCause::kShutDownByPeer:
      return absl::StrCat(words, peer.message.empty() ? "" : absl::StrCat(" (\"", peer.message, "\")"));
    case PeerCause::kSourceNotLocal:
      if (!around.lost_source) break;
      return absl::StrCat("this node's BGP address ", around.lost_source->ToString(),
                          " is on none of its interfaces, so BIRD cannot open a session");
    case PeerCause::kPassiveWaiting:
      if (error.empty()) break;
      return absl::StrCat("the session ended (", error, "), and this side waits for the peer to connect again");
    case PeerCause::kOther:
      return absl::StrCat(words, ": ", ToString(peer.state), " ", peer.bgp_state_text, error.empty() ? "" : ", ",
                          error);
    default:
      break;
  }
  return words;
}

}  // namespace

PeerDiagnosis Diagnose(const BgpPeer& peer, const SessionSurroundings& surroundings) {
  const PeerCause cause = CauseOfSession(peer, surroundings);
  return {cause, DetailOf(cause, peer, surroundings), WordsOf(cause).remedy};
}

}  // namespace caliwatch
