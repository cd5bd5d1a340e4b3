// SPDX-License-Identifier: Apache-2.0
#include "lib/node/live_node.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/time/time.h>
#include <sys/stat.h>

#include "lib/node/felix_answers.h"
#include "lib/node/pod_namespaces.h"
#include "lib/node/read_file.h"

namespace caliwatch {
namespace {

constexpr size_t kMostFileBytes = 1 << 20;
// Files of which no change was noted are read all the same, so often.
constexpr absl::Duration kLongestUnread = absl::Minutes(1);

absl::StatusOr<std::string> TimeWritten(const std::string& path) {
  if (path.empty()) return absl::NotFoundError("the CNI plugin's kubeconfig is not looked at");
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) {
    const absl::Status status = absl::ErrnoToStatus(errno, absl::StrCat("cannot look at ", path));
    // Most folders of CNI are for root alone: where we may not look, we do not.
    return absl::IsPermissionDenied(status) ? absl::NotFoundError(status.message()) : status;
  }
  return absl::FormatTime(absl::RFC3339_full, absl::TimeFromTimespec(facts.st_mtim), absl::UTCTimeZone());
}

}  // namespace

LiveNode::LiveNode(LivePaths paths, BirdLimits bird_limits)
    : paths_(std::move(paths)),
      bird_(absl::StrCat(paths_.run_dir, "/bird.ctl"), bird_limits),
      bird6_(absl::StrCat(paths_.run_dir, "/bird6.ctl"), bird_limits),
      endpoint_folder_(absl::StrCat(paths_.run_dir, "/endpoint-status")),
      endpoint_watch_(endpoint_folder_) {}

absl::Status LiveNode::OpenKernel() {
  if (kernel_ != nullptr) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<KernelSocket>> opened = KernelSocket::Open();
  if (opened.ok()) kernel_ = *std::move(opened);
  return opened.status();
}

absl::Status LiveNode::Dump(KernelTable table, OnMessage on_message) {
  if (table == KernelTable::kPods) {
    if (paths_.netns_dir.empty()) return absl::NotFoundError("pods are looked into only with --check.pods");
    return DumpPods(paths_.netns_dir, on_message);
  }
  if (absl::Status opened = OpenKernel(); !opened.ok()) return opened;
  if (table == KernelTable::kBgpSockets) kernel_->ChooseBgpPorts(bgp_ports_);
  return kernel_->Dump(table, on_message);
}

absl::StatusOr<std::string> LiveNode::AskBird(BirdDaemon daemon, BirdQuestion question) {
  return (daemon == BirdDaemon::kBird ? bird_ : bird6_).Ask(question);
}

absl::StatusOr<BirdSocketInfo> LiveNode::IdentifyBird(BirdDaemon daemon) {
  return (daemon == BirdDaemon::kBird ? bird_ : bird6_).Identify();
}

absl::StatusOr<std::string> LiveNode::ReadText(TextSource file) {
  if (file == TextSource::kFelix) return AskFelix(paths_.felix_health);
  if (file == TextSource::kCniKubeconfig) return TimeWritten(paths_.cni_kubeconfig);
  return ReadRegularFile(absl::StrCat(paths_.lib_dir, "/", ToString(file)), kMostFileBytes);
}

absl::StatusOr<std::vector<NamedFile>> LiveNode::ReadEndpointFiles() {
  const bool changed = endpoint_watch_.MayHaveChanged();
  if (!changed && endpoint_files_good_ && endpoint_files_good_->Milliseconds() > 0) return endpoint_files_;
  endpoint_files_good_.reset();
  absl::StatusOr<std::vector<NamedFile>> files = ReadAllEndpointFiles();
  const auto read = [](const NamedFile& file) { return file.content.ok(); };
  if (!files.ok() || !std::all_of(files->begin(), files->end(), read)) return files;
  endpoint_files_ = *files;
  endpoint_files_good_.emplace(kLongestUnread);
  return files;
}

absl::StatusOr<std::vector<NamedFile>> LiveNode::ReadAllEndpointFiles() const {
  absl::StatusOr<std::vector<std::string>> names = ListFiles(endpoint_folder_, kMostEndpointFiles);
  if (!names.ok()) return names.status();
  std::vector<NamedFile> files;
  size_t bytes = 0;
  for (std::string& name : *names) {
    const std::string path = absl::StrCat(endpoint_folder_, "/", name);
    absl::StatusOr<std::string> content =
        bytes < kMostEndpointBytes ? ReadRegularFile(path, kMostEndpointFileBytes) : BeyondAll(path);
    bytes += content.ok() ? content->size() : 0;
    // Its pod was deleted after we listed it.
    if (absl::IsNotFound(content.status())) continue;
    files.push_back({std::move(name), std::move(content)});
  }
  return files;
}

}  // namespace caliwatch
