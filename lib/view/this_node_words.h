// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the node is, in words: texts of what the kernel and BIRD say, which whoever shows them makes fit for the place.
// What is not known is said to be "unknown", with the reason where there is one.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "lib/analysis/report.h"

namespace caliwatch {

// "10.39.1.11, fd39:1::11": that other nodes reach it by.
std::string AddressesText(const Report& report);
// "64512", "64512 (its mesh's: this BIRD does not tell its own)"; with the time where BIRD is silent. Empty on a node
// without BIRD.
std::string AsText(const Report& report);
// The tunnels that are there, with their addresses; "none: no tunnel of Calico's is there".
std::string EncapsulationText(const Report& report);
// "3 (13 interfaces, 1 of them down)".
std::string WorkloadsText(const Report& report);
// Of each of its blocks: "192.168.11.0/26: 3 of 64 in use".
std::vector<std::string> BlockLines(const Report& report);
// Of each family of table main: "IPv4: 3 by BIRD, 4 to pods, or by hand (boot), 2 other".
std::vector<std::string> KernelRouteLines(const Report& report);
// Of each family: "IPv4: 41 of 1024 (4 %)".
std::vector<std::string> NeighborTableLines(const Report& report);

// Its AS number as BIRD tells it; of BIRD 1, which does not, that of its mesh, where all have one. What a BIRD said
// before it fell silent has the time that it was read at.
struct LocalAs {
  uint32_t number = 0;
  bool is_of_mesh = false;
  std::optional<absl::Time> read = {};
};
std::optional<LocalAs> LocalAsOf(const Report& report);

}  // namespace caliwatch
