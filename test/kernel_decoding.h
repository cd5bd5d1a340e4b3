// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/status/status.h>

#include "lib/decode/kernel_messages.h"
#include "test/catch.h"
#include "test/netlink_message.h"
#include "test/status_says.h"

namespace caliwatch {

// Rows of a message that must decode.
template <class Row>
std::vector<Row> Decoded(absl::Status (*append)(const nlmsghdr&, std::vector<Row>&), const NetlinkMessage& message) {
  std::vector<Row> rows;
  const absl::Status status = append(message.get(), rows);
  INFO(status);
  REQUIRE(status.ok());
  return rows;
}

// The error of a message that must not decode.
template <class Row>
absl::Status ErrorOf(absl::Status (*append)(const nlmsghdr&, std::vector<Row>&), const NetlinkMessage& message) {
  std::vector<Row> rows;
  absl::Status status = append(message.get(), rows);
  CHECK(absl::IsInvalidArgument(status));
  return status;
}

}  // namespace caliwatch
