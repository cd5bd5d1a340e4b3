// SPDX-License-Identifier: Apache-2.0
#pragma once

// One thing that keeps several sessions of one family down.

#include <optional>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/analysis/bgp/sessions.h"

namespace caliwatch {

struct SharedCause {
  std::string detail;               // one sentence
  absl::string_view remedy;         // lives as long as the program
  std::vector<const BgpPeer*> hit;  // whose sessions it keeps down; never empty
};

// Of the causes that apply, the first: BIRD cannot listen; the kernel refused the keys of passwords; all peers turn
// this node away; nothing of the family comes through, while the other family's sessions with nodes are up; the nodes'
// addresses are of two networks. Peers that are pods or virtual machines count in none. `addresses` are this node's.
std::optional<SharedCause> SharedCauseOf(Family family, const Sessions& sessions,
                                         const std::vector<Address>& addresses);

}  // namespace caliwatch
