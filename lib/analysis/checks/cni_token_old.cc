// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <absl/strings/string_view.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kTokenLasts = absl::Hours(24);  // as calico-node asks for it

bool HasWorkloads(const std::vector<Link>& links) {
  for (const Link& link : links)
    if (link.IsWorkload() && link.kind == "veth") return true;
  return false;
}

// Nobody writes it here, if pods have begun since its token ended: none outlives a boot. Nor is it old, if a clock that
// was far behind was set after the boot.
bool IsUnused(const Snapshot& node, absl::Duration age, const std::vector<Link>& links) {
  const BootTime written = node.boot_time - age;  // less than zero: before the boot
  return node.boot_time > absl::ZeroDuration() && written + kTokenLasts < absl::ZeroDuration() && HasWorkloads(links);
}

Judgement TokenOld(const Evidence& evidence, const std::vector<Link>& links, const LocalBlocks& own) {
  const Snapshot& node = evidence.now;
  if (!node.cni_kubeconfig.ok()) return node.cni_kubeconfig.status();
  const absl::Duration age = evidence.before.cni_file_age.value_or(node.taken_at - node.cni_kubeconfig->written);
  // Who has no blocks of Calico's has another CNI plugin, or another that writes the file (canal).
  if (age <= kTokenLasts || own.blocks.empty() || IsUnused(node, age, links)) return std::vector<Finding>();
  return std::vector<Finding>{
      {NodeWide::kNode, std::nullopt,
       absl::StrCat("calico-node last wrote the CNI plugin's kubeconfig ", absl::ToInt64Hours(age),
                    " hours ago, and the token in it lasts 24: Kubernetes answers the plugin \"Unauthorized\"")}};
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {RestartCalicoNode(evidence), Look(CalicoNodeLog(evidence, "-i token")), Look("chronyc tracking")};
}

const RegisterCheck registered(
    {
        .name = "cni_token_old",
        .severity = Severity::kWarning,
        .summary = "The token with which the CNI plugin speaks to Kubernetes has not been renewed for a day.",
        .impact = "No pod can be started or stopped on this node; pods that run are untouched.",
        .meaning =
            "calico-node writes the plugin's kubeconfig anew every 6 to 12 hours, with a token of 24. It stops where "
            "it cannot ask for one (Kubernetes' API out of reach, RBAC without serviceaccounts/token), where its "
            "process for that has ended, or where the folder is not writable. A clock that is set while the agent runs "
            "makes the file look neither older nor younger. Not judged: a node without blocks of Calico's, where "
            "another CNI plugin keeps the file or nobody does, and a file that was too old already when this node's "
            "pods began.",
        .remedy = "Restart calico-node here, which writes the file at once. If it is as old afterwards, see its log "
                  "(grep -i token), the node's clock (chronyc tracking), and whether the ClusterRole calico-cni-plugin "
                  "and that of calico-node allow serviceaccounts/token.",
        .says = "can neither start nor stop pods: the token of the CNI plugin is too old",
    },
    JudgeNode(TokenOld), CommandsOf);

}  // namespace
}  // namespace caliwatch
