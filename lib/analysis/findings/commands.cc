// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/commands.h"

#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include "lib/analysis/findings/calico_node_pod.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

std::string Here(const Evidence& evidence) { return CalicoNodeOn(NodeWord(evidence)); }

}  // namespace

Command Look(std::string line, std::string where) { return {std::move(line), false, std::move(where)}; }

Command Change(std::string line, std::string where) { return {std::move(line), true, std::move(where)}; }

std::string SubjectWord(const Finding& finding) { return ShellWord(ThingText(finding.subject)); }

std::string InterfaceOf(const Finding& finding) {
  for (const Thing& thing : finding.related)
    if (const auto* interface = std::get_if<InterfaceName>(&thing)) return interface->name;
  return "";
}

absl::string_view Ip(Family family) { return family == Family::kIpv4 ? "ip" : "ip -6"; }

std::string NodeWord(const Evidence& evidence) {
  const auto& name = evidence.now.node_name;
  return name.ok() ? ShellWord(*name) : "NODE";
}

std::string CalicoNodePod(const Evidence& evidence) { return PodsText(Here(evidence)); }

std::string DescribeCalicoNode(const Evidence& evidence) {
  return absl::StrCat("kubectl describe pods ", Here(evidence));
}

std::string CalicoNodeLog(const Evidence& evidence, absl::string_view grep) {
  if (grep.empty()) return LogText(Here(evidence), " --tail=100");
  return absl::StrCat(LogText(Here(evidence), " --since=1h"), " | grep ", grep);
}

std::string CalicoNodeLogBefore(const Evidence& evidence) { return LogText(Here(evidence), " --previous --tail=100"); }

Command RestartCalicoNode(const Evidence& evidence) { return Change(DeletePodsText(Here(evidence))); }

std::string Birdcl(const Evidence& evidence, Family family, absl::string_view words) {
  return BirdclText(Here(evidence), family, words);
}

std::string CalicoNodePodAt(const IpAddress& node) { return PodsText(CalicoNodeAt(node)); }

Command RestartCalicoNodeAt(const IpAddress& node) { return Change(DeletePodsText(CalicoNodeAt(node))); }

std::string BirdclAt(const IpAddress& node, absl::string_view words) {
  return BirdclText(CalicoNodeAt(node), node.family, words);
}

std::string NodeOf(const IpAddress& address) { return absl::StrCat("the node of ", address.ToString()); }

std::string CalicoNode(const Evidence& evidence) {
  return absl::StrCat("calicoctl get node ", NodeWord(evidence), " -o yaml");
}

const Link* LinkNamed(absl::string_view name, const Evidence& evidence) {
  if (!evidence.now.links.ok()) return nullptr;
  const std::vector<Link>& links = *evidence.now.links;
  const auto found = std::find_if(links.begin(), links.end(), [&](const Link& link) { return link.name == name; });
  return found == links.end() ? nullptr : &*found;
}

std::string InPodBehind(absl::string_view interface, absl::string_view line, const Evidence& evidence) {
  const Link* link = LinkNamed(interface, evidence);
  if (link == nullptr || !link->peer_netns_id || *link->peer_netns_id < 0) return "";
  return absl::StrCat("nsenter -t \"$(lsns -t net -n -o NETNSID,PID | awk '$1 == ", *link->peer_netns_id,
                      " { print $2; exit }')\" -n ", line);
}

std::string EndInPod(absl::string_view interface, const Evidence& evidence) {
  const Link* link = LinkNamed(interface, evidence);
  if (link == nullptr || !link->peer_netns_id || !evidence.now.pods.ok()) return "eth0";
  for (const PodNetwork& pod : *evidence.now.pods) {
    if (pod.netns_id != *link->peer_netns_id) continue;
    const auto end = std::find_if(pod.links.begin(), pod.links.end(),
                                  [](const Link& each) { return each.kind == "veth" || each.kind == "netkit"; });
    if (end != pod.links.end()) return ShellWord(end->name);
  }
  return "eth0";
}

std::string OwnerAt(absl::string_view interface, const Evidence& evidence) {
  const std::string name(interface);
  if (const auto& owners = std::get<absl::StatusOr<WorkloadOwners>>(evidence.derived); owners.ok())
    if (const auto owner = owners->by_interface.find(name); owner != owners->by_interface.end()) return owner->second;
  const auto former = evidence.before.former_owners.find(name);
  return former == evidence.before.former_owners.end() ? "" : former->second;
}

std::string KubectlPod(absl::string_view owner) {
  if (!absl::ConsumePrefix(&owner, "pod ")) return "";
  const std::pair<absl::string_view, absl::string_view> named = absl::StrSplit(owner, absl::MaxSplits('/', 1));
  if (named.second.empty()) return "";
  return absl::StrCat("-n ", ShellWord(named.first), " ", ShellWord(named.second));
}

}  // namespace caliwatch
