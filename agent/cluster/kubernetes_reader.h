// SPDX-License-Identifier: Apache-2.0
#pragma once

// A cluster's records and pods from the Kubernetes API: each kind is listed once, page by page, and watched from there
// on, so that what follows costs what changes.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "agent/cluster/json_parser.h"
#include "agent/cluster/kind_watch.h"
#include "agent/cluster/kubernetes_access.h"
#include "agent/cluster/transfers.h"
#include "lib/model/ipam.h"

namespace caliwatch {

class KubernetesReader {
 public:
  using Load = std::function<absl::StatusOr<KubernetesAccess>()>;
  static constexpr int kMostQuiet = 30;  // watches, of ten seconds each where the server leaves them: five minutes

  // Fills tables of `records`, whose `complete` and `read_at` are its own. Its caller runs `transfers`, and no longer
  // than this lives. Without `with_calicos` pods, nodes and services alone. `most_quiet`: see KindWatch.
  KubernetesReader(Transfers& transfers, Load load, ClusterRecords& records, bool with_calicos,
                   int most_quiet = kMostQuiet);

  // Begins what is due: at first each listing, later what failed or ended. To be called before each Transfers::Run().
  void Tick();
  // Each kind has been listed, or cannot be.
  bool settled() const;

  // One line for each way in which kinds fail, with the kinds: of a server that nobody reaches, one.
  std::vector<std::string> Problems() const;

 private:
  JsonParser parser_;  // one at a time uses it
  std::vector<std::unique_ptr<KindWatch>> kinds_;
};

}  // namespace caliwatch
