// SPDX-License-Identifier: Apache-2.0
#include "lib/node/kernel_events.h"

#include <utility>

#include <absl/strings/str_cat.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

namespace caliwatch {
namespace {

constexpr int kBufferBytes = 8 << 20;  // some 20,000 routes that change at once
constexpr int kMostAtOnce = 4096;      // however fast they come

absl::Status ErrorFrom(absl::string_view doing, int libnl_code) {
  return absl::UnavailableError(absl::StrCat(doing, ": ", nl_geterror(libnl_code)));
}

}  // namespace

void KernelEvents::Free::operator()(nl_sock* socket) const { nl_socket_free(socket); }

absl::StatusOr<KernelEvents> KernelEvents::Open() {
  Socket socket(nl_socket_alloc());
  if (!socket) return absl::ResourceExhaustedError("listen to the kernel: out of memory");
  if (const int code = nl_connect(socket.get(), NETLINK_ROUTE); code < 0)
    return ErrorFrom("listen to the kernel", code);
  const int fd = nl_socket_get_fd(socket.get());
  // Beyond the system's limit only with a privilege; without it, as much as the limit allows.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kBufferBytes, sizeof kBufferBytes) < 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kBufferBytes, sizeof kBufferBytes);
  nl_socket_set_nonblocking(socket.get());
  for (const int group :
       {RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_NEIGH})
    if (const int code = nl_socket_add_membership(socket.get(), group); code < 0)
      return ErrorFrom("listen to the kernel", code);
  // Linux 5.3 and newer; before, there are none.
  nl_socket_add_membership(socket.get(), RTNLGRP_NEXTHOP);
  return KernelEvents(std::move(socket));
}

int KernelEvents::fd() const { return nl_socket_get_fd(socket_.get()); }

absl::Status KernelEvents::Receive(RawNode::OnMessage on_message) {
  for (int datagrams = 0; datagrams < kMostAtOnce; ++datagrams) {
    const absl::StatusOr<absl::string_view> datagram = receiver_.Receive(fd());
    if (absl::IsDeadlineExceeded(datagram.status())) return absl::OkStatus();
    if (absl::IsResourceExhausted(datagram.status()) || absl::IsAborted(datagram.status()))
      return absl::ResourceExhaustedError(absl::StrCat("the kernel's events were lost: ", datagram.status().message()));
    if (!datagram.ok()) return datagram.status();
    auto* message = reinterpret_cast<nlmsghdr*>(const_cast<char*>(datagram->data()));
    for (int size = static_cast<int>(datagram->size()); nlmsg_ok(message, size); message = nlmsg_next(message, &size))
      on_message(*message);
  }
  return absl::OkStatus();
}

}  // namespace caliwatch
