// SPDX-License-Identifier: Apache-2.0
// The least that any program pays for what a poll reads: it asks the kernel for routes, neighbors and links as
// caliwatch does, walks the messages and their attributes, and keeps nothing. No library. Prints, for each of
// as many rounds as its argument says, one line of JSON with the CPU milliseconds of each table. A second argument says
// for how many milliseconds it waits before each, so that caches are as cold as those of a program that polls.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/socket.h>

#include "test/bench/process_usage.h"

namespace {

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

// Every request of rtnetlink begins its own header with the family, AF_UNSPEC here; the rest is zeros, too.
struct Request {
  nlmsghdr header{};
  char body[32]{};
};

Request DumpRequest(uint16_t type, uint32_t header_size) {
  Request request;
  request.header.nlmsg_type = type;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.header.nlmsg_len = NLMSG_LENGTH(header_size);
  if (type == RTM_GETLINK) {
    const uint32_t skip_statistics = RTEXT_FILTER_SKIP_STATS;
    auto* attribute = reinterpret_cast<rtattr*>(request.body + NLMSG_ALIGN(header_size));
    attribute->rta_type = IFLA_EXT_MASK;
    attribute->rta_len = RTA_LENGTH(sizeof skip_statistics);
    std::memcpy(RTA_DATA(attribute), &skip_statistics, sizeof skip_statistics);
    request.header.nlmsg_len += attribute->rta_len;
  }
  return request;
}

unsigned seen = 0;  // keeps the walk from being optimised away

void Walk(const nlmsghdr* message, size_t header_size) {
  auto* attribute =
      reinterpret_cast<const rtattr*>(static_cast<const char*>(NLMSG_DATA(message)) + NLMSG_ALIGN(header_size));
  int rest = static_cast<int>(message->nlmsg_len - NLMSG_LENGTH(header_size));
  for (; RTA_OK(attribute, rest); attribute = RTA_NEXT(attribute, rest)) seen += attribute->rta_type;
}

void Dump(int fd, uint16_t type, uint32_t header_size) {
  const Request request = DumpRequest(type, header_size);
  if (send(fd, &request, request.header.nlmsg_len, 0) < 0) Die("send");
  alignas(nlmsghdr) static char bytes[32 * 1024];
  while (true) {
    ssize_t size = recv(fd, bytes, sizeof bytes, 0);
    if (size < 0) Die("recv");
    for (auto* message = reinterpret_cast<nlmsghdr*>(bytes); NLMSG_OK(message, size);
         message = NLMSG_NEXT(message, size)) {
      if (message->nlmsg_type == NLMSG_DONE) return;
      if (message->nlmsg_type == NLMSG_ERROR) Die("the kernel refuses a dump");
      Walk(message, header_size);
    }
  }
}

double CpuOf(int fd, uint16_t type, uint32_t header_size) {
  const double begin = caliwatch::CpuMilliseconds();
  Dump(fd, type, header_size);
  return caliwatch::CpuMilliseconds() - begin;
}

}  // namespace

int main(int count, char** arguments) {
  const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) Die("socket");
  const int strict = 1;
  setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &strict, sizeof strict);
  // The first round is for warming up.
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 1;
  const int pause = count > 2 ? std::atoi(arguments[2]) : 0;
  for (int round = 0; round <= rounds; ++round) {
    if (round > 0 && pause > 0) poll(nullptr, 0, pause);
    const double routes = CpuOf(fd, RTM_GETROUTE, sizeof(rtmsg));
    const double neighbors = CpuOf(fd, RTM_GETNEIGH, sizeof(ndmsg));
    const double links = CpuOf(fd, RTM_GETLINK, sizeof(ifinfomsg));
    if (round > 0)
      std::printf("{\"routes\": %.3f, \"neighbors\": %.3f, \"links\": %.3f, \"peak_kib\": %ld}\n", routes, neighbors,
                  links, caliwatch::PeakResidentKib());
  }
  return seen == 0;
}
