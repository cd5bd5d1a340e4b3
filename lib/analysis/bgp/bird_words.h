// SPDX-License-Identifier: Apache-2.0
#pragma once

// What BIRD says of a session that is not up, and what it means: one table for BIRD 1.6, Calico's fork of it, 2.x and
// 3.x, and for the texts of glibc and musl, with either of which Calico's BIRD may be linked.

#include <cstdint>

#include <absl/strings/string_view.h>

#include "lib/model/bird.h"

namespace caliwatch {

// Why a BGP session is not up, as far as BIRD, this node's addresses and its sockets show.
enum class PeerCause : uint8_t {
  kNone,  // it is up
  kHeldBack,
  kDisabled,
  kNotListening,
  kPasswordRefused,
  kWrongPassword,
  kInvalidNextHop,
  kLinkDown,
  kBfdDown,
  kRouteLimit,
  kHoldTimerExpired,
  kAsMismatch,
  kSameRouterId,
  kIsOurselves,
  kAnotherSpeaker,
  kLacksCapability,
  kNoSaneSpeaker,
  kBadUpdate,
  kShutDownByPeer,
  kUnknownToPeer,
  kPeersLimit,
  kPassing,
  kSourceNotLocal,
  kClosedByPeer,
  kRefused,
  kUnreachable,
  kNoRoute,
  kTimedOut,
  kForbiddenHere,
  kSocketTrouble,
  kPassiveWaiting,
  kSilentAfterConnect,
  kNeverAnswered,
  kOther
};

// What a cause is called, means and needs. Texts live as long as the program.
struct CauseWords {
  PeerCause cause;
  absl::string_view name;    // in two or three words, for a table: "hold timer expired"; empty for kNone
  absl::string_view detail;  // what is wrong and what it means, in a sentence; "{error}" stands for BIRD's own word
  absl::string_view remedy;  // what to do
};
const CauseWords& WordsOf(PeerCause cause);
absl::string_view ToString(PeerCause cause);  // its name

// What an error means by itself, wherever BIRD shows it; kOther for a text that is in no table, kNone for no error.
PeerCause CauseOf(const PeerError& error);

// That this error proves that packets go both ways between the peer and the address that BIRD speaks from: a
// notification of BGP. "Hold timer expired" is one that nobody need have received.
bool ProvesContact(const PeerError& error);

}  // namespace caliwatch
