// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <iterator>

#include <absl/strings/match.h>
#include <absl/strings/string_view.h>

namespace caliwatch {

// Where the agent serves something else than the metrics; http/pages.cc has a page for each, in this order.
inline constexpr absl::string_view kOwnPaths[] = {"/",
                                                  "/cluster",
                                                  "/api/v1/cluster",
                                                  "/api/v1/node",
                                                  "/api/v1/report",
                                                  "/api/v1/workloads",
                                                  "/api/v1/probe",
                                                  "/explain",
                                                  "/status.css",
                                                  "/status.js",
                                                  "/explain.css",
                                                  "/icon.svg",
                                                  "/-/healthy",
                                                  "/healthz",
                                                  "/-/ready",
                                                  "/readyz"};
// And below it a page for each check and each alert.
inline constexpr absl::string_view kExplainFolder = "/explain/";

inline bool IsOwnPath(absl::string_view path) {
  return absl::StartsWith(path, kExplainFolder) ||
         std::find(std::begin(kOwnPaths), std::end(kOwnPaths), path) != std::end(kOwnPaths);
}

}  // namespace caliwatch
