// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "lib/ipam/evidence.h"

namespace caliwatch {

// How many of the records there are.
struct RecordCounts {
  struct OfNode {
    size_t addresses = 0;  // that the node took, of whose block ever
    size_t blocks = 0;     // that are its own
  };
  std::map<RecordKind, size_t> by_kind;   // each kind, also where there is none
  std::map<std::string, OfNode> by_node;  // each node that is known or that a record names
};

RecordCounts CountRecords(const IpamEvidence& evidence);

}  // namespace caliwatch
