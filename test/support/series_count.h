// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/metrics/exposition.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// What Prometheus scrapes from such a node once all that is wrong with it counts.
std::string MetricsOnceFound(const Snapshot& node, PeerDetail detail = PeerDetail::kAuto);

int SeriesOf(const std::string& metrics);

// docs/cost.md, counted on made-up nodes.
std::string DocumentCost();

}  // namespace caliwatch
