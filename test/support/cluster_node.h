// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/model/snapshot.h"

namespace caliwatch {

// The address `number` after 10.39.2.0 or fd39::2:0, which the nodes of such clusters have.
IpAddress NodeAddress(Family family, int number);

// HealthyNode as node 0 of a larger cluster, with all that makes series: its pods are looked into, its uplink is
// counted. `others`: of how many nodes it has a block, through a neighbor each.
Snapshot ClusterNode(int others, bool dual_stack);

// Gives it sessions, all well, with the nodes 1 to `peers`: one for each family that has a BIRD.
void AddPeers(Snapshot& node, int peers, PeerKind kind);

// In a full mesh of that many nodes. The last `down` of them went away a minute ago, one node after the other.
Snapshot MeshNode(int nodes, int down = 0, bool dual_stack = false);

// Behind so many route reflectors, global peers. And such a reflector, which has all other nodes for peers.
Snapshot ReflectedNode(int nodes, int reflectors, bool dual_stack = false);
Snapshot ReflectorNode(int nodes, bool dual_stack = false);

}  // namespace caliwatch
