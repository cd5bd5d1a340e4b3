// SPDX-License-Identifier: Apache-2.0
#include "lib/node/kernel_events.h"

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <absl/cleanup/cleanup.h>
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
constexpr size_t kReceiveBytes = size_t{32} * 1024;

absl::Status ErrorFrom(absl::string_view doing, int libnl_code) {
  return absl::UnavailableError(absl::StrCat(doing, ": ", nl_geterror(libnl_code)));
}

}  // namespace

void KernelEvents::Free::operator()(nl_sock* socket) const { nl_socket_free(socket); }

absl::StatusOr<KernelEvents> KernelEvents::Open() {
  Socket socket(nl_socket_alloc());
  if (!socket) return absl::ResourceExhaustedError("listen to the kernel: out of memory");
  nl_socket_set_msg_buf_size(socket.get(), kReceiveBytes);
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
  return KernelEvents(std::move(socket));
}

int KernelEvents::fd() const { return nl_socket_get_fd(socket_.get()); }

absl::Status KernelEvents::Receive(RawNode::OnMessage on_message) {
  for (;;) {
    sockaddr_nl sender{};
    unsigned char* bytes = nullptr;
    int size = nl_recv(socket_.get(), &sender, &bytes, nullptr);
    const absl::Cleanup free_bytes = [bytes] { free(bytes); };
    if (size == -NLE_NOMEM) return absl::ResourceExhaustedError("the kernel lost events: they came too fast");
    if (size < 0 && size != -NLE_AGAIN) return ErrorFrom("hear the kernel", size);
    if (size <= 0) return absl::OkStatus();
    if (sender.nl_pid != 0) continue;  // another process may send to our port; only the kernel's word counts
    for (auto* message = reinterpret_cast<nlmsghdr*>(bytes); nlmsg_ok(message, size);
         message = nlmsg_next(message, &size))
      on_message(*message);
  }
}

}  // namespace caliwatch
