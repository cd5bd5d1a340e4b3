// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

// What only Calico leaves in a kernel; "" for nothing.
std::string TraceOfCalico(const std::vector<Link>& links, const std::vector<Route>& routes) {
  const auto pods = std::count_if(links.begin(), links.end(), [](const Link& link) {
    return link.IsWorkload() && absl::StartsWith(link.name, "cali");
  });
  if (pods > 0) return absl::StrCat(pods, pods == 1 ? " interface" : " interfaces", " of pods (cali…)");
  for (const Link& link : links)
    if (link.role == LinkRole::kTunnel && link.name != "tunl0") return absl::StrCat("the tunnel ", link.name);
  const bool blocks = std::any_of(routes.begin(), routes.end(),
                                  [](const Route& route) { return OwnerOf(route) == RouteOwner::kFelix; });
  return blocks ? "routes of Felix" : "";
}

Judgement FoldersEmpty(const Evidence& evidence) {
  const Snapshot& node = evidence.now;
  if (absl::Status unread = FirstError({node.links.status(), node.routes.status()}); !unread.ok()) return unread;
  for (const absl::Status& status :
       {node.node_name.status(), node.calico_mtu.status(), node.endpoints.status(),
        node.birds[Family::kIpv4].status.status(), node.birds[Family::kIpv6].status.status()})
    if (!absl::IsNotFound(status)) return std::vector<Finding>{};
  const std::string trace = TraceOfCalico(*node.links, *node.routes);
  if (trace.empty()) return std::vector<Finding>{};
  return std::vector<Finding>{
      {NodeWide::kCalicoFolders, std::nullopt,
       absl::StrCat("this node has ", trace,
                    ", and neither its name, MTU or endpoint files nor a socket of BIRD is where caliwatch looks: ",
                    node.node_name.status().message())}};
}

Commands CommandsOf(const Finding&, const Evidence&) {
  return {Look("find / -xdev -name nodename -path '*calico*' 2>/dev/null"),
          Look("find /run /var -name bird.ctl 2>/dev/null")};
}

const RegisterCheck registered(
    {
        .name = "calico_folders_empty",
        .severity = Severity::kWarning,
        .summary = "Calico works on this node, and its folders are empty or missing where caliwatch looks for them.",
        .impact = "Neither BIRD and its sessions nor most of what concerns pods is judged here: that nothing else is "
                  "found proves nothing.",
        .meaning = "Calico keeps its files in /var/run/calico and /var/lib/calico unless it is told otherwise: "
                   "microk8s has them below /var/snap/microk8s/current, and the operator has settings for both "
                   "(calicoRunHostPath and calicoLibHostPath in the Installation). Where such a folder is mounted into "
                   "the container of caliwatch from the wrong place, it is empty.",
        .remedy =
            "Find them on the node (find / -xdev -name nodename -path '*calico*'; find /run /var -name bird.ctl), and "
            "correct the hostPath of caliwatch's volumes, or --calico.run-dir and --calico.lib-dir.",
        .says = "are empty or missing where caliwatch looks",
    },
    JudgeNode(FoldersEmpty), CommandsOf);

}  // namespace
}  // namespace caliwatch
