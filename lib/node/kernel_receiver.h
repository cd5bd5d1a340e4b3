// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/node/deadline.h"
#include "lib/node/raw_node.h"

namespace caliwatch {

// What the kernel sends to netlink sockets. Other processes may send to the same port: only the kernel's word counts.
//
// libnl's nl_recv() makes room anew for each datagram, and either asks for its size first or loses for good what is
// larger; its nl_recvmsgs() copies each message (6% of a poll at 100,000 routes), and takes an errno in NLMSG_DONE for
// success.
class KernelReceiver {
 public:
  // What is larger is not taken. The largest that is known, of a link with all names that it can have, has 64 KiB.
  static constexpr size_t kMostBytes = size_t{1} << 20;
  static constexpr absl::Duration kPatience = absl::Seconds(5);

  // The next datagram, which stays until the next call. Empty: it was another process's, or a signal came first.
  // DeadlineExceeded: none came within the socket's own time. Aborted: it was lost for want of room, which there is
  // now: ask again. ResourceExhausted: the kernel lost some, or this one is larger than `kMostBytes`.
  absl::StatusOr<absl::string_view> Receive(int socket);

  // The kernel's next one, which is never empty. DeadlineExceeded: none came within `kPatience`, whoever else sent how
  // much.
  absl::StatusOr<absl::string_view> Await(int socket);

  // Throws away what lies there, so that the kernel finds room for its answer: between two requests only others fill
  // it.
  static void Drain(int socket);

  // All dumps from now on, together, may have `bytes`, and go on `until` then: beyond, ResourceExhausted and
  // DeadlineExceeded. Looked at with each datagram, which has 32 KiB as a rule.
  void Limit(size_t bytes, const Deadline& until);

  // Hands over the messages of the dump that answers the request `sequence`. Errors as Await, and with the code of the
  // errno that ended it. Aborted: the table changed meanwhile, or as Receive. The socket is of no more use after an
  // error.
  absl::Status ReadDump(int socket, uint32_t sequence, RawNode::OnMessage on_message);

 private:
  // The kernel never fills more at once, but for a message that alone is larger.
  std::vector<char> room_ = std::vector<char>(size_t{32} << 10);
  size_t bytes_left_ = SIZE_MAX;
  std::optional<Deadline> until_;
};

}  // namespace caliwatch
