// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/ipam/address_story.h"
#include "lib/ipam/judge.h"

namespace caliwatch {

// A look at IPAM for programs, as docs/ipam.md describes it: one JSON object.
std::string IpamJson(const IpamReport& report);

// The same of one address.
std::string AddressJson(const IpAddress& address, const std::vector<AddressFact>& facts, const IpamReport& report);

// What `calicoctl ipam release --from-report` takes: calicoctl/commands/ipam/check.go, Report.
std::string ReleaseReportJson(const IpamReleases& releases);

}  // namespace caliwatch
