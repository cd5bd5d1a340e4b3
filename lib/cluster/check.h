// SPDX-License-Identifier: Apache-2.0
#pragma once

// A check judges what all agents said at one look. It is one file in lib/cluster/checks/, registered there by a static
// object.

#include <string>
#include <vector>

#include "lib/analysis/findings/check_info.h"
#include "lib/cluster/evidence.h"
#include "lib/cluster/finding.h"

namespace caliwatch {

using ClusterFindings = std::vector<ClusterFinding>;

struct ClusterCheck {
  CheckInfo info;  // `polls_to_hold` is of looks; there are no `causes`
  ClusterFindings (*run)(const ClusterEvidence&) = nullptr;
};

struct RegisterClusterCheck {
  RegisterClusterCheck(CheckInfo info, ClusterFindings (*run)(const ClusterEvidence&));
};

// Ordered by name; they live as long as the program.
const std::vector<ClusterCheck>& AllClusterChecks();

// What to look at on a node, by its name: the session of that protocol in its BIRD; its addresses; calico-node's pod.
Command ShowSessionOn(const std::string& node, Family family, const std::string& protocol);
Command ShowAddressesOn(const std::string& node);
Command ShowCalicoNodeOn(const std::string& node);
// Starts calico-node anew there.
Command RestartCalicoNodeOn(const std::string& node);
// Its resource, which Calico writes BIRD's configuration of every node from.
Command ShowNodeResource(const std::string& node);

}  // namespace caliwatch
