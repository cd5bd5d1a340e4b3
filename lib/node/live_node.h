// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/node/bird_connection.h"
#include "lib/node/deadline.h"
#include "lib/node/folder_watch.h"
#include "lib/node/kernel_socket.h"
#include "lib/node/raw_node.h"

namespace caliwatch {

struct LivePaths {
  std::string run_dir = "/var/run/calico";     // bird.ctl, bird6.ctl, endpoint-status/
  std::string lib_dir = "/var/lib/calico";     // nodename, mtu
  std::string netns_dir = {};                  // one file a pod's network namespace; empty: pods are not looked into
  std::string cni_kubeconfig = {};             // only looked at for its age; empty: not even that
  std::vector<std::string> felix_health = {};  // as AskFelix() takes them; empty: Felix is not asked
};

// The node itself: the network namespace of the thread that asks first, and BIRD and Calico below `paths`. Nothing is
// opened before it is asked for, and what could not be opened is tried anew each time. Not thread-safe.
class LiveNode : public RawNode {
 public:
  explicit LiveNode(LivePaths paths = {}, BirdLimits bird_limits = {});

  void ChooseBgpPorts(const std::vector<uint16_t>& ports) override { bgp_ports_ = ports; }
  absl::Status Dump(KernelTable table, OnMessage on_message) override;
  absl::StatusOr<std::string> AskBird(BirdDaemon daemon, BirdQuestion question) override;
  absl::StatusOr<BirdSocketInfo> IdentifyBird(BirdDaemon daemon) override;
  absl::StatusOr<std::string> ReadText(TextSource file) override;
  absl::StatusOr<std::vector<NamedFile>> ReadEndpointFiles() override;

 private:
  absl::Status OpenKernel();
  absl::StatusOr<std::vector<NamedFile>> ReadAllEndpointFiles() const;

  LivePaths paths_;
  std::unique_ptr<KernelSocket> kernel_;
  std::vector<uint16_t> bgp_ports_ = {KernelSocket::kBgpPort};
  BirdConnection bird_;
  BirdConnection bird6_;
  std::string endpoint_folder_;
  FolderWatch endpoint_watch_;
  std::vector<NamedFile> endpoint_files_;        // while nothing changes; each could be read
  std::optional<Deadline> endpoint_files_good_;  // absent: there are none to keep
};

}  // namespace caliwatch
