// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sections of the page of a cluster's IPAM; empty where there is nothing to show.

#include <string>
#include <vector>

#include "lib/ipam/judge.h"

namespace caliwatch {

std::string ProblemsHtml(const std::vector<std::string>& problems);
std::string IpamFindingsHtml(const IpamReport& report);
// What all findings that count have to type.
std::string IpamCommandsHtml(const IpamReport& report);
std::string ReleasesHtml(const IpamReport& report);
std::string UnsureHtml(const IpamReport& report);
std::string DoubtsHtml(const IpamReport& report);
std::string PoolsHtml(const IpamReport& report);
// What was read, and which checks cannot judge.
std::string EvidenceHtml(const IpamReport& report);

}  // namespace caliwatch
