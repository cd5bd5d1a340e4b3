// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/status/status.h>

#include "lib/decode/kernel_messages.h"
#include "test/support/catch.h"
#include "test/support/netlink_message.h"
#include "test/support/status_says.h"

namespace caliwatch {

// Rows of a message that must decode.
template <class Row>
std::vector<Row> Decoded(const NetlinkMessage& message) {
  std::vector<Row> rows;
  const absl::Status status = AppendRow(message.get(), rows);
  INFO(status);
  REQUIRE(status.ok());
  return rows;
}

// The error of a message that must not decode.
template <class Row>
absl::Status ErrorOf(const NetlinkMessage& message) {
  std::vector<Row> rows;
  absl::Status status = AppendRow(message.get(), rows);
  CHECK(absl::IsInvalidArgument(status));
  return status;
}

struct KernelRows {
  std::vector<Link> links;
  std::vector<Address> addresses;
  std::vector<Route> routes;
  std::vector<Neighbor> neighbors;
  std::vector<FdbEntry> fdb;
  std::vector<NetConf> netconf;
  std::vector<NeighborLimits> limits;
  std::vector<Rule> rules;
  std::vector<LinkStats> stats;
  std::vector<PodNetwork> pods;

  size_t size() const {
    return links.size() + addresses.size() + routes.size() + neighbors.size() + fdb.size() + netconf.size() +
           limits.size() + rules.size() + stats.size() + pods.size();
  }
};

std::vector<char> BytesOf(const nlmsghdr& message);

// Shows a message to all decoders, of which one takes it. It is as long as `bytes`, whatever it says itself, and stands
// in a piece of memory of exactly that size, so that a sanitizer sees who reads on.
absl::Status DecodeByAll(const std::vector<char>& bytes, KernelRows& rows);

}  // namespace caliwatch
