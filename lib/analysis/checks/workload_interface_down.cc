// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"

namespace caliwatch {
namespace {

Finding FindingOf(const WorkloadAddress& workload, const std::vector<IpAddress>& addresses, bool missing) {
  const std::string list = absl::StrJoin(addresses, " and ", [](std::string* text, const IpAddress& address) {
    absl::StrAppend(text, address.ToString());
  });
  return {InterfaceName{workload.interface}, std::nullopt,
          absl::StrCat(missing ? "does not exist" : "is administratively down", ", but ", workload.owner, " has ", list,
                       " at it"),
          "", ThingsOf(addresses)};
}

// The kernel alone cannot tell: an interface that goes down loses its routes and neighbors, and looks like a leftover.
std::vector<Finding> InterfacesDown(const WantedWorkloads& wanted, const std::vector<Link>& links,
                                    const EndpointFiles& files, const Recollection& before) {
  std::map<absl::string_view, const Link*> by_name;
  for (const Link& link : links) by_name[link.name] = &link;

  std::map<absl::string_view, std::pair<const WorkloadAddress*, std::vector<IpAddress>>> down;
  const auto add = [&](const WorkloadAddress& workload) {
    auto& [first, addresses] = down.try_emplace(workload.interface, &workload, std::vector<IpAddress>{}).first->second;
    addresses.push_back(workload.address);
  };
  for (const WorkloadAddress& workload : wanted.rows)
    if (!by_name.at(workload.interface)->up) add(workload);
  // Felix takes up to 22 s to remove the file of a pod that has ended.
  const EndpointFileHistory::Doubts& doubts = before.felix.doubts;
  if (IsLoneLoss(files, before.felix) && doubts.begin()->second.age >= kFelixCatchesUp)
    for (const WorkloadAddress& workload : wanted.gone) add(workload);
  std::vector<Finding> findings;
  findings.reserve(down.size());
  for (const auto& [name, at] : down) findings.push_back(FindingOf(*at.first, at.second, by_name.count(name) == 0));
  return findings;
}

const RegisterCheck registered(
    {
        .name = "workload_interface_down",
        .severity = Severity::kCritical,
        .summary = "The node's end of a workload's interface is missing or administratively down.",
        .impact = "The workload is cut off.",
        .meaning =
            "The kernel drops all routes over an interface that is switched off, and an interface that is gone took "
            "the workload's own end with it. Felix switches interfaces on and leaves them so; another program "
            "switched this one off or deleted it. An interface that is missing because its workload has just ended "
            "is not counted, unless Felix does not notice: then look at calico-node first.",
        .remedy =
            "Down: ip link set NAME up; then find who switched it off (journalctl -u NetworkManager -u "
            "systemd-networkd; cali* interfaces must be unmanaged there). Missing: delete the pod so that it is made "
            "anew (kubectl delete pod NAME); if the pod no longer exists, restart calico-node on this node.",
    },
    JudgeNode(InterfacesDown));

}  // namespace
}  // namespace caliwatch
