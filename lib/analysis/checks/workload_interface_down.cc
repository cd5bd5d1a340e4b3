// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/workloads/workloads.h"

namespace caliwatch {
namespace {

Finding FindingOf(const WorkloadAddress& workload, const std::vector<std::string>& addresses, bool missing) {
  Finding finding{workload.interface,
                  absl::StrCat(missing ? "does not exist" : "is administratively down", ", but ", workload.owner,
                               " has ", absl::StrJoin(addresses, " and "), " at it")};
  finding.about = addresses;
  return finding;
}

// The kernel alone cannot tell: an interface that goes down loses its routes and neighbors, and looks like a leftover.
Judgement InterfacesDown(const Snapshot& snapshot) {
  const absl::StatusOr<std::vector<WorkloadAddress>> wanted = WantedAddresses(snapshot);
  if (!wanted.ok()) return wanted.status();
  std::map<absl::string_view, const Link*> links;
  for (const Link& link : *snapshot.links) links[link.name] = &link;

  std::map<absl::string_view, std::pair<const WorkloadAddress*, std::vector<std::string>>> down;
  for (const WorkloadAddress& workload : *wanted) {
    const auto link = links.find(workload.interface);
    if (link != links.end() && link->second->up) continue;
    auto& [first, addresses] =
        down.try_emplace(workload.interface, &workload, std::vector<std::string>{}).first->second;
    addresses.push_back(workload.address.ToString());
  }
  std::vector<Finding> findings;
  findings.reserve(down.size());
  for (const auto& [name, at] : down) findings.push_back(FindingOf(*at.first, at.second, links.count(name) == 0));
  return findings;
}

const RegisterCheck registered({
    .name = "workload_interface_down",
    .severity = Severity::kCritical,
    .summary = "The node's end of a workload's interface is missing or administratively down.",
    .impact = "The workload is cut off.",
    .meaning = "The kernel drops all routes over an interface that is switched off, and an interface that is gone took "
               "the workload's own end with it. Felix switches interfaces on and leaves them so; another program "
               "switched this one off or deleted it. An interface that is missing because its workload has just ended "
               "is not counted, unless Felix does not notice: then look at calico-node first.",
    .remedy = "Down: ip link set NAME up; then find who switched it off (journalctl -u NetworkManager -u "
              "systemd-networkd; cali* interfaces must be unmanaged there). Missing: delete the pod so that it is made "
              "anew (kubectl delete pod NAME); if the pod no longer exists, restart calico-node on this node.",
    .run = InterfacesDown,
});

}  // namespace
}  // namespace caliwatch
