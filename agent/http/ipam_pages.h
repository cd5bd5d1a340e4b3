// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "agent/http/cluster_pages.h"
#include "agent/http/http_message.h"
#include "agent/http/shared_body.h"
#include "lib/ipam/judge.h"
#include "lib/metrics/exposition.h"

namespace caliwatch {

// What one look made of a cluster's IPAM, ready to be served. Immutable and shared, as the agent's Publication is.
struct IpamPublication {
  IpamReport report = {};
  std::vector<std::string> problems = {};  // which source could not be asked, a line each
  uint64_t looks = 0;                      // this one included
  absl::Duration took = {};
  std::chrono::steady_clock::time_point over = std::chrono::steady_clock::now();
  ProcessStats process;
  mutable SharedBody page = {}, json = {}, metrics = {}, releases = {};
};
using IpamPublicationPtr = std::shared_ptr<const IpamPublication>;

// What the pages show; called by many threads at once.
struct IpamSite {
  std::function<IpamPublicationPtr()> latest;  // null before the first look
  std::function<bool()> healthy;
  std::vector<std::string> allowed_hosts = {};  // names by which browsers may call this server
  // The last look at what the agents tell of their nodes, null before the first; empty: nobody looks at that.
  std::function<ClusterPublicationPtr()> cluster = {};
};

// The answer to any request: 404 for a path nobody has, 405 for what is neither GET nor HEAD.
HttpResponse IpamAnswerFor(const HttpRequest& request, const IpamSite& site);

}  // namespace caliwatch
