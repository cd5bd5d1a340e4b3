// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"
#include "lib/cluster/standing.h"

namespace caliwatch {
namespace {

// The end that lives notices at the latest when its hold timer ends; BIRD's default is 240 s.
absl::Duration NoticedAfter(const ToldSession& session) { return session.hold.value_or(absl::Seconds(240)) + kSettled; }

bool IsUpAtOneEnd(const SessionEnds& ends) {
  if (ends.back == nullptr || !ends.session->up || ends.back->up) return false;
  const absl::Duration patience = NoticedAfter(*ends.session);
  return ends.back->lasted.value_or(absl::ZeroDuration()) > patience &&
         ends.session->lasted.value_or(absl::ZeroDuration()) > patience;
}

// The far end has no such peer, though it told all that it has.
bool IsMissingThere(const SessionEnds& ends) {
  const NodeDocument& there = *ends.there->told;
  const auto& bird = there.birds[ends.session->family];
  if (ends.back != nullptr || there.more_sessions != 0 || (bird && !bird->answers)) return false;
  // With another BGP program than BIRD on that machine it may well be up.
  if (ends.session->up && ends.session->kind != "mesh") return false;
  if (!ends.here->told->own_addresses || ends.here->told->more_own_addresses != 0) return false;
  return ends.session->lasted.value_or(absl::ZeroDuration()) > kSettled && there.outcome != "starting";
}

std::string MissingText(const SessionEnds& ends) {
  const ToldSession& session = *ends.session;
  const bool runs = ends.there->told->birds[session.family].has_value();
  return absl::StrCat(ends.here->name, session.up ? " has a session up with " : " waits in vain for a session with ",
                      ends.there->name, " (", session.peer->ToString(), "), ",
                      runs ? absl::StrCat("whose BIRD has no peer with an address of ", ends.here->name)
                           : absl::StrCat("which runs no BIRD for ", ToString(session.family)));
}

std::string OneEndText(const SessionEnds& ends) {
  return absl::StrCat(ends.here->name, " has its session with ", ends.there->name, " up ",
                      LastedText(*ends.session->lasted), ", and ", ends.there->name, " has not (", ends.back->state,
                      " ", LastedText(*ends.back->lasted), "): whoever answers ", ends.here->name, " at ",
                      ends.session->peer->ToString(), " is not ", ends.there->name);
}

ClusterFindings AtOneEnd(const ClusterEvidence& evidence) {
  ClusterFindings findings;
  for (const SessionEnds& ends : evidence.sessions()) {
    const bool one_end = IsUpAtOneEnd(ends);
    if (!one_end && !IsMissingThere(ends)) continue;
    const ToldSession& session = *ends.session;
    ClusterFinding finding{
        .subject = absl::StrCat(ends.here->name, " to ", ends.there->name, " ", ToString(session.family)),
        .detail = one_end ? OneEndText(ends) : MissingText(ends),
        .nodes = {ends.here->name, ends.there->name},
        .commands = {ShowSessionOn(ends.here->name, session.family, session.protocol)}};
    if (ends.back != nullptr)
      finding.commands.push_back(ShowSessionOn(ends.there->name, session.family, ends.back->protocol));
    else
      finding.commands.push_back(ShowNodeResource(ends.here->name));
    findings.push_back(std::move(finding));
  }
  return findings;
}

const RegisterClusterCheck registered(
    {.name = "cluster_session_at_one_end",
     .severity = Severity::kWarning,
     .summary = "Of the two ends of a BGP session, only one has it.",
     .impact = "One node sends to the other, or waits for its routes, and the other knows nothing of it.",
     .meaning =
         "Both nodes' BIRDs were asked. Either the far end has no peer with an address of this one: its "
         "configuration is old, a BGPPeer names one direction only, or it knows this node by another address. Or "
         "one end calls the session up and the other does not, for longer than any hold time: a third machine "
         "has the address, and this end speaks with that.",
     .remedy = "If the far end lacks the peer, see which address Calico has for this node, and whether calico-node's "
               "confd works there. If a third machine answers, find it: `ip neigh get ADDRESS` has its MAC."},
    AtOneEnd);

}  // namespace
}  // namespace caliwatch
