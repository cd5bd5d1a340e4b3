// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/time/time.h>

#include "lib/model/snapshot.h"
#include "lib/node/raw_node.h"

namespace caliwatch {

struct ReadOptions {
  // The poll before, where there was one. It says how much room to make (a table that grows step by step peaks at twice
  // what it needs), and which links were workloads'.
  const Snapshot* before = nullptr;
  // What was read last, where no route can have changed since: then they are not asked for again, if `routes_edition`
  // has it that they stay by themselves.
  const Snapshot* unmoved = nullptr;
  BootTime boot_time = {};  // of now
  bool taken_early = false;
  std::vector<uint16_t> bgp_ports = {kBgpPort};  // as RawNode::ChooseBgpPorts
  PerFamily<bool> ask_bird_routes = {};          // `show route` costs BIRD 3.5 µs a route
};

// Reads all sources of `node`, each for itself: one that fails leaves an error in its table and in `sources`, and stops
// nothing. A dump that the kernel calls interrupted is asked for again, a few times. `now` is called around each read.
SnapshotPtr ReadSnapshot(RawNode& node, absl::FunctionRef<absl::Time()> now, const ReadOptions& options = {});

}  // namespace caliwatch
