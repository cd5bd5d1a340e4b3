// SPDX-License-Identifier: Apache-2.0
#include "lib/node/kernel_requests.h"

#include <vector>

#include <linux/net_namespace.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

namespace caliwatch {
namespace {

// The kernel itself picks the sockets: a node may have many thousands. In its language a comparison is an operation and
// the port behind it; `yes` and `no` are how many bytes to go on by, to the end to accept, and beyond it to refuse.
std::vector<inet_diag_bc_op> ProgramFor(const std::vector<uint16_t>& ports) {
  constexpr uint16_t kOperations = 10, kBytes = kOperations * sizeof(inet_diag_bc_op);  // for each port
  std::vector<inet_diag_bc_op> program;
  for (size_t i = 0; i < ports.size(); ++i) {
    const uint16_t port = ports[i];
    const auto rest = static_cast<uint16_t>((ports.size() - i) * kBytes);  // from this port's beginning to the end
    const uint16_t refused = i + 1 == ports.size() ? kBytes + 4 : kBytes;  // or on to the next port
    for (const inet_diag_bc_op operation : {
             inet_diag_bc_op{INET_DIAG_BC_S_GE, 8, 20},
             {0, 0, port},  // at 0; no: on to 20
             {INET_DIAG_BC_S_LE, 8, 12},
             {0, 0, port},                                             // at 8; no: on to 20
             {INET_DIAG_BC_JMP, 4, static_cast<uint16_t>(rest - 16)},  // at 16: accepted
             {INET_DIAG_BC_D_GE, 8, static_cast<uint16_t>(refused - 20)},
             {0, 0, port},  // at 20
             {INET_DIAG_BC_D_LE, 8, static_cast<uint16_t>(refused - 28)},
             {0, 0, port},                                             // at 28
             {INET_DIAG_BC_JMP, 4, static_cast<uint16_t>(rest - 36)},  // at 36: accepted
         })
      program.push_back(operation);
  }
  return program;
}

// Established, SYN_SENT, SYN_RECV, listening. One that is ending says nothing of a session, and whoever can reach the
// port leaves as many thousands of them as he likes.
constexpr uint32_t kLivingSockets = 1 << TCP_ESTABLISHED | 1 << TCP_SYN_SENT | 1 << TCP_SYN_RECV | 1 << TCP_LISTEN;

// `header` has dump.header_bytes.
KernelRequest WithHeader(const KernelDump& dump, const void* header) {
  KernelRequest message(nlmsg_alloc_simple(dump.request, NLM_F_REQUEST | NLM_F_DUMP));
  if (message && nlmsg_append(message.get(), const_cast<void*>(header), dump.header_bytes, NLMSG_ALIGNTO) < 0)
    message.reset();
  return message;
}

KernelRequest PlainRequest(const KernelDump& dump, uint8_t family) {
  std::vector<uint8_t> header(dump.header_bytes);
  header[0] = family;
  return WithHeader(dump, header.data());
}

KernelRequest LinkStatsRequest() {
  if_stats_msg header{};
  header.filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
  return WithHeader(DumpOf(KernelTable::kLinkStats), &header);
}

}  // namespace

KernelRequest BgpSocketsRequest(const std::vector<uint16_t>& ports) {
  inet_diag_req header{};
  header.idiag_ext = 1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_TOS - 1) | 1 << (INET_DIAG_TCLASS - 1);
  header.idiag_states = kLivingSockets;
  const std::vector<inet_diag_bc_op> program = ProgramFor(ports);
  const int bytes = static_cast<int>(program.size() * sizeof program[0]);
  KernelRequest message(nlmsg_alloc_simple(TCPDIAG_GETSOCK, NLM_F_REQUEST | NLM_F_DUMP));
  if (message && (nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO) < 0 ||
                  (bytes > 0 && nla_put(message.get(), INET_DIAG_REQ_BYTECODE, bytes, program.data()) < 0)))
    message.reset();
  return message;
}

void FreeRequest::operator()(nl_msg* message) const { nlmsg_free(message); }

KernelRequest DumpRequest(KernelTable table, uint8_t family) {
  if (table == KernelTable::kLinkStats) return LinkStatsRequest();
  KernelRequest message = PlainRequest(DumpOf(table), family);
  // Statistics would be half of each answer.
  if (table == KernelTable::kLinks && message && nla_put_u32(message.get(), IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS) < 0)
    message.reset();
  return message;
}

KernelRequest NetnsRequest(int file) {
  rtgenmsg header{.rtgen_family = AF_UNSPEC};
  KernelRequest message(nlmsg_alloc_simple(RTM_GETNSID, NLM_F_REQUEST));
  if (message && (nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO) < 0 ||
                  nla_put_u32(message.get(), NETNSA_FD, static_cast<uint32_t>(file)) < 0))
    message.reset();
  return message;
}

}  // namespace caliwatch
