// SPDX-License-Identifier: Apache-2.0
#include "lib/node/pod_namespaces.h"

#include <cerrno>
#include <memory>
#include <thread>

#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <sched.h>

#include "lib/node/kernel_socket.h"
#include "lib/node/read_file.h"
#include "lib/node/unique_fd.h"

namespace caliwatch {
namespace {

constexpr size_t kMostPods = 4096;
constexpr int kAttempts = 5;

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
  const absl::StatusOr<std::unique_ptr<KernelSocket>> host = KernelSocket::Open();  // stays here when the thread goes
  if (!host.ok()) return host.status();
  for (const std::string& file : files) {
    const std::string path = absl::StrCat(folder, "/", file);
    const UniqueFd netns(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!netns.is_open() && errno == ENOENT) continue;  // its pod was deleted after we listed it
    if (!netns.is_open()) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
    const absl::StatusOr<std::string> name = (*host)->NameNetns(netns.get());
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
