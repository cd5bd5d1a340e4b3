// SPDX-License-Identifier: Apache-2.0
#pragma once

// In what the nodes of a cluster differ that usually agree. It may be meant, as while kernels are being updated: it is
// no finding.

#include <cstddef>
#include <string>
#include <vector>

#include "lib/cluster/evidence.h"

namespace caliwatch {

struct ToldValue {
  std::string value;  // "1450", "vxlan"; "none"
  std::vector<std::string> nodes;
};

// Of one trait, those that are told; a node that does not know its own is left out.
struct Difference {
  std::string trait;              // "kernel", "MTU of vxlan.calico"
  std::vector<ToldValue> values;  // the most common first
};

// Traits of which there is more than one value.
std::vector<Difference> DifferencesOf(const ClusterEvidence& evidence);

}  // namespace caliwatch
