// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "agent/http/shared_body.h"
#include "lib/analysis/report.h"
#include "lib/analysis/workloads/node_workloads.h"
#include "lib/metrics/exposition.h"

namespace caliwatch {

// What one poll made of the node, ready to be served. Immutable and shared: a scrape never waits for a poll. Pages are
// made of it when they are asked for: most polls nobody looks at.
struct Publication {
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();  // the poll
  Report report = {};
  ProcessStats process;
  std::string metrics;
  std::string gzipped_metrics;
  NodeWorkloads workloads = {};
  mutable SharedBody page = {}, json = {}, workloads_json = {};
};

using PublicationPtr = std::shared_ptr<const Publication>;

}  // namespace caliwatch
