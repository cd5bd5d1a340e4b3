// SPDX-License-Identifier: Apache-2.0
#pragma once

// A check judges one look's evidence. It is one file in lib/ipam/checks/, registered there by a static object.

#include <vector>

#include "lib/analysis/findings/check_info.h"
#include "lib/ipam/evidence.h"
#include "lib/ipam/finding.h"

namespace caliwatch {

struct IpamCheck {
  // `polls_to_hold` and `time_to_hold` are of looks; `causes` tie by IpamFinding::subject and `related` alone.
  CheckInfo info;
  IpamJudgement (*run)(const IpamEvidence&) = nullptr;
};

struct RegisterIpamCheck {
  RegisterIpamCheck(CheckInfo info, IpamJudgement (*run)(const IpamEvidence&));
};

// Ordered by name; they live as long as the program.
const std::vector<IpamCheck>& AllIpamChecks();

// "default/web-1 of node n1", "a pod of node n1", "somebody".
std::string OwnerText(const RecordRef& record);
// "since 2026-11-27 15:52:18 UTC", or "".
std::string AssignedText(const RecordRef& record);
// "pod default/web-1 at cali12ab34cd56e of node n1".
std::string SightingText(const Sighting& sighting);

// "kubectl delete pod web-1 -n default" of "default/web-1".
std::string DeletePod(absl::string_view pod);

}  // namespace caliwatch
