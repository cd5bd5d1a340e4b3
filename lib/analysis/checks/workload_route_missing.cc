// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

Finding FindingOf(const RoutelessWorkload& workload, absl::string_view judged_by) {
  const WorkloadAddress& at = workload.at;
  return {at.address,
          at.address.family,
          absl::StrCat("the kernel has no route to it, but ", Describe(at), " has it",
                       workload.up ? "" : "; the interface is down, too", judged_by),
          workload.up
              ? "Add the route by hand, until Felix does so itself, which takes up to 100 s. If it does not: see "
                "why calico-node here is not ready, or restart it."
              : "",
          {InterfaceName{at.interface}}};
}

// Without endpoint-status, who has fallen silent may have ended, with the interface left: Felix takes the route away
// then. While it is away it does not.
bool MayHaveEnded(const RoutelessWorkload& workload, const Evidence& evidence) {
  return absl::IsNotFound(evidence.now.endpoints.status()) && !workload.answering && !evidence.before.felix.is_away;
}

Judgement RoutesMissing(const RoutelessWorkloads& routeless, const Evidence& evidence) {
  std::vector<Finding> findings;
  for (const RoutelessWorkload& workload : routeless.rows) {
    if (evidence.before.felix.doubts.count(workload.at.interface) != 0) continue;  // its file may be of before
    if (!MayHaveEnded(workload, evidence)) findings.push_back(FindingOf(workload, JudgedBy(evidence.now.endpoints)));
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const std::string interface = InterfaceOf(finding);
  const Link* link = LinkNamed(interface, evidence);
  Commands commands;
  if (link != nullptr && !link->up)
    commands.push_back(Change(absl::StrCat("ip link set ", ShellWord(interface), " up")));
  else
    commands.push_back(
        Change(absl::StrCat("ip route add ", SubjectWord(finding), " dev ", ShellWord(interface), " scope link")));
  commands.push_back(Look(CalicoNodeLog(evidence)));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "workload_route_missing",
        .severity = Severity::kCritical,
        .summary = "The kernel has no route to a workload of this node.",
        .impact = "Nobody reaches the workload, not even this node.",
        .meaning =
            "Packets to it end in the blackhole route of the block. Felix or the CNI plugin did not make the route, or "
            "another program deleted it. A workload without IPv6 address needs no IPv6 route. A virtual machine that "
            "is yet to come from another node has no route here on purpose, and is not counted. Without "
            "endpoint-status, a workload counts while it answers: one that has ended loses its route, too.",
        .remedy = "Add it by hand: ip route add ADDRESS dev INTERFACE scope link (each address named, IPv6 too). Felix "
                  "does so itself within its refresh interval (90 s); if not, look at its log (kubectl logs -n "
                  "calico-system ds/calico-node -c calico-node, or kube-system) and restart calico-node here. If the "
                  "interface is down, switch it on first.",
        .causes = {{"workload_interface_down"}, {"workload_routes_all_missing", Tie::kSameFamily}},
        .says = "is cut off: no route leads to it",
    },
    JudgeNode(RoutesMissing), CommandsOf);

}  // namespace
}  // namespace caliwatch
