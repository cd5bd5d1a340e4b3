// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a route of table main is to Calico; all others are none of these.

#include "lib/analysis/calico_links.h"
#include "lib/model/kernel.h"

namespace caliwatch {

// Made by BIRD or Felix, by way of a gateway: another node's block, or one borrowed address of it.
bool IsRemoteBlock(const Route& route);
// Made by BIRD or Felix to end what no workload of this node's own block takes: a blackhole.
bool IsLocalBlock(const Route& route);
// One address, at a workload's interface.
bool IsWorkloadRoute(const Route& route, const LinkIndex& links);

}  // namespace caliwatch
