// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

using AddressesByInterface = std::map<absl::string_view, std::pair<const WorkloadAddress*, std::vector<IpAddress>>>;

Finding FindingOf(const WorkloadAddress& workload, const std::vector<IpAddress>& addresses) {
  const std::string list = absl::StrJoin(addresses, " and ", [](std::string* text, const IpAddress& address) {
    absl::StrAppend(text, address.ToString());
  });
  return {InterfaceName{workload.interface}, std::nullopt,
          absl::StrCat("does not exist, but the endpoint-status file of ", workload.owner, " says that it has ", list,
                       " there"),
          "", ThingsOf(addresses)};
}

// Where more is in doubt, or Felix is away or does not say how it is, it is the files that are wrong: see
// endpoint_files_stale.
std::vector<Finding> InterfacesMissing(const WantedWorkloads& wanted, const EndpointFiles& files,
                                       const Recollection& before) {
  const FelixRecollection& felix = before.felix;
  if (!IsLoneLoss(files, felix) || felix.doubts.begin()->second.age < kFelixCatchesUp) return {};
  AddressesByInterface missing;
  for (const WorkloadAddress& workload : wanted.gone) {
    auto& [first, addresses] =
        missing.try_emplace(workload.interface, &workload, std::vector<IpAddress>{}).first->second;
    addresses.push_back(workload.address);
  }
  std::vector<Finding> findings;
  findings.reserve(missing.size());
  for (const auto& [name, at] : missing) findings.push_back(FindingOf(*at.first, at.second));
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  Commands commands = {Look(CalicoNodeLog(evidence)), RestartCalicoNode(evidence)};
  if (const std::string pod = KubectlPod(OwnerAt(ThingText(finding.subject), evidence)); !pod.empty())
    commands.insert(commands.begin(), Look(absl::StrCat("kubectl get pod -o wide ", pod)));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "workload_interface_missing",
        .severity = Severity::kWarning,
        .summary = "A file of endpoint-status names an interface that does not exist.",
        .impact = "Felix does not follow what happens on this node; if the workload still runs, it is cut off.",
        .meaning = "Felix removes the file as soon as an interface goes, be it with a workload that has ended or by "
                   "somebody's hand. On a busy node that takes some 20 s, so this counts after 25 s, which a single "
                   "look cannot wait for. A file that stays is one that Felix forgot, or did not get to remove: it may "
                   "say that it is ready all the same. It is judged of a single file, while Felix is ready and all "
                   "others are as they ought to be; what else is wrong with them, endpoint_files_stale tells.",
        .remedy = "See Felix' log for errors (kubectl logs -n calico-system ds/calico-node -c calico-node, or "
                  "kube-system), and restart calico-node on this node: it removes the files of workloads that it does "
                  "not know. If kubectl get pod -n NAMESPACE NAME still shows the pod as running here, its network "
                  "cannot be mended: delete the pod, so that it is made anew.",
        .says = "has a file of Felix, but not the interface that it names",
    },
    JudgeNode(InterfacesMissing), CommandsOf);

}  // namespace
}  // namespace caliwatch
