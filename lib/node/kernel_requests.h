// SPDX-License-Identifier: Apache-2.0
#pragma once

// The messages that ask the kernel. Formats: rtnetlink(7), sock_diag(7), linux/net_namespace.h.

#include <cstdint>
#include <memory>
#include <vector>

#include "lib/node/kernel_dumps.h"

struct nl_msg;

namespace caliwatch {

struct FreeRequest {
  void operator()(nl_msg* message) const;
};
using KernelRequest = std::unique_ptr<nl_msg, FreeRequest>;

// For the TCP sockets of both families that have one of `ports` at either end, but for those that are ending; no
// ports: all. Null: out of memory.
KernelRequest BgpSocketsRequest(const std::vector<uint16_t>& ports);

// For a dump of any other table that is one request, of `family` (AF_*). Null: out of memory.
KernelRequest DumpRequest(KernelTable table, uint8_t family);

// For the id that our network namespace has for that of an open file. Null: out of memory.
KernelRequest NetnsRequest(int file);

}  // namespace caliwatch
