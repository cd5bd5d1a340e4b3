// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/peer_commands.h"

#include <absl/strings/str_cat.h>

#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

// The first thing among `things` that a session of the family is called by.
const Session* SessionOf(const std::vector<Thing>& things, Family family, const Evidence& evidence) {
  const auto& sessions = std::get<absl::StatusOr<Sessions>>(evidence.derived);
  if (!sessions.ok()) return nullptr;
  for (const Thing& thing : things)
    for (const Session& session : (*sessions)[family]) {
      const auto* address = std::get_if<IpAddress>(&thing);
      const auto* protocol = std::get_if<ProtocolName>(&thing);
      if (address != nullptr && session.peer->address == *address) return &session;
      if (protocol != nullptr && session.peer->name == protocol->name) return &session;
    }
  return nullptr;
}

const Session* SessionOf(const Finding& finding, const Evidence& evidence) {
  const Family family = finding.family.value_or(Family::kIpv4);
  if (std::holds_alternative<FamilyWide>(finding.subject)) return SessionOf(finding.related, family, evidence);
  return SessionOf({finding.subject}, family, evidence);
}

std::string Words(absl::string_view words, const BgpPeer& peer) {
  return absl::StrCat(words, " ", ShellWord(peer.name));
}

// A peer of the mesh is a node of the cluster; any other may be a router.
std::string PlaceOf(const BgpPeer& peer, const IpAddress& address) {
  return peer.kind == PeerKind::kMesh ? NodeOf(address) : absl::StrCat("the peer ", address.ToString());
}

void AddPath(const IpAddress& peer, Commands& commands) {
  const std::string address = peer.ToString();
  const bool ipv6 = peer.family == Family::kIpv6;
  commands.push_back(Look(absl::StrCat("ping ", ipv6 ? "-6 " : "", "-c 3 ", address)));
  commands.push_back(Look(absl::StrCat(Ip(peer.family), " route get ", address)));
}

void AddOtherEnd(const BgpPeer& peer, const IpAddress& address, Commands& commands) {
  if (peer.kind == PeerKind::kMesh) commands.push_back(Look(CalicoNodePodAt(address)));
}

void AddListener(const BgpPeer& peer, const IpAddress& address, Commands& commands) {
  commands.push_back(Look("ss -tlnp 'sport = :179'", PlaceOf(peer, address)));
}

// That BIRD has given up: it does not try again by itself.
void AddEnable(const BgpPeer& peer, Family family, const Evidence& evidence, Commands& commands) {
  commands.push_back(Change(Birdcl(evidence, family, Words("enable", peer))));
}

// What is to be seen and done at this end.
void AddHere(const Session& session, Family family, const Evidence& evidence, Commands& commands) {
  switch (session.diagnosis.cause) {
    case PeerCause::kDisabled:
    case PeerCause::kInvalidNextHop:
    case PeerCause::kRouteLimit:
      return AddEnable(*session.peer, family, evidence, commands);
    case PeerCause::kNotListening:
      commands.push_back(Look("ss -tlnp 'sport = :179'"));
      return commands.push_back(RestartCalicoNode(evidence));
    case PeerCause::kPasswordRefused:
      commands.push_back(Change("sysctl -w net.core.optmem_max=1048576"));
      return AddEnable(*session.peer, family, evidence, commands);
    case PeerCause::kAnotherSpeaker:
      return commands.push_back(Look("ss -tnp 'dport = :179'"));
    case PeerCause::kForbiddenHere:
      return commands.push_back(Look("nft list ruleset"));
    case PeerCause::kIsOurselves:
      return commands.push_back(Look("calicoctl get bgppeers -o yaml"));
    case PeerCause::kLinkDown:
    case PeerCause::kSocketTrouble:
      return commands.push_back(Look("ip -brief link"));
    case PeerCause::kSourceNotLocal:
    case PeerCause::kNoRoute:
      return commands.push_back(Look("ip -brief address"));
    default:
      return;
  }
}

// What is to be seen at the other end, and on the way there.
void AddThere(const Session& session, const IpAddress& address, const Evidence& evidence, Commands& commands) {
  const BgpPeer& peer = *session.peer;
  switch (session.diagnosis.cause) {
    case PeerCause::kHoldTimerExpired:
    case PeerCause::kTimedOut:
    case PeerCause::kUnreachable:
    case PeerCause::kNoRoute:
    case PeerCause::kBfdDown:
    case PeerCause::kNeverAnswered:
    case PeerCause::kSocketTrouble:
      AddPath(address, commands);
      return AddOtherEnd(peer, address, commands);
    case PeerCause::kRefused:
    case PeerCause::kSilentAfterConnect:
    case PeerCause::kNoSaneSpeaker:
      AddOtherEnd(peer, address, commands);
      return AddListener(peer, address, commands);
    case PeerCause::kPassiveWaiting:
    case PeerCause::kShutDownByPeer:
      AddOtherEnd(peer, address, commands);
      return commands.push_back(Look(CalicoNodeLog(evidence, "-i confd")));
    case PeerCause::kClosedByPeer:
    case PeerCause::kUnknownToPeer:
    case PeerCause::kAsMismatch:
    case PeerCause::kSameRouterId:
      commands.push_back(Look("ip -brief address"));
      commands.push_back(Look("calicoctl get nodes -o wide"));
      return AddOtherEnd(peer, address, commands);
    default:
      return;
  }
}

}  // namespace

Command ShowSession(const Finding& finding, const Evidence& evidence) {
  const Session* session = SessionOf(finding, evidence);
  const Family family = finding.family.value_or(Family::kIpv4);
  return Look(
      Birdcl(evidence, family, session == nullptr ? "show protocols" : Words("show protocols all", *session->peer)));
}

Commands CommandsForSession(const Finding& finding, const Evidence& evidence) {
  Commands commands;
  const Session* session = SessionOf(finding, evidence);
  if (session != nullptr) {
    AddHere(*session, finding.family.value_or(Family::kIpv4), evidence, commands);
    if (session->peer->address) AddThere(*session, *session->peer->address, evidence, commands);
  }
  commands.push_back(ShowSession(finding, evidence));
  return commands;
}

}  // namespace caliwatch
