// SPDX-License-Identifier: Apache-2.0
#include "lib/node/kernel_receiver.h"

#include <bit>
#include <cerrno>
#include <cstring>

#include <absl/strings/str_cat.h>
#include <linux/netlink.h>
#include <netlink/msg.h>
#include <sys/socket.h>

namespace caliwatch {
namespace {

absl::Status ErrorFrom(int error) {
  if (error == EAGAIN) return absl::DeadlineExceededError("the kernel says nothing");
  if (error == ENOBUFS) return absl::ResourceExhaustedError("the kernel had more to say than it could keep");
  return absl::ErrnoToStatus(error, "receive from the kernel");
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
std::optional<int> Deliver(absl::string_view datagram, uint32_t sequence, RawNode::OnMessage on_message,
                           bool& interrupted) {
  auto* message = reinterpret_cast<nlmsghdr*>(const_cast<char*>(datagram.data()));
  for (int size = static_cast<int>(datagram.size()); nlmsg_ok(message, size); message = nlmsg_next(message, &size)) {
    if (message->nlmsg_seq != sequence) continue;
    interrupted |= (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) return ErrnoIn(*message);
    on_message(*message);
  }
  return std::nullopt;
}

absl::Status EndOf(int error, bool interrupted) {
  if (error != 0) return absl::Status(absl::ErrnoToStatusCode(error), std::strerror(error));
  return interrupted ? absl::AbortedError("the table changed while it was read") : absl::OkStatus();
}

}  // namespace

absl::StatusOr<absl::string_view> KernelReceiver::Receive(int socket) {
  sockaddr_nl sender{};
  iovec room{room_.data(), room_.size()};
  msghdr message{};
  message.msg_name = &sender;
  message.msg_namelen = sizeof sender;
  message.msg_iov = &room;
  message.msg_iovlen = 1;
  const ssize_t got = recvmsg(socket, &message, MSG_TRUNC);  // which tells the size of what did not fit, too
  if (got < 0 && errno == EINTR) return "";
  if (got < 0) return ErrorFrom(errno);
  if (sender.nl_pid != 0) return "";
  const auto size = static_cast<size_t>(got);
  if (size <= room_.size()) return absl::string_view(room_.data(), size);
  if (size > kMostBytes)
    return absl::ResourceExhaustedError(absl::StrCat("a message has ", size, " bytes, more than are taken"));
  room_.resize(std::bit_ceil(size));
  return absl::AbortedError(absl::StrCat("a message has ", size, " bytes, more than any before"));
}

absl::StatusOr<absl::string_view> KernelReceiver::Await(int socket) {
  const Deadline patience(kPatience);
  while (patience.Milliseconds() > 0) {
    absl::StatusOr<absl::string_view> datagram = Receive(socket);
    if (absl::IsDeadlineExceeded(datagram.status())) break;
    if (!datagram.ok() || !datagram->empty()) return datagram;
  }
  return absl::DeadlineExceededError(absl::StrCat("no answer within ", kPatience / absl::Seconds(1), " s"));
}

void KernelReceiver::Drain(int socket) {
  constexpr int kMost = 4096;  // whoever fills it meanwhile
  char nothing = 0;
  for (int i = 0; i < kMost; ++i)
    if (recv(socket, &nothing, sizeof nothing, MSG_DONTWAIT) < 0 && errno != ENOBUFS) return;
}

void KernelReceiver::Limit(size_t bytes, const Deadline& until) {
  bytes_left_ = bytes;
  until_ = until;
}

absl::Status KernelReceiver::ReadDump(int socket, uint32_t sequence, RawNode::OnMessage on_message) {
  bool interrupted = false;
  for (;;) {
    const absl::StatusOr<absl::string_view> datagram = Await(socket);
    if (!datagram.ok()) return datagram.status();
    if (datagram->size() > bytes_left_) return absl::ResourceExhaustedError("it holds more than is taken of it");
    bytes_left_ -= datagram->size();
    if (const std::optional<int> end = Deliver(*datagram, sequence, on_message, interrupted))
      return EndOf(*end, interrupted);
    if (until_ && until_->Milliseconds() == 0) return absl::DeadlineExceededError("it takes too long");
  }
}

}  // namespace caliwatch
