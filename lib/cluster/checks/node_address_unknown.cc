// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"
#include "lib/cluster/standing.h"

namespace caliwatch {
namespace {

// Members of the family's mesh whom no other member has a session with, up or down.
std::vector<const Member*> Unsought(const ClusterEvidence& evidence, Family family) {
  std::set<const Member*> sought;
  for (const SessionEnds& ends : evidence.sessions())
    if (ends.session->family == family) sought.insert(ends.there);
  std::vector<const Member*> unsought;
  for (const Member& member : evidence.members())
    if (member.told->birds[family] && sought.count(&member) == 0) unsought.push_back(&member);
  return unsought;
}

using Seekers = std::map<std::pair<Family, IpAddress>, std::vector<std::string>>;

// Who looks in vain for a node of the mesh at an address that none has.
Seekers SeekersOf(const ClusterEvidence& evidence) {
  Seekers seekers;
  for (const Member& member : evidence.members())
    for (const ToldSession& session : member.told->sessions)
      if (session.kind == "mesh" && session.peer && !session.up &&
          session.lasted.value_or(absl::ZeroDuration()) >= kSettled && evidence.IsNobodys(*session.peer))
        seekers[{session.family, *session.peer}].push_back(member.name);
  return seekers;
}

ClusterFindings AddressesUnknown(const ClusterEvidence& evidence) {
  ClusterFindings findings;
  for (const auto& [place, names] : SeekersOf(evidence)) {
    const auto& [family, address] = place;
    // Of several, nobody could say which is meant.
    const std::vector<const Member*> unsought = Unsought(evidence, family);
    if (unsought.size() != 1) continue;
    const Member& meant = *unsought.front();
    // It goes on to dial the others, who have no peer at the address that it has now.
    std::vector<std::string> explained = {address.ToString()};
    for (const std::string& name : names)
      explained.push_back(absl::StrCat(meant.name, " to ", name, " ", ToString(family)));
    findings.push_back({.subject = absl::StrCat(meant.name, " at ", address.ToString()),
                        .detail = absl::StrCat(NamesText(names), " look for a node at ", address.ToString(),
                                               ", which no node has, and nobody looks for ", meant.name,
                                               ", which is at ", NodeAddressesText(*meant.told)),
                        .nodes = {meant.name},
                        .commands = {ShowAddressesOn(meant.name), ShowNodeResource(meant.name)},
                        .explains = std::move(explained)});
  }
  return findings;
}

const RegisterClusterCheck registered(
    {.name = "cluster_node_address_unknown",
     .severity = Severity::kCritical,
     .summary = "The others look for a node at an address that it does not have.",
     .impact = "No node has a BGP session with it: its pods are cut off from theirs.",
     .meaning = "Calico's mesh has a peer at an address that none of the agents' machines has, and there is just one "
                "node whom nobody looks for. The machine got another address after calico-node had started, or "
                "calico-node chose the wrong one of several.",
     .remedy = "Compare the node's addresses with those in its resource; start calico-node anew on it, or set "
               "IP_AUTODETECTION_METHOD so that it finds the right one."},
    AddressesUnknown);

}  // namespace
}  // namespace caliwatch
