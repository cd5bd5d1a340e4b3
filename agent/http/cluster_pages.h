// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "agent/http/http_message.h"
#include "agent/http/shared_body.h"
#include "lib/cluster/judge.h"

namespace caliwatch {

// What one look made of the cluster, ready to be served. Immutable and shared, as the agent's Publication is.
struct ClusterPublication {
  ClusterReport report = {};
  std::chrono::steady_clock::time_point over = std::chrono::steady_clock::now();
  uint64_t number = 0;  // of the look, since the process started
  mutable SharedBody page = {}, json = {};
};
using ClusterPublicationPtr = std::shared_ptr<const ClusterPublication>;

// "/api/v1/cluster": the last look, as docs/cluster.schema.json says; 503 where there is none yet. For any other path,
// which is "/cluster": its page, with its age.
HttpResponse ClusterAnswerFor(const HttpRequest& request, const ClusterPublicationPtr& look);

}  // namespace caliwatch
