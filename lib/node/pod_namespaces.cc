// SPDX-License-Identifier: Apache-2.0
#include "lib/node/pod_namespaces.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>

#include <absl/cleanup/cleanup.h>
#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sched.h>

#include "lib/node/kernel_socket.h"
#include "lib/node/read_file.h"
#include "lib/node/unique_fd.h"

namespace caliwatch {
namespace {

constexpr size_t kMostPods = 4096;
constexpr int kAttempts = 5;

struct FreeSocket {
  void operator()(nl_sock* socket) const { nl_socket_free(socket); }
};
using Socket = std::unique_ptr<nl_sock, FreeSocket>;

absl::StatusOr<Socket> ConnectHere() {
  Socket socket(nl_socket_alloc());
  if (!socket) return absl::ResourceExhaustedError("open a netlink socket: out of memory");
  nl_socket_disable_auto_ack(socket.get());
  if (const int code = nl_connect(socket.get(), NETLINK_ROUTE); code < 0)
    return absl::UnavailableError(absl::StrCat("open a netlink socket: ", nl_geterror(code)));
  return socket;
}

absl::Status AskForId(nl_sock* host, const UniqueFd& netns) {
  rtgenmsg header{.rtgen_family = AF_UNSPEC};
  nl_msg* request = nlmsg_alloc_simple(RTM_GETNSID, NLM_F_REQUEST);
  if (request == nullptr) return absl::ResourceExhaustedError("ask for a namespace's id: out of memory");
  const absl::Cleanup free_request = [request] { nlmsg_free(request); };
  nlmsg_append(request, &header, sizeof header, NLMSG_ALIGNTO);
  nla_put_u32(request, NETNSA_FD, static_cast<uint32_t>(netns.get()));
  const int code = nl_send_auto(host, request);
  return code < 0 ? absl::UnavailableError(absl::StrCat("ask for a namespace's id: ", nl_geterror(code)))
                  : absl::OkStatus();
}

bool HasId(const nlmsghdr& answer) {
  const nlattr* id = nlmsg_find_attr(const_cast<nlmsghdr*>(&answer), sizeof(rtgenmsg), NETNSA_NSID);
  return id != nullptr && nla_get_s32(id) != NETNSA_NSID_NOT_ASSIGNED;
}

// The kernel's RTM_NEWNSID; empty for a file that is no namespace, and for a namespace without an id, into which no
// interface of ours leads. The kernel answers within the call that asks.
absl::StatusOr<std::string> NameOfNetns(nl_sock* host, const UniqueFd& netns) {
  if (absl::Status asked = AskForId(host, netns); !asked.ok()) return asked;
  sockaddr_nl sender;
  unsigned char* bytes = nullptr;
  const int size = nl_recv(host, &sender, &bytes, nullptr);
  if (size < 0) return absl::UnavailableError(absl::StrCat("read a namespace's id: ", nl_geterror(size)));
  const absl::Cleanup free_bytes = [bytes] { free(bytes); };
  const auto* answer = reinterpret_cast<const nlmsghdr*>(bytes);
  if (!nlmsg_ok(answer, size) || answer->nlmsg_type != RTM_NEWNSID || !HasId(*answer)) return "";
  return std::string(reinterpret_cast<const char*>(answer), answer->nlmsg_len);
}

absl::StatusOr<std::string> Contents(KernelSocket& pod) {
  std::string messages;
  for (const KernelTable table : {KernelTable::kLinks, KernelTable::kRoutes, KernelTable::kNeighbors}) {
    const absl::Status dumped = pod.Dump(table, [&](const nlmsghdr& message) {
      messages.append(reinterpret_cast<const char*>(&message), message.nlmsg_len);
      messages.resize(NLMSG_ALIGN(messages.size()));
    });
    if (!dumped.ok()) return dumped;
  }
  return messages;
}

void DeliverAll(const std::string& messages, RawNode::OnMessage on_message) {
  for (size_t at = 0; at < messages.size();) {
    const auto* message = reinterpret_cast<const nlmsghdr*>(messages.data() + at);
    on_message(*message);
    at += NLMSG_ALIGN(message->nlmsg_len);
  }
}

// Leaves the thread inside the namespace.
absl::Status LookInto(const UniqueFd& netns, const std::string& name, RawNode::OnMessage on_message) {
  if (setns(netns.get(), CLONE_NEWNET) != 0)
    return absl::ErrnoToStatus(errno, "enter a pod's network namespace (this takes CAP_SYS_ADMIN)");
  absl::StatusOr<std::unique_ptr<KernelSocket>> pod = KernelSocket::Open();
  if (!pod.ok()) return pod.status();
  absl::StatusOr<std::string> contents = absl::AbortedError("never read");
  for (int attempt = 0; attempt < kAttempts && absl::IsAborted(contents.status()); ++attempt)
    contents = Contents(**pod);
  if (!contents.ok()) return contents.status();
  DeliverAll(name, on_message);
  DeliverAll(*contents, on_message);
  return absl::OkStatus();
}

absl::Status LookIntoAll(const std::string& folder, const std::vector<std::string>& files,
                         RawNode::OnMessage on_message) {
  const absl::StatusOr<Socket> host = ConnectHere();
  if (!host.ok()) return host.status();
  for (const std::string& file : files) {
    const std::string path = absl::StrCat(folder, "/", file);
    const UniqueFd netns(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!netns.is_open() && errno == ENOENT) continue;  // its pod was deleted after we listed it
    if (!netns.is_open()) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
    const absl::StatusOr<std::string> name = NameOfNetns(host->get(), netns);
    if (!name.ok()) return name.status();
    if (name->empty()) continue;
    if (absl::Status looked = LookInto(netns, *name, on_message); !looked.ok()) return looked;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status DumpPods(const std::string& folder, RawNode::OnMessage on_message) {
  const absl::StatusOr<std::vector<std::string>> files = ListFiles(folder, kMostPods);
  if (absl::IsNotFound(files.status()))
    return absl::UnavailableError(absl::StrCat(files.status().message(), "; --netns.dir names another folder"));
  if (!files.ok()) return files.status();
  absl::Status status;
  std::thread([&] { status = LookIntoAll(folder, *files, on_message); }).join();
  return status;
}

}  // namespace caliwatch
