// SPDX-License-Identifier: Apache-2.0
// KernelSocket against a real kernel, in a namespace where we may play tricks on it: change a table in the middle of a
// dump, or send to its socket what the kernel might.

#include "lib/node/kernel_socket.h"

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "test/support/catch.h"
#include "test/support/netlink_message.h"
#include "test/support/own_namespace.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

std::unique_ptr<KernelSocket> Opened() {
  absl::StatusOr<std::unique_ptr<KernelSocket>> socket = KernelSocket::Open();
  INFO(socket.status());
  REQUIRE(socket.ok());
  return *std::move(socket);
}

// Adds `pairs` veths: at 1.5 KB a link, 40 pairs make a dump of several readings.
void AddVeths(int pairs) {
  std::string commands;
  for (int i = 0; i < pairs; ++i)
    commands += "ip link add a" + std::to_string(i) + " type veth peer name b" + std::to_string(i) + "\n";
  Run(commands);
}

// How many messages a dump holds, and what it ended with.
struct Dumped {
  absl::Status status;
  int messages = 0;
  nlmsghdr last{};
};

Dumped Dump(KernelSocket& socket, KernelTable table) {
  Dumped dumped;
  dumped.status = socket.Dump(table, [&](const nlmsghdr& message) {
    ++dumped.messages;
    dumped.last = message;
  });
  return dumped;
}

// Sends `message` to the socket that got `last`, as if it answered the request `ahead` requests later.
void SendTo(const nlmsghdr& last, uint32_t ahead, const NetlinkMessage& message) {
  const std::unique_ptr<nl_sock, decltype(&nl_socket_free)> sender(nl_socket_alloc(), nl_socket_free);
  REQUIRE(nl_connect(sender.get(), NETLINK_ROUTE) == 0);
  nlmsghdr header = message.get();
  header.nlmsg_seq = last.nlmsg_seq + ahead;
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.append(static_cast<const char*>(nlmsg_data(&message.get())), nlmsg_datalen(&message.get()));
  nl_socket_set_peer_port(sender.get(), last.nlmsg_pid);
  REQUIRE(nl_sendto(sender.get(), bytes.data(), bytes.size()) == static_cast<int>(bytes.size()));
}

TEST_CASE("each table can be dumped, again and again on one socket") {
  if (!InOwnNamespace()) return;
  Run("ip link set lo up");
  const std::unique_ptr<KernelSocket> socket = Opened();
  for (int round = 0; round < 3; ++round) {
    for (const KernelTable table : {KernelTable::kLinks, KernelTable::kAddresses, KernelTable::kRoutes,
                                    KernelTable::kNeighbors, KernelTable::kFdb, KernelTable::kNetconf,
                                    KernelTable::kNeighborLimits, KernelTable::kRules, KernelTable::kLinkStats}) {
      const Dumped dumped = Dump(*socket, table);
      INFO(ToString(table) << ": " << dumped.status);
      CHECK(dumped.status.ok());
      CHECK((dumped.messages > 0) == (table != KernelTable::kNeighbors && table != KernelTable::kFdb));
    }
  }
}

TEST_CASE("a dump during which the table changed says so, and the next one is whole") {
  if (!InOwnNamespace()) return;
  const std::unique_ptr<KernelSocket> socket = Opened();
  const int of_the_kernel = Dump(*socket, KernelTable::kLinks).messages;  // lo, and tunnels where it has such modules
  AddVeths(40);
  int messages = 0;
  const absl::Status interrupted = socket->Dump(KernelTable::kLinks, [&](const nlmsghdr&) {
    if (++messages == 1) Run("ip link delete a39");
  });
  CHECK(absl::IsAborted(interrupted));
  CHECK(Says(interrupted, "dump links: the table changed"));

  const Dumped next = Dump(*socket, KernelTable::kLinks);
  CHECK(next.status.ok());
  CHECK(next.messages == of_the_kernel + 2 * 39);
}

TEST_CASE("what another process sends to its port is passed over, be it the very answer") {
  if (!InOwnNamespace()) return;
  AddVeths(2);
  const std::unique_ptr<KernelSocket> socket = Opened();
  const Dumped before = Dump(*socket, KernelTable::kLinks);
  REQUIRE(before.status.ok());
  REQUIRE(before.messages >= 1 + 2 * 2);
  SendTo(before.last, 1, NetlinkMessage(RTM_NEWLINK, ifinfomsg{}));
  SendTo(before.last, 1, NetlinkMessage(NLMSG_DONE, -EPERM));
  SendTo(before.last, 1, NetlinkMessage(NLMSG_DONE, 0));
  const Dumped after = Dump(*socket, KernelTable::kLinks);
  CHECK(after.status.ok());
  CHECK(after.messages == before.messages);
}

TEST_CASE("a port that another process has filled up has room for the next answer") {
  if (!InOwnNamespace()) return;
  const std::unique_ptr<KernelSocket> socket = Opened();
  const Dumped before = Dump(*socket, KernelTable::kLinks);
  REQUIRE(before.status.ok());
  const std::unique_ptr<nl_sock, decltype(&nl_socket_free)> sender(nl_socket_alloc(), nl_socket_free);
  REQUIRE(nl_connect(sender.get(), NETLINK_ROUTE) == 0);
  nl_socket_set_nonblocking(sender.get());
  nl_socket_set_peer_port(sender.get(), before.last.nlmsg_pid);
  NetlinkMessage message(NLMSG_DONE, 0);
  while (nl_sendto(sender.get(), const_cast<nlmsghdr*>(&message.get()), message.get().nlmsg_len) > 0) {
  }
  const Dumped after = Dump(*socket, KernelTable::kLinks);
  CHECK(after.status == absl::OkStatus());
  CHECK(after.messages == before.messages);
}

TEST_CASE("a link with hundreds of other names is asked for again with more room, once and for all") {
  if (!InOwnNamespace()) return;
  AddVeths(1);
  Run("for i in $(seq 300); do echo link property add dev a0 altname $(printf 'a%0120d' $i); done | ip -batch -");
  const std::unique_ptr<KernelSocket> socket = Opened();
  const absl::Status first = Dump(*socket, KernelTable::kLinks).status;
  CHECK(absl::IsAborted(first));
  CHECK(Says(first, "dump links: a message has"));
  for (int round = 0; round < 2; ++round) {
    const Dumped next = Dump(*socket, KernelTable::kLinks);
    CHECK(next.status.ok());
    CHECK(next.messages >= 1 + 2);
  }
}

TEST_CASE("a broken socket fails one dump, and is replaced for the next") {
  const int next_fd = dup(STDERR_FILENO);
  close(next_fd);
  const std::unique_ptr<KernelSocket> socket = Opened();
  REQUIRE(dup2(STDERR_FILENO, next_fd) == next_fd);
  const Dumped broken = Dump(*socket, KernelTable::kLinks);
  CHECK(!broken.status.ok());
  CHECK(Says(broken.status, "dump links: "));
  const Dumped after = Dump(*socket, KernelTable::kLinks);
  CHECK(after.status.ok());
  CHECK(after.messages > 0);
}

TEST_CASE("no reading waits for ever") {
  const int next_fd = dup(STDERR_FILENO);
  close(next_fd);
  const std::unique_ptr<KernelSocket> socket = Opened();
  timeval deadline{};
  socklen_t size = sizeof deadline;
  REQUIRE(getsockopt(next_fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, &size) == 0);
  CHECK(deadline.tv_sec > 0);
}

}  // namespace
}  // namespace caliwatch
