// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"

namespace caliwatch {
namespace {

using Users = std::map<std::string, std::vector<const Member*>>;

// By what no two nodes may share, in words.
Users UsersOf(const ClusterEvidence& evidence) {
  Users users;
  for (const Member& member : evidence.members()) {
    std::set<std::string> marks;
    if (!member.told->node.empty()) marks.insert(absl::StrCat("the name ", member.told->node));
    for (const Family family : kFamilies)
      if (member.told->address[family])
        marks.insert(absl::StrCat("the node address ", member.told->address[family]->ToString()));
    for (const ToldTunnel& tunnel : member.told->tunnels.value_or(std::vector<ToldTunnel>())) {
      for (const IpAddress& address : tunnel.addresses)
        marks.insert(absl::StrCat("the tunnel address ", address.ToString()));
      if (tunnel.way == "vxlan" && tunnel.mac) marks.insert(absl::StrCat("the VXLAN MAC ", *tunnel.mac));
    }
    for (const std::string& mark : marks) users[mark].push_back(&member);
  }
  return users;
}

ClusterFindings NodesTwice(const ClusterEvidence& evidence) {
  ClusterFindings findings;
  for (const auto& [mark, members] : UsersOf(evidence)) {
    if (members.size() < 2) continue;
    std::vector<std::string> names, texts;
    for (const Member* member : members) {
      names.push_back(member->name);
      texts.push_back(absl::StrCat(member->name, " (agent at ", member->agent->address, ")"));
    }
    findings.push_back(
        {.subject = mark,
         .detail = absl::StrCat(NamesText(texts), " have ", mark),
         .nodes = names,
         .commands = {ShowAddressesOn(names[0]), ShowNodeResource(names[0]), {"calicoctl get nodes -o wide"}}});
  }
  return findings;
}

const RegisterClusterCheck registered(
    {.name = "cluster_node_twice",
     .severity = Severity::kCritical,
     .summary = "Two machines have what only one node may have.",
     .impact = "What is meant for one of them reaches the other; Calico writes both into one resource.",
     .meaning =
         "Each agent says on which node it is, by which address the others reach it, and which addresses and "
         "MACs Calico's tunnels have there. Two share one where a machine was cloned with its files, or given an "
         "address that was in use.",
     .remedy = "Give one of the two machines a name and addresses of its own, remove /var/lib/calico/nodename there if "
               "it was copied, and start calico-node anew."},
    NodesTwice);

}  // namespace
}  // namespace caliwatch
