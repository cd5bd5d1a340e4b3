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
  bool healthy = true;  // the last look is as young as it should be
};

// The node at a glance, as one HTML document. Its style, script and icon are WebFiles(); it needs nothing else.
std::string StatusPage(const Report& report, const PageContext& context);
// While there is no report yet.
std::string WaitingPage(const PageContext& context);

// Parts of it, each one or more sections.
std::string FindingsHtml(const Report& report);
std::string PeersHtml(const Report& report);
std::string EpisodesHtml(const Report& report);
std::string SourcesHtml(const Report& report);
std::string PastFindingsHtml(const Report& report);

}  // namespace caliwatch
