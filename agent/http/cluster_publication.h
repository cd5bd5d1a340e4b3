// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>

#include "agent/http/shared_body.h"
#include "lib/cluster/judge.h"

namespace caliwatch {

// What one look made of the cluster, ready to be served. Immutable and shared, as Publication is.
struct ClusterPublication {
  ClusterReport report = {};
  std::chrono::steady_clock::time_point over = std::chrono::steady_clock::now();
  mutable SharedBody page = {}, json = {};
};
using ClusterPublicationPtr = std::shared_ptr<const ClusterPublication>;

}  // namespace caliwatch
