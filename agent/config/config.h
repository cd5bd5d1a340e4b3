// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/time/time.h>

#include "lib/metrics/exposition.h"
#include "lib/model/prefix.h"
#include "lib/view/log/log_record.h"

namespace caliwatch {

// What a user can set, with the defaults. settings.h says what each one is.
struct Config {
  std::vector<std::string> listen_addresses = {":10179"};
  std::vector<std::string> health_addresses = {"127.0.0.1:10180"};  // empty: no listener for health alone
  std::vector<std::string> allowed_hosts;
  std::string telemetry_path = "/metrics";
  std::string grafana_url, cluster_url;  // empty: the page has no such link
  absl::Duration poll_interval = absl::Seconds(5);
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kLogfmt;
  PeerDetail peer_detail = PeerDetail::kAuto;
  std::string calico_run_dir = "/var/run/calico";
  std::string calico_lib_dir = "/var/lib/calico";
  std::vector<std::string> felix_health_addresses = {"localhost:9099"};  // empty: Felix is not asked
  std::string cni_kubeconfig = "/etc/cni/net.d/calico-kubeconfig";       // empty: not looked at
  std::string netns_dir = "/run/netns";
  bool check_pods = false;
  bool probe_nodes = false;
  std::string cluster_nodes;  // as NamedAgentsFrom() takes it; empty: the agent does not look at other nodes
  std::string state_file = "/var/lib/caliwatch/state";
  bool seccomp = true;
  std::vector<Prefix> watched_routes;
};

}  // namespace caliwatch
