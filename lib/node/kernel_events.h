// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "lib/node/kernel_receiver.h"
#include "lib/node/raw_node.h"

struct nl_sock;

namespace caliwatch {

// The kernel's announcements of changed routes, next hops, links, addresses and neighbors, of the network namespace of
// the thread that opens it. Needs no privilege; with CAP_NET_ADMIN the kernel keeps more of them for us.
class KernelEvents {
 public:
  static absl::StatusOr<KernelEvents> Open();

  int fd() const;  // for poll()

  // Hands over what has come, or as much of it as is taken at once, and never waits. ResourceExhausted: the kernel had
  // more to say than it could keep, or one message was larger than any before; what it kept is handed over by the next
  // call. After any other error, it is to be opened anew.
  absl::Status Receive(RawNode::OnMessage on_message);

 private:
  struct Free {
    void operator()(nl_sock* socket) const;
  };
  using Socket = std::unique_ptr<nl_sock, Free>;
  explicit KernelEvents(Socket socket) : socket_(std::move(socket)) {}

  Socket socket_;
  KernelReceiver receiver_;
};

}  // namespace caliwatch
