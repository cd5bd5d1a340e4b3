// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/analysis/report.h"

namespace caliwatch {

// Which peers get series of their own. kAuto: all, but only those with problems above 200 peers.
enum class PeerDetail { kAuto, kAll, kProblems, kNone };

struct ExpositionOptions {
  PeerDetail peer_detail = PeerDetail::kAuto;
};

// Prometheus' text format 0.0.4, always valid UTF-8 with unique series, whatever bytes the node uses in names.
std::string RenderMetrics(const Report& report, const ExpositionOptions& options);

// docs/metrics.md: every metric with type, labels and help.
std::string DocumentMetrics();

// When a finding of the check counts: a sentence.
std::string HoldingOf(const Check& check);

// docs/checks.md: every check with severity, meaning and remedy.
std::string DocumentChecks();

}  // namespace caliwatch
