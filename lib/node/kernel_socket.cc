// SPDX-License-Identifier: Apache-2.0
#include "lib/node/kernel_socket.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include <absl/cleanup/cleanup.h>
#include <absl/strings/str_cat.h>
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

constexpr size_t kReceiveBytes = size_t{32} * 1024;  // the kernel never fills more at once
constexpr timeval kDeadline{.tv_sec = 5, .tv_usec = 0};

absl::Status ErrorFrom(absl::string_view doing, int libnl_code) {
  const std::string text = absl::StrCat(doing, ": ", nl_geterror(libnl_code));
  switch (-libnl_code) {
    case NLE_AGAIN:
      return absl::DeadlineExceededError(absl::StrCat(doing, ": no answer within ", kDeadline.tv_sec, " s"));
    case NLE_NOMEM:
      return absl::ResourceExhaustedError(text);  // ENOBUFS, too
    case NLE_MSG_TRUNC:
      return absl::DataLossError(text);
    default:
      return absl::UnavailableError(text);
  }
}

bool NamesNetns(const nlmsghdr& answer) {
  if (answer.nlmsg_type != RTM_NEWNSID) return false;
  const nlattr* id = nlmsg_find_attr(const_cast<nlmsghdr*>(&answer), sizeof(rtgenmsg), NETNSA_NSID);
  return id != nullptr && nla_get_s32(id) != NETNSA_NSID_NOT_ASSIGNED;
}

// What ended a dump, good or bad: NLMSG_DONE and NLMSG_ERROR both begin with an errno, negative, or 0.
int ErrnoIn(const nlmsghdr& end) {
  int code = 0;
  if (nlmsg_datalen(&end) < static_cast<int>(sizeof code)) return EBADMSG;
  std::memcpy(&code, nlmsg_data(&end), sizeof code);
  return -code;
}

// Hands over those messages of one datagram that answer the request `sequence`: others are leftovers. Once the dump has
// ended, returns the errno it ended with, or 0.
std::optional<int> Deliver(nlmsghdr* message, int size, uint32_t sequence, RawNode::OnMessage on_message,
                           bool& interrupted) {
  for (; nlmsg_ok(message, size); message = nlmsg_next(message, &size)) {
    if (message->nlmsg_seq != sequence) continue;
    interrupted |= (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) return ErrnoIn(*message);
    on_message(*message);
  }
  return std::nullopt;
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
  nl_socket_set_msg_buf_size(socket.get(), kReceiveBytes);
  if (const int code = nl_connect(socket.get(), protocol); code < 0) return ErrorFrom("open a netlink socket", code);

  const int fd = nl_socket_get_fd(socket.get());
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kDeadline, sizeof kDeadline) < 0)
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
  const bool of_sockets = DumpOf(table).request == SOCK_DIAG_BY_FAMILY;
  Socket& socket = of_sockets ? diag_ : route_;
  if (absl::Status connected = Connect(of_sockets ? NETLINK_SOCK_DIAG : NETLINK_ROUTE, socket); !connected.ok())
    return connected;
  absl::Status status = DumpFamilies(socket.get(), table, on_message);
  // A dump that was broken off would go on into the next answer; an interrupted one was read to its end.
  if (!status.ok() && !absl::IsAborted(status)) socket.reset();
  return status;
}

absl::Status KernelSocket::DumpFamilies(nl_sock* socket, KernelTable table, RawNode::OnMessage on_message) const {
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
  if (const int code = nl_send_auto(route_.get(), request.get()); code < 0) return ErrorFrom(kDoing, code);
  sockaddr_nl sender;
  unsigned char* bytes = nullptr;
  const int size = nl_recv(route_.get(), &sender, &bytes, nullptr);
  if (size < 0) {
    route_.reset();  // or a late answer would go on into the next
    return ErrorFrom(kDoing, size);
  }
  const absl::Cleanup free_bytes = [bytes] { free(bytes); };
  const auto* answer = reinterpret_cast<const nlmsghdr*>(bytes);
  if (!nlmsg_ok(answer, size) || !NamesNetns(*answer)) return "";
  return std::string(reinterpret_cast<const char*>(answer), answer->nlmsg_len);
}

// libnl's nl_recvmsgs() would copy each message (6% of a poll at 100,000 routes), and takes an errno in NLMSG_DONE for
// success.
absl::Status KernelSocket::DumpFamily(nl_sock* socket, KernelTable table, uint8_t family,
                                      RawNode::OnMessage on_message) const {
  const std::string doing = absl::StrCat("dump ", ToString(table));
  const KernelRequest request =
      table == KernelTable::kBgpSockets ? BgpSocketsRequest(family, bgp_ports_) : DumpRequest(table, family);
  if (!request) return absl::ResourceExhaustedError(absl::StrCat(doing, ": out of memory"));
  if (const int code = nl_send_auto(socket, request.get()); code < 0) return ErrorFrom(doing, code);

  bool interrupted = false;
  std::optional<int> error;
  while (!error) {
    sockaddr_nl sender;
    unsigned char* bytes = nullptr;
    const int size = nl_recv(socket, &sender, &bytes, nullptr);  // goes on after EINTR
    const absl::Cleanup free_bytes = [bytes] { free(bytes); };
    if (size < 0) return ErrorFrom(doing, size);
    error =
        Deliver(reinterpret_cast<nlmsghdr*>(bytes), size, nlmsg_hdr(request.get())->nlmsg_seq, on_message, interrupted);
  }
  if (*error != 0) return absl::ErrnoToStatus(*error, doing);
  if (interrupted) return absl::AbortedError(absl::StrCat(doing, ": the table changed while it was read"));
  return absl::OkStatus();
}

}  // namespace caliwatch
