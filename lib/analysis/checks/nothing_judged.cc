// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

bool HasWorkloads(const std::vector<Link>& links) {
  return std::any_of(links.begin(), links.end(), [](const Link& link) { return link.IsWorkload(); });
}

// Of interfaces into other namespaces that a route to one address leads to: as pods are connected, whoever does it.
size_t ContainersOf(const std::vector<Link>& links, const HostRoutes& routes) {
  absl::flat_hash_set<int> into, led_to;
  for (const Link& link : links)
    if ((link.kind == "veth" || link.kind == "netkit") && link.peer_netns_id) into.insert(link.index);
  for (const auto& [address, ways] : routes.by_address())
    for (const Route* route : ways)
      if (into.contains(route->link)) led_to.insert(route->link);
  return led_to.size();
}

bool HasCalico(const Snapshot& node, const FelixRecollection& felix) {
  const bool has_files = node.node_name.ok() || node.calico_mtu.ok() || node.endpoints.ok();
  return has_files || felix.answered || !absl::IsNotFound(node.birds[Family::kIpv4].status.status()) ||
         !absl::IsNotFound(node.birds[Family::kIpv6].status.status());
}

// Why; "": some are judged, or there are none.
std::string WhyNoWorkloadIsJudged(const EndpointFiles& files, size_t containers) {
  if (files.with_interface > 1)  // one alone may just have ended
    return absl::StrCat(
        "no pod is judged: endpoint-status names ", files.with_interface,
        " interfaces, and the kernel has none of a pod of Calico; something else connects the pods here");
  if (containers == 0) return "";
  return absl::StrCat("no pod is judged: ", containers, containers == 1 ? " interface leads" : " interfaces lead",
                      " to containers, and nothing tells that Calico made them: their names do not begin with cali or "
                      "another known prefix, and endpoint-status does not name them");
}

Judgement NothingJudged(const Evidence& evidence) {
  const Snapshot& node = evidence.now;
  const auto& files = std::get<absl::StatusOr<EndpointFiles>>(evidence.derived);
  const auto& routes = std::get<absl::StatusOr<HostRoutes>>(evidence.derived);
  if (absl::Status unread = FirstError({node.links.status(), routes.status()}); !unread.ok()) return unread;
  if (HasWorkloads(*node.links)) return std::vector<Finding>{};
  std::string why;
  if (!HasCalico(node, evidence.before.felix))
    why = "nothing of Calico is here: neither its files nor BIRD, Felix or an interface of a pod";
  else if (!files.ok())
    return files.status();
  else
    why = WhyNoWorkloadIsJudged(*files, ContainersOf(*node.links, *routes));
  if (why.empty()) return std::vector<Finding>{};
  return std::vector<Finding>{{NodeWide::kNode, std::nullopt, why, "", {NodeWide::kCalicoFolders}}};
}

Commands CommandsOf(const Finding&, const Evidence&) {
  return {Look("find / -xdev -name nodename -path '*calico*' 2>/dev/null"), Look("ls /etc/cni/net.d")};
}

const RegisterCheck registered(
    {
        .name = "nothing_judged",
        .severity = Severity::kInfo,
        .summary = "There is nothing here that caliwatch could judge, or no pod.",
        .impact = "That nothing is found wrong proves nothing.",
        .meaning =
            "This node does not run Calico, or another CNI plugin connects its pods, or they are connected in a way "
            "that caliwatch does not know: VPP, or interfaces of another prefix (InterfacePrefix of "
            "FelixConfiguration) with a Calico before 3.30, which does not tell in its files whose interfaces are.",
        .remedy = "None, where another plugin connects the pods. Else see that the folders of Calico are where "
                  "caliwatch looks (--calico.run-dir, --calico.lib-dir).",
        .causes = {{"calico_folders_empty"}},
        .says = "has nothing that caliwatch could judge",
    },
    JudgeNode(NothingJudged), CommandsOf);

}  // namespace
}  // namespace caliwatch
