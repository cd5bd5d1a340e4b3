// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sections of the page of a cluster; empty where there is nothing to show. Names are strangers', and escaped.

#include <cstddef>
#include <string>

#include "lib/cluster/judge.h"

namespace caliwatch {

// Findings of the cluster that count, without those that another one explains.
std::string ClusterFindingsHtml(const ClusterReport& report);
std::string NodesFindingsHtml(const ClusterReport& report);
std::string UnsureClusterHtml(const ClusterReport& report);
// A line a node, the worst first.
std::string ClusterNodesHtml(const ClusterReport& report);
std::string DifferencesHtml(const ClusterReport& report);

// Of what is long, no more is on the page; the rest is counted.
inline constexpr size_t kShownNodes = 5'000, kShownClusterFindings = 50;

}  // namespace caliwatch
