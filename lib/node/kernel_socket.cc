// SPDX-License-Identifier: Apache-2.0
#include "lib/node/kernel_socket.h"

#include <cerrno>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/time/time.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "lib/node/kernel_requests.h"

namespace caliwatch {
namespace {

absl::Status ErrorFrom(absl::string_view doing, int libnl_code) {
  const std::string text = absl::StrCat(doing, ": ", nl_geterror(libnl_code));
  return libnl_code == -NLE_NOMEM ? absl::ResourceExhaustedError(text) : absl::UnavailableError(text);
}

bool NamesNetns(const nlmsghdr& answer) {
  if (answer.nlmsg_type != RTM_NEWNSID) return false;
  const nlattr* id = nlmsg_find_attr(const_cast<nlmsghdr*>(&answer), sizeof(rtgenmsg), NETNSA_NSID);
  return id != nullptr && nla_get_s32(id) != NETNSA_NSID_NOT_ASSIGNED;
}

}  // namespace

void KernelSocket::Free::operator()(nl_sock* socket) const { nl_socket_free(socket); }

absl::StatusOr<std::unique_ptr<KernelSocket>> KernelSocket::Open() {
  absl::StatusOr<Socket> socket = Connect(NETLINK_ROUTE);
  if (!socket.ok()) return socket.status();
  return std::unique_ptr<KernelSocket>(new KernelSocket(*std::move(socket)));
}

absl::StatusOr<KernelSocket::Socket> KernelSocket::Connect(int protocol) {
  Socket socket(nl_socket_alloc());
  if (!socket) return absl::ResourceExhaustedError("open a netlink socket: out of memory");
  nl_socket_disable_auto_ack(socket.get());
  if (const int code = nl_connect(socket.get(), protocol); code < 0) return ErrorFrom("open a netlink socket", code);

  const int fd = nl_socket_get_fd(socket.get());
  const timeval patience = absl::ToTimeval(KernelReceiver::kPatience);
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0)
    return absl::ErrnoToStatus(errno, "set the deadline of a netlink socket");
  // Spares us the routes that the kernel only caches. Kernels before 4.20 refuse, and mark those routes instead.
  const int on = 1;
  setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on);
  return socket;
}

absl::Status KernelSocket::Connect(int protocol, Socket& socket) {
  if (socket) return absl::OkStatus();
  absl::StatusOr<Socket> connected = Connect(protocol);
  if (connected.ok()) socket = *std::move(connected);
  return connected.status();
}

absl::Status KernelSocket::Dump(KernelTable table, RawNode::OnMessage on_message) {
  const bool of_sockets = table == KernelTable::kBgpSockets;
  Socket& socket = of_sockets ? diag_ : route_;
  if (absl::Status connected = Connect(of_sockets ? NETLINK_SOCK_DIAG : NETLINK_ROUTE, socket); !connected.ok())
    return connected;
  absl::Status status = DumpFamilies(socket.get(), table, on_message);
  if (!status.ok()) socket.reset();  // a dump that was broken off would go on into the next answer
  return status;
}

absl::Status KernelSocket::DumpFamilies(nl_sock* socket, KernelTable table, RawNode::OnMessage on_message) {
  const DumpScope scope = DumpOf(table).scope;
  if (scope != DumpScope::kEachFamily)
    return DumpFamily(socket, table, scope == DumpScope::kBridge ? AF_BRIDGE : AF_UNSPEC, on_message);
  // The kernel has no dump of these for all families.
  if (absl::Status ipv4 = DumpFamily(socket, table, AF_INET, on_message); !ipv4.ok()) return ipv4;
  absl::Status ipv6 = DumpFamily(socket, table, AF_INET6, on_message);
  const bool booted_without_ipv6 = absl::IsUnimplemented(ipv6) || absl::IsNotFound(ipv6);
  return booted_without_ipv6 ? absl::OkStatus() : ipv6;
}

absl::StatusOr<std::string> KernelSocket::NameNetns(int file) {
  constexpr absl::string_view kDoing = "ask for a namespace's id";
  if (absl::Status connected = Connect(NETLINK_ROUTE, route_); !connected.ok()) return connected;
  const KernelRequest request = NetnsRequest(file);
  if (!request) return absl::ResourceExhaustedError(absl::StrCat(kDoing, ": out of memory"));
  KernelReceiver::Drain(nl_socket_get_fd(route_.get()));
  if (const int code = nl_send_auto(route_.get(), request.get()); code < 0) return ErrorFrom(kDoing, code);
  const absl::StatusOr<absl::string_view> datagram = receiver_.Await(nl_socket_get_fd(route_.get()));
  if (!datagram.ok()) {
    route_.reset();  // or a late answer would go on into the next
    return absl::Status(datagram.status().code(), absl::StrCat(kDoing, ": ", datagram.status().message()));
  }
  const auto* answer = reinterpret_cast<const nlmsghdr*>(datagram->data());
  if (!nlmsg_ok(answer, static_cast<int>(datagram->size())) || !NamesNetns(*answer)) return "";
  return std::string(datagram->substr(0, answer->nlmsg_len));
}

absl::Status KernelSocket::DumpFamily(nl_sock* socket, KernelTable table, uint8_t family,
                                      RawNode::OnMessage on_message) {
  const std::string doing = absl::StrCat("dump ", ToString(table));
  const KernelRequest request =
      table == KernelTable::kBgpSockets ? BgpSocketsRequest(bgp_ports_) : DumpRequest(table, family);
  if (!request) return absl::ResourceExhaustedError(absl::StrCat(doing, ": out of memory"));
  KernelReceiver::Drain(nl_socket_get_fd(socket));
  if (const int code = nl_send_auto(socket, request.get()); code < 0) return ErrorFrom(doing, code);
  const absl::Status read =
      receiver_.ReadDump(nl_socket_get_fd(socket), nlmsg_hdr(request.get())->nlmsg_seq, on_message);
  return absl::Status(read.code(), absl::StrCat(doing, ": ", read.message()));
}

}  // namespace caliwatch
