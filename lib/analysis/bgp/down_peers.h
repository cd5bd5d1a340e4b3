// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sessions that are not up and should be.

#include <string>
#include <vector>

#include "lib/analysis/bgp/sessions.h"

namespace caliwatch {

// Of `sessions`, those that are down and had the time to connect. Left out are sessions that only recovery holds back,
// and those with workloads, which are there as soon as a pod or a virtual machine is to speak BGP, or never.
std::vector<const Session*> DownSessions(const std::vector<Session>& sessions, const BirdStatus& status);

// The session is down, and the peer's routes are still in use: it went without a farewell, and BIRD waits for it to
// restart (graceful restart).
bool AreRoutesKept(const BgpPeer& peer);

// Why a session is down, and what its socket adds.
std::string DownText(const Session& session);

}  // namespace caliwatch
