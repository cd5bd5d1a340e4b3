// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>

#include "lib/analysis/evidence/evidence.h"
#include "lib/analysis/routes/node_address.h"

namespace caliwatch {

// The address that a BIRD speaks as, which is the one that Calico knows the node by, and what is wrong with it.
struct KnownAddress {
  IpAddress address;
  AddressFault fault;
  size_t sessions_up = 0;   // of this BIRD
  bool has_worked = false;  // a session from it is up, or was
  bool by_mesh = false;     // it was seen by addresses of other nodes, and not perhaps of routers
  bool by_ipip = false;     // other nodes are reached through tunl0
};

// Absent: nothing is wrong with it, or nobody knows it: no session is up or was, none is being opened, and BIRD's
// Router ID is no address of the node's. An error where a table that it takes could not be read.
absl::StatusOr<std::optional<KnownAddress>> FaultyAddress(const Evidence& evidence, const BirdEvidence& bird);

// Calls `visit` for each BIRD whose address is at fault, with its peers. What keeps one from being judged.
absl::Status ForEachFaultyAddress(const Evidence& evidence,
                                  absl::FunctionRef<void(const KnownAddress&, const std::vector<BgpPeer>&)> visit);

// What to do about AddressProblem::kNotSource, and the line for a shell that is in it.
std::string SourceRemedy(const AddressFault& fault);
std::string SourceLine(const AddressFault& fault);

}  // namespace caliwatch
