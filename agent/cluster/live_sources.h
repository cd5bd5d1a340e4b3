// SPDX-License-Identifier: Apache-2.0
#pragma once

// All that `caliwatch ipam` can read of a living cluster, look by look.

#include <memory>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "lib/model/ipam.h"

namespace caliwatch {

struct LiveSettings {
  bool in_cluster = false;      // ask the Kubernetes API as the pod's ServiceAccount
  std::string kubeconfig = {};  // ask it by this file instead; empty: do not
  bool etcd = false;            // ask Calico's etcd, by calicoctl's names in the environment
  std::string agents = {};      // ask the agents that AgentListFrom() makes of it; empty: none

  bool any() const { return in_cluster || etcd || !kubeconfig.empty() || !agents.empty(); }
};

class LiveSources {
 public:
  virtual ~LiveSources() = default;

  // Brings records() up to date: at first all of it, from then on what changed. Agents are asked each time. What has
  // not come `within` is told by the tables themselves.
  virtual void Look(absl::Duration within) = 0;
  // Lets time pass, and takes in what changes meanwhile.
  virtual void Wait(absl::Duration time) = 0;

  virtual const ClusterRecords& records() const = 0;
  // Of the last look, a line each: which source could not be asked, and why. No secret is in them.
  virtual std::vector<std::string> problems() const = 0;
};

// InvalidArgument: the settings are wrong. Other errors: a kubeconfig, certificate or token cannot be read.
// Unimplemented: this program was built without it.
absl::StatusOr<std::unique_ptr<LiveSources>> OpenLiveSources(const LiveSettings& settings);

}  // namespace caliwatch
