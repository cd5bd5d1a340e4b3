// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "lib/node/deadline.h"
#include "lib/node/kernel_receiver.h"
#include "lib/node/raw_node.h"

struct nl_sock;

namespace caliwatch {

// Asks the network namespace that its thread was in when it was opened for dumps of rtnetlink and sock_diag. Changes
// nothing there, and needs no privilege.
class KernelSocket {
 public:
  static absl::StatusOr<std::unique_ptr<KernelSocket>> Open();

  static constexpr uint16_t kBgpPort = 179;
  // As RawNode::ChooseBgpPorts.
  void ChooseBgpPorts(std::vector<uint16_t> ports) { bgp_ports_ = std::move(ports); }

  // As KernelReceiver::Limit, for all dumps from now on, together.
  void Limit(size_t bytes, const Deadline& until) { receiver_.Limit(bytes, until); }

  // As RawNode::Dump, for every table but kPods. Errors name the table and carry the code of the kernel's errno;
  // DeadlineExceeded: it sent nothing for five seconds. Whatever one dump ran into, the next one starts clean. Aborted
  // also: a message was larger than any before; there is room for it now.
  absl::Status Dump(KernelTable table, RawNode::OnMessage on_message);

  // The kernel's RTM_NEWNSID for the network namespace of an open file, with the id that ours has for it. Empty: the
  // file is no namespace, or no interface of ours leads there.
  absl::StatusOr<std::string> NameNetns(int file);

 private:
  struct Free {
    void operator()(nl_sock* socket) const;
  };
  using Socket = std::unique_ptr<nl_sock, Free>;

  explicit KernelSocket(Socket route) : route_(std::move(route)) {}
  static absl::StatusOr<Socket> Connect(int protocol);
  static absl::Status Connect(int protocol, Socket& socket);
  absl::Status DumpFamilies(nl_sock* socket, KernelTable table, RawNode::OnMessage on_message);
  absl::Status DumpFamily(nl_sock* socket, KernelTable table, uint8_t family, RawNode::OnMessage on_message);

  Socket route_;  // either is null until it is needed, and after a failure
  Socket diag_;
  KernelReceiver receiver_;
  std::vector<uint16_t> bgp_ports_ = {kBgpPort};
};

}  // namespace caliwatch
