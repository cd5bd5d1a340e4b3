// SPDX-License-Identifier: Apache-2.0
// KernelReceiver at a socket whose other end the test has, and says what no kernel can be brought to say.

#include "lib/node/kernel_receiver.h"

#include <cerrno>
#include <csignal>
#include <string>
#include <thread>

#include <linux/rtnetlink.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "lib/node/unique_fd.h"
#include "test/support/catch.h"
#include "test/support/netlink_message.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

constexpr uint32_t kSequence = 7;

struct Kernel {
  Kernel() {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    ours = UniqueFd(ends[0]);
    its = UniqueFd(ends[1]);
    const timeval moment{.tv_sec = 0, .tv_usec = 100'000};
    setsockopt(ours.get(), SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
    const int most = 4 << 20;
    setsockopt(its.get(), SOL_SOCKET, SO_SNDBUFFORCE, &most, sizeof most);
  }
  bool Says(const std::string& datagram) const {
    return send(its.get(), datagram.data(), datagram.size(), MSG_DONTWAIT) == static_cast<ssize_t>(datagram.size());
  }

  UniqueFd ours, its;
};

std::string Answer(const NetlinkMessage& message, uint32_t sequence = kSequence, uint16_t flags = 0) {
  std::string bytes(reinterpret_cast<const char*>(&message.get()), message.get().nlmsg_len);
  auto* header = reinterpret_cast<nlmsghdr*>(bytes.data());
  header->nlmsg_seq = sequence;
  header->nlmsg_flags = flags;
  return bytes;
}

std::string Link() { return Answer(NetlinkMessage(RTM_NEWLINK, ifinfomsg{})); }
std::string Done() { return Answer(NetlinkMessage(NLMSG_DONE, 0)); }

struct Read {
  absl::Status status;
  int messages = 0;
};

Read ReadFrom(const Kernel& kernel, KernelReceiver& receiver) {
  Read read;
  read.status = receiver.ReadDump(kernel.ours.get(), kSequence, [&](const nlmsghdr&) { ++read.messages; });
  return read;
}

Read ReadFrom(const Kernel& kernel) {
  KernelReceiver receiver;
  return ReadFrom(kernel, receiver);
}

TEST_CASE("a dump has the messages that answer it, of all datagrams to its end, and no others") {
  const Kernel kernel;
  REQUIRE(kernel.Says(Link() + Answer(NetlinkMessage(RTM_NEWLINK, ifinfomsg{}), kSequence - 1) + Link()));
  REQUIRE(kernel.Says(Answer(NetlinkMessage(NLMSG_DONE, -EPERM), kSequence - 1)));
  REQUIRE(kernel.Says(Link() + Done()));
  const Read read = ReadFrom(kernel);
  CHECK(read.status == absl::OkStatus());
  CHECK(read.messages == 3);
}

TEST_CASE("an error that ends a dump is an error, never an empty table") {
  nlmsgerr refusal{};
  refusal.error = -EPERM;
  const Kernel kernel;
  REQUIRE(kernel.Says(Answer(NetlinkMessage(NLMSG_ERROR, refusal))));
  REQUIRE(kernel.Says(Link() + Answer(NetlinkMessage(NLMSG_DONE, -ENOBUFS))));
  REQUIRE(kernel.Says(Answer(NetlinkMessage(NLMSG_DONE))));
  CHECK(ReadFrom(kernel).status == absl::PermissionDeniedError("Operation not permitted"));
  CHECK(ReadFrom(kernel).status == absl::ResourceExhaustedError("No buffer space available"));
  CHECK(Says(ReadFrom(kernel).status, "Bad message"));  // it has no errno
}

TEST_CASE("a dump during which the table changed is read to its end and says so") {
  const Kernel kernel;
  REQUIRE(kernel.Says(Answer(NetlinkMessage(RTM_NEWLINK, ifinfomsg{}), kSequence, NLM_F_DUMP_INTR)));
  REQUIRE(kernel.Says(Link() + Done()));
  const Read read = ReadFrom(kernel);
  CHECK(read.status == absl::AbortedError("the table changed while it was read"));
  CHECK(read.messages == 2);
}

TEST_CASE("a message larger than any before is lost once; asked again, there is room for it") {
  const Kernel kernel;
  KernelReceiver receiver;
  const std::string message =
      Answer(NetlinkMessage(NLMSG_DONE, 0)) + std::string(100'000, '\0');  // what follows the end is not looked at
  REQUIRE(kernel.Says(message));
  REQUIRE(kernel.Says(message));
  const absl::Status lost = ReadFrom(kernel, receiver).status;
  CHECK(absl::IsAborted(lost));
  CHECK(Says(lost, std::to_string(message.size()) + " bytes"));
  CHECK(ReadFrom(kernel, receiver).status == absl::OkStatus());
}

TEST_CASE("what lies there before a request is thrown away") {
  const Kernel kernel;
  for (int i = 0; i < 3; ++i) REQUIRE(kernel.Says(Link() + Done()));
  KernelReceiver::Drain(kernel.ours.get());
  CHECK(absl::IsDeadlineExceeded(ReadFrom(kernel).status));
}

TEST_CASE("a message beyond all measure is refused, again and again") {
  const Kernel kernel;
  KernelReceiver receiver;
  const std::string message(KernelReceiver::kMostBytes + 1, '\0');
  for (int i = 0; i < 2; ++i) {
    if (!kernel.Says(message)) {
      WARN("skipped: this kernel passes no message of " << message.size() << " bytes");
      return;
    }
    CHECK(absl::IsResourceExhausted(receiver.Receive(kernel.ours.get()).status()));
  }
}

TEST_CASE("dumps that are limited end where they hold too much or take too long") {
  const Kernel kernel;
  KernelReceiver receiver;
  REQUIRE(kernel.Says(Link() + Done()));
  REQUIRE(kernel.Says(Link() + Done()));
  receiver.Limit(Link().size() + Done().size() + 1, Deadline(absl::Hours(1)));
  CHECK(ReadFrom(kernel, receiver).status == absl::OkStatus());
  CHECK(absl::IsResourceExhausted(ReadFrom(kernel, receiver).status));  // of both together

  REQUIRE(kernel.Says(Link()));
  REQUIRE(kernel.Says(Done()));
  receiver.Limit(SIZE_MAX, Deadline(absl::ZeroDuration()));
  CHECK(absl::IsDeadlineExceeded(ReadFrom(kernel, receiver).status));
}

TEST_CASE("a kernel that says nothing is waited for no longer than its socket has it") {
  const Kernel kernel;
  const Read read = ReadFrom(kernel);
  CHECK(absl::IsDeadlineExceeded(read.status));
}

TEST_CASE("a signal ends no dump") {
  const Kernel kernel;
  struct sigaction before {
  }, interrupting{};
  interrupting.sa_handler = [](int) {};  // without SA_RESTART
  sigaction(SIGUSR1, &interrupting, &before);
  const timeval long_enough{.tv_sec = 60, .tv_usec = 0};
  setsockopt(kernel.ours.get(), SOL_SOCKET, SO_RCVTIMEO, &long_enough, sizeof long_enough);
  const pthread_t reader = pthread_self();
  std::thread other([&] {
    for (int i = 0; i < 20; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      pthread_kill(reader, SIGUSR1);
    }
    kernel.Says(Link() + Done());
  });
  const Read read = ReadFrom(kernel);
  other.join();
  sigaction(SIGUSR1, &before, nullptr);
  CHECK(read.status == absl::OkStatus());
  CHECK(read.messages == 1);
}

}  // namespace
}  // namespace caliwatch
