// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "lib/analysis/report.h"
#include "lib/metrics/exposition.h"

namespace caliwatch {

// What one poll made of the node, ready to be served. Immutable and shared: a scrape never waits for a poll.
struct Publication {
  Report report;
  ProcessStats process;
  std::string metrics;
  std::string gzipped_metrics;
};

using PublicationPtr = std::shared_ptr<const Publication>;

}  // namespace caliwatch
