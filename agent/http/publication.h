// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>

#include "agent/http/shared_body.h"
#include "lib/analysis/node_basics.h"
#include "lib/analysis/report.h"
#include "lib/analysis/workloads/node_workloads.h"
#include "lib/metrics/exposition.h"

namespace caliwatch {

// What one poll made of the node, ready to be served. Immutable and shared: a scrape never waits for a poll. Metrics
// and pages are made of it when they are first asked for, and compressed when somebody takes them so: most polls nobody
// looks at.
struct Publication {
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();  // the poll
  Report report = {};
  ProcessStats process;
  PeerDetail peer_detail = PeerDetail::kAuto;
  NodeWorkloads workloads = {};
  NodeBasics basics = {};
  mutable SharedBody page = {}, json = {}, metrics = {}, workloads_json = {}, node_json = {}, short_node_json = {};
};

using PublicationPtr = std::shared_ptr<const Publication>;

// All scrapes of one poll get the same bytes. Any thread.
SharedBody::Bytes MetricsOf(const Publication& publication, bool gzipped);

}  // namespace caliwatch
