// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/analysis/bgp/peer_cause.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// A peer with all that one poll knows of its session. Pointers lead into the snapshot.
struct Session {
  const BgpPeer* peer = nullptr;
  PeerDiagnosis diagnosis;
  const BgpSocket* socket = nullptr;  // null: there is none, or sockets could not be read
};

// As BIRD lists its peers; none of a BIRD that did not answer.
using Sessions = PerFamily<std::vector<Session>>;
Sessions SessionsOf(const Snapshot& snapshot);

}  // namespace caliwatch
