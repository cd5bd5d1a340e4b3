// SPDX-License-Identifier: Apache-2.0
#include "lib/node/pod_namespaces.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <memory>
#include <thread>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sched.h>

#include "lib/node/kernel_requests.h"
#include "lib/node/kernel_socket.h"
#include "lib/node/read_file.h"
#include "lib/node/unique_fd.h"

namespace caliwatch {
namespace {

constexpr size_t kMostPods = 4096;
constexpr int kAttempts = 5;
// An ordinary pod has 5 to 10 KB. All have the same share, so that none takes another's.
constexpr size_t kMostBytes = size_t{16} << 20;
constexpr size_t kMostBytesOfOne = size_t{256} << 10;
// An ordinary pod takes less than a millisecond.
constexpr absl::Duration kLongest = absl::Seconds(3);
constexpr absl::Duration kLongestOfOne = absl::Seconds(1);

size_t ShareOf(size_t pods) { return std::min(kMostBytes / std::max<size_t>(pods, 1), kMostBytesOfOne); }

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

// In the place of what a pod holds; `name` is empty where even its id is not known.
void DeliverError(const std::string& name, const absl::Status& error, RawNode::OnMessage on_message) {
  const KernelRequest unnamed(nlmsg_alloc_simple(RTM_NEWNSID, 0)), words(nlmsg_alloc_simple(NLMSG_ERROR, 0));
  if (!unnamed || !words) return;
  rtgenmsg header{};
  nlmsgerr failed{.error = -EIO, .msg = {}};
  nlmsg_append(unnamed.get(), &header, sizeof header, NLMSG_ALIGNTO);
  nla_put_s32(unnamed.get(), NETNSA_NSID, NETNSA_NSID_NOT_ASSIGNED);
  nlmsg_append(words.get(), &failed, sizeof failed, NLMSG_ALIGNTO);
  nla_put_string(words.get(), NLMSGERR_ATTR_MSG, std::string(error.message().substr(0, 1000)).c_str());
  if (name.empty())
    on_message(*nlmsg_hdr(unnamed.get()));
  else
    DeliverAll(name, on_message);
  on_message(*nlmsg_hdr(words.get()));
}

// On a thread of its own, which goes from one namespace to the next.
class Visitor {
 public:
  Visitor(std::unique_ptr<KernelSocket> host, size_t share, RawNode::OnMessage on_message)
      : host_(std::move(host)), share_(share), on_message_(on_message) {}

  // OK also of what is no namespace of a pod's, or has gone.
  void Visit(const std::string& path) {
    std::string name;
    const absl::Status looked = LookInto(path, name);
    if (looked.ok()) return;
    const absl::Status error(looked.code(), absl::StrCat(absl::CHexEscape(path), ": ", looked.message()));
    if (first_error_.ok()) first_error_ = error;
    DeliverError(name, error, on_message_);
  }

  // What the dump ends with.
  absl::Status result() const { return any_ ? absl::OkStatus() : first_error_; }

 private:
  absl::Status LookInto(const std::string& path, std::string& name) {
    if (until_.Milliseconds() == 0) return absl::DeadlineExceededError("the pods before it took too long");
    const UniqueFd netns(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    // Its pod was deleted after it was listed, or it is a socket.
    if (!netns.is_open() && (errno == ENOENT || errno == ENXIO)) return absl::OkStatus();
    if (!netns.is_open()) return absl::ErrnoToStatus(errno, "cannot open it");
    if (!host_.ok()) return host_.status();
    absl::StatusOr<std::string> named = (*host_)->NameNetns(netns.get());
    // From inside a pod it could not be opened anew.
    if (!named.ok()) return (host_ = named.status()).status();
    name = *std::move(named);
    return name.empty() ? absl::OkStatus() : Enter(netns, name);
  }

  // Leaves the thread inside the namespace.
  absl::Status Enter(const UniqueFd& netns, const std::string& name) {
    if (setns(netns.get(), CLONE_NEWNET) != 0)
      return absl::ErrnoToStatus(errno, "enter a pod's network namespace (this takes CAP_SYS_ADMIN)");
    absl::StatusOr<std::unique_ptr<KernelSocket>> pod = KernelSocket::Open();
    if (!pod.ok()) return pod.status();
    const Deadline until(std::min(kLongestOfOne, absl::Milliseconds(until_.Milliseconds())));
    absl::StatusOr<std::string> contents = absl::AbortedError("never read");
    for (int attempt = 0; attempt < kAttempts && absl::IsAborted(contents.status()); ++attempt) {
      (*pod)->Limit(share_, until);
      contents = Contents(**pod);
    }
    if (!contents.ok()) return contents.status();
    any_ = true;
    DeliverAll(name, on_message_);
    DeliverAll(*contents, on_message_);
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<KernelSocket>> host_;  // stays where it was opened when the thread goes
  const size_t share_;
  const Deadline until_{kLongest};
  const RawNode::OnMessage on_message_;
  bool any_ = false;
  absl::Status first_error_;
};

absl::Status LookIntoAll(const std::string& folder, const std::vector<std::string>& files,
                         RawNode::OnMessage on_message) {
  absl::StatusOr<std::unique_ptr<KernelSocket>> host = KernelSocket::Open();
  if (!host.ok()) return host.status();
  Visitor visitor(*std::move(host), ShareOf(files.size()), on_message);
  for (const std::string& file : files) visitor.Visit(absl::StrCat(folder, "/", file));
  return visitor.result();
}

}  // namespace

absl::Status DumpPods(const std::string& folder, RawNode::OnMessage on_message) {
  const absl::StatusOr<std::vector<std::string>> files = ListFiles(folder, kMostPods);
  if (absl::IsNotFound(files.status()))
    return absl::UnavailableError(absl::StrCat(files.status().message(), "; --netns.dir names another folder"));
  if (!files.ok()) return files.status();
  absl::Status status;
  // An exception must not leave the thread: with it the process would end.
  const auto look = [&] {
    try {
      status = LookIntoAll(folder, *files, on_message);
    } catch (const std::exception& error) {
      status = absl::ResourceExhaustedError(absl::StrCat("look into pods: ", error.what()));
    }
  };
  try {
    std::thread(look).join();
  } catch (const std::exception& error) {
    return absl::ResourceExhaustedError(absl::StrCat("make a thread to look into pods: ", error.what()));
  }
  return status;
}

}  // namespace caliwatch
