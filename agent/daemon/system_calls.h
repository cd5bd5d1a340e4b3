// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>

namespace caliwatch {

struct SystemCallNeeds {
  bool enters_network_namespaces = false;
};

// Gives up, for good and for all threads, every system call but those that a running agent needs: it then starts no
// program, loads none, opens no raw socket, touches no other process, mounts and administers nothing. Others fail with
// ENOSYS, as on a kernel that has not got them, so that a C library newer than this list takes its older way.
// PR_SET_NO_NEW_PRIVS must be set. On error nothing was given up.
absl::Status GiveUpSystemCalls(const SystemCallNeeds& needs);

}  // namespace caliwatch
