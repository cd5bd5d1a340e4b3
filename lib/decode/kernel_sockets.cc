// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <sys/socket.h>

#include "lib/decode/kernel_attributes.h"
#include "lib/decode/kernel_messages.h"

namespace caliwatch {
namespace {

void TakeTcpInfo(const nlattr* attribute, BgpSocket& socket) {
  const auto info = AttributeReader::GrowingValue<tcp_info>(attribute);
  socket.retransmits = info.tcpi_retransmits;
  socket.unacknowledged = info.tcpi_unacked;
  socket.segments_received = info.tcpi_segs_in;
  if (socket.state != TcpState::kEstablished) return;
  socket.rtt = absl::Microseconds(info.tcpi_rtt);
  socket.last_received = absl::Milliseconds(info.tcpi_last_data_recv);
  socket.path_mtu = info.tcpi_pmtu;
}

// More than a BGP speaker ever has: what fills them up is no session.
constexpr size_t kMostSockets = 16'384;

bool IsOfBgp(const BgpSocket& socket) {
  return socket.local_port == kBgpPort || socket.remote_port == kBgpPort || socket.type_of_service == kBgpTypeOfService;
}

}  // namespace

absl::Status AppendRow(const nlmsghdr& message, std::vector<BgpSocket>& sockets) {
  if (message.nlmsg_type != TCPDIAG_GETSOCK && message.nlmsg_type != SOCK_DIAG_BY_FAMILY) return absl::OkStatus();
  AttributeReader read("TCPDIAG_GETSOCK", message);
  const auto* header = read.Header<inet_diag_msg>();
  if (header == nullptr) return read.status();
  const std::optional<Family> family = FamilyFrom(header->idiag_family);
  if (!family) return absl::OkStatus();

  BgpSocket socket;
  socket.state = static_cast<TcpState>(header->idiag_state);
  socket.local = IpAddress::FromBytes(*family, header->id.idiag_src);
  socket.remote = IpAddress::FromBytes(*family, header->id.idiag_dst);
  socket.local_port = ntohs(header->id.idiag_sport);
  socket.remote_port = ntohs(header->id.idiag_dport);
  std::memcpy(&socket.cookie, header->id.idiag_cookie, sizeof socket.cookie);
  socket.retransmits = header->idiag_retrans;
  socket.receive_queue = header->idiag_rqueue;
  socket.send_queue = header->idiag_wqueue;
  while (const nlattr* attribute = read.Next()) {
    if (TypeOf(attribute) == INET_DIAG_INFO) TakeTcpInfo(attribute, socket);
    if (TypeOf(attribute) == (*family == Family::kIpv4 ? INET_DIAG_TOS : INET_DIAG_TCLASS))
      socket.type_of_service = read.Value<uint8_t>(attribute, "INET_DIAG_TOS");
  }
  if (!read.ok() || !IsOfBgp(socket)) return read.status();
  if (sockets.size() == kMostSockets)
    return absl::ResourceExhaustedError(absl::StrCat("there are more than ", kMostSockets));
  sockets.push_back(socket);
  return absl::OkStatus();
}

}  // namespace caliwatch
