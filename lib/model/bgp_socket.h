// SPDX-License-Identifier: Apache-2.0
#pragma once

// One TCP socket of a BGP session, as the kernel's sock_diag has it: what BIRD itself cannot know of a path.

#include <cstdint>
#include <optional>

#include <absl/time/time.h>

#include "lib/model/prefix.h"

namespace caliwatch {

inline constexpr uint16_t kBgpPort = 179;
// The type of service that BIRD gives its packets of BGP, on whatever port: DSCP CS6, "network control".
inline constexpr uint8_t kBgpTypeOfService = 0xc0;

// The kernel's numbers (TCP_* of include/net/tcp_states.h); others occur, and mean a connection that is ending.
enum class TcpState : uint8_t {
  kEstablished = 1,
  kSynSent = 2,
  kSynReceived = 3,
  kTimeWait = 6,
  kClosed = 7,
  kListen = 10
};

struct BgpSocket {
  TcpState state = TcpState::kEstablished;
  IpAddress local, remote;  // of a listening socket both are the unspecified address, as a rule
  uint16_t local_port = 0, remote_port = 0;
  uint8_t type_of_service = 0;     // of what it sends; IPv6: the traffic class
  uint64_t cookie = 0;             // distinguishes one socket from the next between the same ends; 0 while SYN_RECEIVED
  uint32_t retransmits = 0;        // how often what is unanswered now (SYN, SYN-ACK or data) was sent again
  uint32_t unacknowledged = 0;     // segments in flight
  uint32_t receive_queue = 0;      // bytes unread; of a listening socket, connections that wait to be accepted
  uint32_t send_queue = 0;         // bytes not acknowledged; of a listening socket, how many may wait
  uint32_t segments_received = 0;  // since it was opened
  // These only once it is connected.
  std::optional<absl::Duration> rtt;
  std::optional<absl::Duration> last_received;  // since data last came in
  std::optional<uint32_t> path_mtu;             // bytes, as the kernel has learned it; the link's until it learned less

  bool operator==(const BgpSocket&) const = default;
};

}  // namespace caliwatch
