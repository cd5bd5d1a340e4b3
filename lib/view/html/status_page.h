// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/analysis/report.h"

namespace caliwatch {

struct PageContext {
  std::string telemetry_path;
  absl::Time now;
  bool healthy = true;                                   // the last look is as young as it should be
  absl::string_view version = "", revision = "";         // of the agent
  absl::string_view grafana_url = "", cluster_url = "";  // links; "{node}" in them is the node's name. Empty: none
  bool has_cluster_page = false;                         // beside this one, at "cluster"
};

// The node at a glance, as one HTML document. Its style, script and icon are WebFiles(); it needs nothing else.
std::string StatusPage(const Report& report, const PageContext& context);
// While there is no report yet.
std::string WaitingPage(const PageContext& context);

}  // namespace caliwatch
