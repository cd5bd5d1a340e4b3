// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "lib/model/snapshot.h"

namespace caliwatch {

// Node 10.39.1.231 of a small cluster without encapsulation, on which nothing is wrong: two workloads, two mesh peers
// with a block each, BIRD for IPv4 only. Every table can be read. Tests start here and break one thing.
// An established session of this node with `peer`, and the socket on which BIRD listens.
BgpSocket SessionWith(absl::string_view peer);
BgpSocket Listener();
Snapshot HealthyNode();

// The same node so much later: both clocks have gone on, and the ages that BIRD tells have grown.
void LetPass(absl::Duration time, Snapshot& node);

// A node as a poll hands it on.
inline SnapshotPtr Seen(Snapshot node) { return std::make_shared<const Snapshot>(std::move(node)); }

// The rows that HealthyNode is made of, for tests that add one more.
Link WorkloadLink(int index, std::string name);
Route WorkloadRoute(absl::string_view address, int link);
Route BlockRoute(absl::string_view block, absl::string_view gateway);
Neighbor NeighborEntry(absl::string_view address, int link, uint16_t state = NUD_REACHABLE);
// In Kubernetes: "default/pod-1", at "cali12ab34cd56e", with "192.168.231.1".
Endpoint EndpointRow(std::string workload, std::string interface, absl::string_view address);
BgpPeer MeshPeer(absl::string_view address);

}  // namespace caliwatch
