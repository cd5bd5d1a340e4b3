// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"

namespace caliwatch {
namespace {

std::string Disagreement(const SessionEnds& ends) {
  const ToldSession &here = *ends.session, &back = *ends.back;
  if (here.peer_as && back.local_as && here.peer_as != back.local_as)
    return absl::StrCat(ends.here->name, " expects AS ", *here.peer_as, " of ", ends.there->name,
                        ", which speaks as AS ", *back.local_as);
  if (here.passive && back.passive && ends.here->name < ends.there->name)
    return absl::StrCat(ends.here->name, " and ", ends.there->name,
                        " both wait for the other to connect: both ends are passive");
  return "";
}

ClusterFindings Disagree(const ClusterEvidence& evidence) {
  ClusterFindings findings;
  for (const SessionEnds& ends : evidence.sessions()) {
    if (ends.back == nullptr || ends.session->up || ends.back->up) continue;
    std::string words = Disagreement(ends);
    if (words.empty()) continue;
    const Family family = ends.session->family;
    findings.push_back({.subject = absl::StrCat(ends.here->name, " to ", ends.there->name, " ", ToString(family)),
                        .detail = std::move(words),
                        .nodes = {ends.here->name, ends.there->name},
                        .commands = {ShowSessionOn(ends.here->name, family, ends.session->protocol),
                                     ShowNodeResource(ends.here->name), ShowNodeResource(ends.there->name)}});
  }
  return findings;
}

const RegisterClusterCheck registered(
    {.name = "cluster_ends_disagree",
     .severity = Severity::kCritical,
     .summary = "The two ends of a BGP session are configured so that it cannot come up.",
     .impact = "Neither node learns the other's routes by this session.",
     .meaning = "The session is down at both ends, and one end expects an AS number that the other does not speak as, "
                "or each of them waits for the other to connect. BIRD 1 does not tell its own AS number, so that with "
                "it only the second is seen.",
     .remedy =
         "Correct the AS number in the node's resource, in BGPConfiguration or in the BGPPeer. If calico-node was "
         "not told, because its confd hangs, start it anew."},
    Disagree);

}  // namespace
}  // namespace caliwatch
