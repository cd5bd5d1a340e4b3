// SPDX-License-Identifier: Apache-2.0
#include "lib/cluster/check.h"

#include <algorithm>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/calico_node_pod.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

std::vector<ClusterCheck>& ClusterRegistry() {
  static std::vector<ClusterCheck> checks;
  return checks;
}

}  // namespace

RegisterClusterCheck::RegisterClusterCheck(CheckInfo info, ClusterFindings (*run)(const ClusterEvidence&)) {
  std::vector<ClusterCheck>& checks = ClusterRegistry();
  checks.push_back({std::move(info), run});
  std::sort(checks.begin(), checks.end(),
            [](const ClusterCheck& a, const ClusterCheck& b) { return a.info.name < b.info.name; });
}

const std::vector<ClusterCheck>& AllClusterChecks() { return ClusterRegistry(); }

Command ShowSessionOn(const std::string& node, Family family, const std::string& protocol) {
  return {BirdclText(CalicoNodeOn(ShellWord(node)), family, absl::StrCat("show protocols all ", ShellWord(protocol)))};
}

Command ShowAddressesOn(const std::string& node) { return {"ip -brief address", false, absl::StrCat("node ", node)}; }

Command ShowCalicoNodeOn(const std::string& node) { return {PodsText(CalicoNodeOn(ShellWord(node)))}; }

Command RestartCalicoNodeOn(const std::string& node) { return {DeletePodsText(CalicoNodeOn(ShellWord(node))), true}; }

Command ShowNodeResource(const std::string& node) {
  return {absl::StrCat("calicoctl get node ", ShellWord(node), " -o yaml")};
}

}  // namespace caliwatch
