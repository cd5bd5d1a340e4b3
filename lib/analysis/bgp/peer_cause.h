// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/model/bird.h"
#include "lib/model/kernel.h"

namespace caliwatch {

// Why a BGP session is not up, as far as BIRD and this node's addresses show.
enum class PeerCause : uint8_t {
  kNone,  // it is up
  kHeldBack,
  kDisabled,
  kHoldTimerExpired,
  kAsMismatch,
  kShutDownByPeer,
  kSourceNotLocal,
  kClosedByPeer,
  kRefused,
  kUnreachable,
  kPassiveWaiting,
  kSilentAfterConnect,
  kNeverAnswered,
  kOther
};

struct PeerDiagnosis {
  PeerCause cause = PeerCause::kNone;
  std::string detail;        // what is wrong and what it means, one sentence; empty when the session is up
  absl::string_view remedy;  // what to do
};

// `status` is that of the BIRD that has `peer`; `addresses` are this node's, null when they could not be read.
PeerDiagnosis Diagnose(const BgpPeer& peer, const BirdStatus& status, const std::vector<Address>* addresses);

// An interface of this node has it.
bool IsLocal(const IpAddress& wanted, const std::vector<Address>& addresses);

// "never answered", "hold timer expired", …: the cause in two or three words, for a table.
absl::string_view ToString(PeerCause cause);

}  // namespace caliwatch
