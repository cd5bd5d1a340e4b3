// SPDX-License-Identifier: Apache-2.0
#pragma once

// The other nodes in the words that the terminal and the status page share. Texts hold whatever the node said, as those
// of words.h.

#include <string>
#include <vector>

#include "lib/analysis/report.h"

namespace caliwatch {

// One family's, those first that lack something; empty where none is known. They live as long as the report.
std::vector<const RemoteNode*> NodesByImportance(const Report& report, Family family);

// Of these: "Other nodes, IPv4: 3 by VXLAN, 1 direct; all complete". A node with several ways counts once for each.
// While BIRD does not answer nobody knows of sessions with them, which is told.
std::string NodesTitle(const Report& report, const std::vector<const RemoteNode*>& nodes, Family family);

inline const std::vector<std::string> kNodeHeads = {"NODE", "STATE", "WAY", "ROUTES BY", "BLOCKS"};
std::vector<std::string> NodeCells(const RemoteNode& node);

// "and 480 more, all complete", of those behind the first `shown`; empty when there are none.
std::string NodesLeftOutText(const std::vector<const RemoteNode*>& nodes, size_t shown);

}  // namespace caliwatch
