// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/config/config.h"
#include "lib/node/live_node.h"

namespace caliwatch {

// Where the node of `config` is to be found.
inline LivePaths PathsOf(const Config& config) {
  return {.run_dir = config.calico_run_dir,
          .lib_dir = config.calico_lib_dir,
          .netns_dir = config.check_pods ? config.netns_dir : "",
          .cni_kubeconfig = config.cni_kubeconfig,
          .felix_health = config.felix_health_addresses};
}

}  // namespace caliwatch
