// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/model/snapshot.h"

namespace caliwatch {

// Whether the kernel's routes prove that BIRD is meant to run for the family, though it has no control socket. BIRD's
// routes outlive it until the next boot, also on a node that was moved to VXLAN or to policies alone: only those prove
// it in whose blocks this node's pods are, or any where there are neither pods nor blocks of Felix'.
bool RoutesProveBird(const Snapshot& node, Family family);

// BIRD's routes of table main, in their order; leads into `routes`.
std::vector<const Route*> RoutesOfBird(const std::vector<Route>& routes, Family family);

}  // namespace caliwatch
