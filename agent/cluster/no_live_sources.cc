// SPDX-License-Identifier: Apache-2.0

// In the place of all others of this room, where the program is built without libcurl (CALIWATCH_IPAM_LIVE=OFF).

#include <absl/status/status.h>

#include "agent/cluster/live_sources.h"

namespace caliwatch {

absl::StatusOr<std::unique_ptr<LiveSources>> OpenLiveSources(const LiveSettings&) {
  return absl::UnimplementedError(
      "this program is that of the nodes' agents, which asks no cluster: use the image caliwatch-ipam, or give files "
      "(--from)");
}

}  // namespace caliwatch
