// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/calico_node_pod.h"

#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

constexpr absl::string_view kCalicoNode = "-A -l k8s-app=calico-node --field-selector ";

// "-n NAMESPACE POD", worked out by the shell.
std::string NamedPod(absl::string_view selected) {
  return absl::StrCat("$(kubectl get pods ", selected,
                      " -o jsonpath='-n {.items[0].metadata.namespace} {.items[0].metadata.name}')");
}

}  // namespace

std::string CalicoNodeOn(absl::string_view node_word) { return absl::StrCat(kCalicoNode, "spec.nodeName=", node_word); }

// calico-node is in its node's own network, and has that node's address.
std::string CalicoNodeAt(const IpAddress& node) { return absl::StrCat(kCalicoNode, "status.podIP=", node.ToString()); }

std::string PodsText(absl::string_view selected) { return absl::StrCat("kubectl get pods -o wide ", selected); }

std::string LogText(absl::string_view selected, absl::string_view options) {
  return absl::StrCat("kubectl logs -c calico-node ", NamedPod(selected), options);
}

std::string BirdclText(absl::string_view selected, Family family, absl::string_view words) {
  return absl::StrCat("kubectl exec -c calico-node ", NamedPod(selected), " -- birdcl -s /var/run/calico/bird",
                      family == Family::kIpv6 ? "6" : "", ".ctl ", words);
}

std::string DeletePodsText(absl::string_view selected) { return absl::StrCat("kubectl delete pods ", selected); }

}  // namespace caliwatch
