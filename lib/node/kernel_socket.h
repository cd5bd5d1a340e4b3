// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "lib/node/raw_node.h"

struct nl_sock;

namespace caliwatch {

// Asks the network namespace of its thread for rtnetlink dumps. Changes nothing there, and needs no privilege.
class KernelSocket {
 public:
  static absl::StatusOr<std::unique_ptr<KernelSocket>> Open();

  // As RawNode::Dump. Errors name the table and carry the code of the kernel's errno; DeadlineExceeded: it sent nothing
  // for five seconds. Whatever one dump ran into, the next one starts clean.
  absl::Status Dump(KernelTable table, RawNode::OnMessage on_message);

 private:
  struct Free {
    void operator()(nl_sock* socket) const;
  };
  using Socket = std::unique_ptr<nl_sock, Free>;

  explicit KernelSocket(Socket socket) : socket_(std::move(socket)) {}
  static absl::StatusOr<Socket> Connect();
  absl::Status DumpFamilies(KernelTable table, RawNode::OnMessage on_message);
  absl::Status DumpFamily(KernelTable table, uint8_t family, RawNode::OnMessage on_message);

  Socket socket_;  // null after a failure, until the next dump
};

}  // namespace caliwatch
