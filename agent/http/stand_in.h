// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/lobby.h"

namespace caliwatch {

// From now on, poll() and accept() of this thread are those of `lobby`. civetweb gives no other way to a connection's
// socket, nor to hold a connection back until there is something to do for it.
void StandInForPollAndAccept(Lobby& lobby);

}  // namespace caliwatch
