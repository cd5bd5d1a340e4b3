// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

// Whose interfaces are, and which addresses they have at them.
class Owners {
 public:
  Owners(const WorkloadOwners& owners, const absl::StatusOr<WantedWorkloads>& wanted, const Recollection& before)
      : owners_(owners), former_(before.former_owners) {
    if (wanted.ok())
      for (const WorkloadAddress& workload : wanted->rows) addresses_[workload.interface].push_back(workload.address);
  }

  bool Know(const std::string& interface) const { return owners_.by_interface.count(interface) != 0; }

  std::vector<IpAddress> AddressesAt(const std::string& interface) const {
    const auto found = addresses_.find(interface);
    return found == addresses_.end() ? std::vector<IpAddress>{} : found->second;
  }

  std::string Describe(const std::string& interface) const {
    if (const auto owner = owners_.by_interface.find(interface); owner != owners_.by_interface.end())
      return absl::StrCat(", but ", owner->second, " has ", AddressText(interface), " at it");
    if (const auto owner = former_.find(interface); owner != former_.end())
      return absl::StrCat(": it is that of ", owner->second,
                          ", whose endpoint-status file Felix has removed therefore");
    return ", and its other end is in the network namespace of a workload: Felix has no file of an interface that does "
           "not run";
  }

 private:
  std::string AddressText(const std::string& interface) const {
    const std::vector<IpAddress> addresses = AddressesAt(interface);
    if (addresses.empty()) return "its end";
    return absl::StrJoin(addresses, " and ", [](std::string* text, const IpAddress& address) {
      absl::StrAppend(text, address.ToString());
    });
  }

  const WorkloadOwners& owners_;
  const OwnerHistory::Former& former_;
  std::map<absl::string_view, std::vector<IpAddress>> addresses_;
};

// One that no file names is a workload's where its other end is in a namespace that lives: the kernel gives no number
// to one that ends.
bool LeadsIntoWorkload(const Link& link) {
  return (link.kind == "veth" || link.kind == "netkit") && link.peer_netns_id && *link.peer_netns_id >= 0;
}

std::string RemedyFor(const Link& link) {
  if (!link.up)
    return absl::StrCat("ip link set ", link.name,
                        " up: Felix writes the routes and the file anew within seconds. Then find who switched it off "
                        "(journalctl -u NetworkManager -u systemd-networkd; cali* must be unmanaged there).");
  return absl::StrCat(
      "Delete the pod, so that it is made anew (kubectl delete pod -n NAMESPACE NAME). Or switch its end up: ip -d "
      "link show ",
      link.name,
      " tells the number of its namespace (link-netnsid), lsns -t net -o NETNSID,PID,COMMAND a process in it; then "
      "nsenter -t PID -n ip link set eth0 up, and the routes that went with it: nsenter -t PID -n ip route add "
      "169.254.1.1 dev eth0 scope link, and nsenter -t PID -n ip route add default via 169.254.1.1 dev eth0.");
}

Finding FindingOf(const Link& link, const Owners& owners) {
  return {
      InterfaceName{link.name}, std::nullopt,
      absl::StrCat(link.up ? "has no carrier, as its other end, in the workload, is down" : "is administratively down",
                   owners.Describe(link.name)),
      RemedyFor(link), ThingsOf(owners.AddressesAt(link.name))};
}

Judgement InterfacesDown(const std::vector<Link>& links, const Table<Endpoint>& endpoints,
                         const WorkloadOwners& by_interface, const absl::StatusOr<WantedWorkloads>& wanted,
                         const Recollection& before) {
  const Owners owners(by_interface, wanted, before);
  std::vector<Finding> findings;
  for (const Link& link : links)
    if (link.IsWorkload() && !(link.up && link.carrier) && (owners.Know(link.name) || LeadsIntoWorkload(link)))
      findings.push_back(FindingOf(link, owners));
  return Judged(std::move(findings), absl::IsNotFound(endpoints.status()) ? absl::OkStatus() : endpoints.status());
}

// Of IPv4, as the CNI plugin made them; its IPv6 routes the kernel keeps no better, and the pod's end tells by itself.
Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const std::string interface = ThingText(finding.subject), end = EndInPod(interface, evidence);
  const Link* link = LinkNamed(interface, evidence);
  Commands commands;
  if (link != nullptr && !link->up) {
    commands.push_back(Change(absl::StrCat("ip link set ", SubjectWord(finding), " up")));
    commands.push_back(Look("journalctl -u NetworkManager -u systemd-networkd --since -1h"));
    return commands;
  }
  for (const absl::string_view line :
       {"ip link set % up", "ip route add 169.254.1.1 dev % scope link", "ip route add default via 169.254.1.1 dev %"})
    if (std::string inside = InPodBehind(interface, absl::StrReplaceAll(line, {{"%", end}}), evidence); !inside.empty())
      commands.push_back(Change(std::move(inside)));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "workload_interface_down",
        .severity = Severity::kCritical,
        .summary = "The node's end of a workload's interface is administratively down, or has no carrier.",
        .impact = "The workload is cut off.",
        .meaning = "The kernel drops all routes over an interface that is switched off, and loses what it sends over "
                   "one whose other end is. Felix (3.30 and newer) then removes the workload's endpoint-status file "
                   "and its routes, so that only who watched before knows its name; the workload runs on. Felix "
                   "switches interfaces on and leaves them so: another program switched this one off, or somebody the "
                   "end inside the workload (which needs NET_ADMIN there).",
        .remedy = "Down: ip link set NAME up; then find who switched it off (journalctl -u NetworkManager -u "
                  "systemd-networkd; cali* interfaces must be unmanaged there). Without carrier: switch the end inside "
                  "the workload up (nsenter -t PID -n ip link set eth0 up), or delete the pod so that it is made anew "
                  "(kubectl delete pod -n NAMESPACE NAME).",
        .time_to_hold = absl::Seconds(3),  // a busy kernel tells of a new veth's carrier late
        .says = "is cut off: its interface is down",
    },
    JudgeNode(InterfacesDown), CommandsOf);

}  // namespace
}  // namespace caliwatch
