// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <absl/strings/string_view.h>

#include "lib/analysis/bgp/bird_words.h"
#include "lib/analysis/bgp/own_address.h"
#include "lib/model/bgp_socket.h"
#include "lib/model/bird.h"

namespace caliwatch {

struct PeerDiagnosis {
  PeerCause cause = PeerCause::kNone;
  std::string detail;        // what is wrong and what it means, one sentence; empty when the session is up
  absl::string_view remedy;  // what to do
};

// What is known of a session beside BIRD's words of the peer.
struct SessionSurroundings {
  const OwnAddresses* addresses = nullptr;    // of this node; null: they could not be read
  std::optional<IpAddress> lost_source = {};  // LostSource() of own_address.h
  const BgpSocket* socket = nullptr;          // towards the peer; null: there is none, or none could be read
};

PeerDiagnosis Diagnose(const BgpPeer& peer, const SessionSurroundings& surroundings);

}  // namespace caliwatch
