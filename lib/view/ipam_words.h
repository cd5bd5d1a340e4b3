// SPDX-License-Identifier: Apache-2.0
#pragma once

// Words for a look at IPAM that the terminal and the page share. Texts hold whatever the cluster said: who shows them,
// makes them fit for the place.

#include <cstddef>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/ipam/judge.h"

namespace caliwatch {

// "3 addresses".
std::string Times(size_t count, absl::string_view one);

// "2 findings, 1 critical", "records, pods and nodes agree", or why that cannot be said; `next`: what to do, or wait
// for, where it is not yet sure.
std::string HeadlineText(const IpamReport& report, absl::string_view next);

// Those that count and have no cause; or those that do not count yet.
std::vector<const OpenIpamFinding*> ChosenFindings(const IpamVerdict& verdict, bool sure);
// The verdicts with findings that count and have no cause: the most severe first.
std::vector<const IpamVerdict*> VerdictsByImportance(const IpamReport& report);

// "10.48.1.1: what is wrong with it (for 3 min 12 s; explains 2 more)".
std::string FindingText(const OpenIpamFinding& open, absl::Time now);
// "ipam_address_leaked: 3, since no agent's report of node n1: 10.48.1.1, … ".
std::string DoubtText(const IpamVerdict& verdict, const IpamDoubt& doubt);

// Of one kind of evidence: "", why it is not whole or new, or how many rows of it do not count.
std::string StateText(const EvidenceReading& reading);
// "2026-11-27 15:57:40 UTC", "never".
std::string ReadAtText(const EvidenceReading& reading);

inline const std::vector<std::string> kPoolHeads = {"POOL",    "CIDR",  ">RECORDED", ">FREE",
                                                    ">BLOCKS", ">MORE", ">FULL IN",  ""};
std::vector<std::string> PoolCells(const PoolUse& use);

}  // namespace caliwatch
