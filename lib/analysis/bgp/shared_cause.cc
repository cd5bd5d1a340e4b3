// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/shared_cause.h"

#include <algorithm>
#include <initializer_list>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/bgp/own_address.h"

namespace caliwatch {
namespace {

constexpr size_t kSeveral = 2;
constexpr size_t kNamed = 5;
constexpr absl::Duration kToComeBack = absl::Seconds(30);

using Judged = std::vector<const Session*>;

bool IsOneOf(PeerCause cause, std::initializer_list<PeerCause> causes) {
  return std::find(causes.begin(), causes.end(), cause) != causes.end();
}

Judged JudgedOf(const std::vector<Session>& sessions) {
  Judged judged;
  judged.reserve(sessions.size());
  for (const Session& session : sessions)
    if (session.peer->kind != PeerKind::kLocalWorkload && session.diagnosis.cause != PeerCause::kDisabled)
      judged.push_back(&session);
  return judged;
}

std::vector<const BgpPeer*> DownBy(const Judged& judged, std::initializer_list<PeerCause> causes) {
  std::vector<const BgpPeer*> hit;
  for (const Session* session : judged)
    if (IsOneOf(session->diagnosis.cause, causes)) hit.push_back(session->peer);
  return hit;
}

// "10.0.0.1, 10.0.0.2 and 3 more".
std::string NamesOf(const std::vector<const BgpPeer*>& peers) {
  std::vector<std::string> names;
  for (const BgpPeer* peer : peers)
    if (names.size() < kNamed) names.push_back(peer->DisplayName());
  return absl::StrCat(absl::StrJoin(names, ", "),
                      peers.size() > kNamed ? absl::StrCat(" and ", peers.size() - kNamed, " more") : "");
}

std::optional<SharedCause> GivenUp(const Judged& judged, PeerCause cause, absl::string_view detail) {
  std::vector<const BgpPeer*> hit = DownBy(judged, {cause});
  if (hit.empty()) return std::nullopt;
  std::string text = absl::StrCat(detail, NamesOf(hit), ": \"", hit.front()->error.text, "\"");
  return SharedCause{std::move(text), WordsOf(cause).remedy, std::move(hit)};
}

std::optional<SharedCause> CannotListen(const Judged& judged) {
  return GivenUp(judged, PeerCause::kNotListening,
                 "could not open its listening socket (port 179, unless listenPort says otherwise), as another program "
                 "holds that port or the address to bind is not on this node. It has given up the sessions with ");
}

std::optional<SharedCause> PasswordsRefused(const Judged& judged) {
  return GivenUp(judged, PeerCause::kPasswordRefused,
                 "was refused the keys of BGP passwords (TCP MD5) by this node's kernel: a socket's keys, one a peer, "
                 "must fit into net.core.optmem_max. It has given up the sessions with ");
}

// All sessions are down for one of `causes`, or wait for their peers; two at least for one of them.
std::vector<const BgpPeer*> AllDownBy(const Judged& judged, std::initializer_list<PeerCause> causes) {
  const std::vector<const BgpPeer*> sure = DownBy(judged, causes),
                                    waiting = DownBy(judged, {PeerCause::kPassiveWaiting});
  if (sure.size() < kSeveral || sure.size() + waiting.size() < judged.size()) return {};
  std::vector<const BgpPeer*> all = sure;
  all.insert(all.end(), waiting.begin(), waiting.end());
  return all;
}

std::optional<SharedCause> TurnedAwayByAll(const Judged& judged) {
  if (auto hit = AllDownBy(judged, {PeerCause::kAsMismatch}); !hit.empty())
    return SharedCause{absl::StrCat("no peer takes this node's AS number, or it takes none of theirs (",
                                    hit.front()->error.text, "): ", NamesOf(hit)),
                       "Compare this node's AS number with the others': calicoctl get nodes -o wide; correct "
                       "spec.bgp.asNumber of this Node resource, or asNumber of the BGPPeer resources.",
                       hit};
  auto hit = AllDownBy(judged, {PeerCause::kClosedByPeer, PeerCause::kUnknownToPeer});
  if (hit.empty()) return std::nullopt;
  return SharedCause{
      absl::StrCat(
          "every peer turns this node away: their BIRDs have no session with the address that it comes from. They are ",
          NamesOf(hit)),
      "See which address the others have for this node (calicoctl get nodes -o wide) and whether it has that one (ip "
      "-brief address): correct the Node resource's spec.bgp, or IP_AUTODETECTION_METHOD, and restart calico-node "
      "here. If the address is right, the others' BIRDs have an old configuration: restart calico-node there.",
      hit};
}

absl::string_view NameOf(Family family) { return family == Family::kIpv4 ? "IPv4" : "IPv6"; }

// What kept it silent may be over: a BIRD that was frozen loses all sessions at once, and has them again soon.
bool HasJustFallenSilent(const Session& session) {
  return session.diagnosis.cause == PeerCause::kHoldTimerExpired && session.peer->age &&
         *session.peer->age < kToComeBack;
}

std::optional<SharedCause> FamilyBroken(Family family, const Judged& judged, const std::vector<Session>& other) {
  const auto up = std::count_if(other.begin(), other.end(), [](const Session& session) {
    return session.peer->IsUp() && session.peer->kind != PeerKind::kLocalWorkload;
  });
  if (up == 0 ||
      std::any_of(judged.begin(), judged.end(), [](const Session* each) { return HasJustFallenSilent(*each); }))
    return std::nullopt;
  auto hit = AllDownBy(judged, {PeerCause::kNeverAnswered, PeerCause::kUnreachable, PeerCause::kNoRoute,
                                PeerCause::kTimedOut, PeerCause::kHoldTimerExpired});
  if (hit.empty()) return std::nullopt;
  const absl::string_view ours = NameOf(family);
  const absl::string_view theirs = NameOf(family == Family::kIpv4 ? Family::kIpv6 : Family::kIpv4);
  return SharedCause{absl::StrCat("no ", ours, " comes through between this node and any of its peers, while ", up, " ",
                                  theirs, up == 1 ? " session is up: " : " sessions are up: ", NamesOf(hit)),
                     family == Family::kIpv6
                         ? "On this node: ip -6 -brief address; ip -6 route get PEER; ping -6 PEER; ip -6 neigh. The "
                           "network and firewalls must let ICMPv6 neighbor discovery and TCP port 179 pass."
                         : "On this node: ip -brief address; ip route get PEER; ping PEER; ip neigh. Firewalls must "
                           "let ARP and TCP port 179 pass.",
                     hit};
}

// The network of this node's that `address` is in, and its own address there; null: none.
const Address* NetworkWith(const IpAddress& address, const std::vector<Address>& addresses) {
  const Address* found = nullptr;
  for (const Address& own : addresses)
    if (own.scope == RT_SCOPE_UNIVERSE && NetworkOf(own).Contains(address) &&
        (found == nullptr || own.prefix_length > found->prefix_length))
      found = &own;
  return found;
}

const Address* SourceOf(const Judged& judged, const std::vector<Address>& addresses) {
  for (const Session* session : judged) {
    std::optional<IpAddress> source = session->peer->source_address;
    if (!source && session->socket != nullptr) source = session->socket->local;
    const auto own = std::find_if(addresses.begin(), addresses.end(),
                                  [&](const Address& address) { return source && address.address == *source; });
    if (own != addresses.end()) return &*own;
  }
  return nullptr;
}

std::optional<SharedCause> TwoNetworks(const Judged& judged, const std::vector<Address>& addresses) {
  const Address* source = SourceOf(judged, addresses);
  if (source == nullptr) return std::nullopt;
  const Address* other = nullptr;
  std::vector<const BgpPeer*> hit;
  for (const BgpPeer* peer : DownBy(judged, {PeerCause::kNeverAnswered, PeerCause::kUnreachable, PeerCause::kNoRoute,
                                             PeerCause::kClosedByPeer, PeerCause::kPassiveWaiting})) {
    const Address* own = peer->address ? NetworkWith(*peer->address, addresses) : nullptr;
    if (own == nullptr || own->link == source->link) continue;
    other = own;
    hit.push_back(peer);
  }
  if (hit.size() < kSeveral) return std::nullopt;
  return SharedCause{
      absl::StrCat("two networks are mixed: this node speaks BGP as ", source->address.ToString(), ", and ", hit.size(),
                   " peers are known by addresses of another network of it, where it is ", other->address.ToString(),
                   ": ", NamesOf(hit)),
      "Let Calico take all nodes' addresses from one network: IP_AUTODETECTION_METHOD=cidr=NETWORK for calico-node "
      "(operator: nodeAddressAutodetectionV4), then restart calico-node where calicoctl get nodes -o wide shows an "
      "address of the other one.",
      std::move(hit)};
}

}  // namespace

std::optional<SharedCause> SharedCauseOf(Family family, const Sessions& sessions,
                                         const std::vector<Address>& addresses) {
  const Judged judged = JudgedOf(sessions[family]);
  const std::vector<Session>& other = sessions[family == Family::kIpv4 ? Family::kIpv6 : Family::kIpv4];
  if (auto cause = CannotListen(judged)) return cause;
  if (auto cause = PasswordsRefused(judged)) return cause;
  if (auto cause = TurnedAwayByAll(judged)) return cause;
  if (auto cause = FamilyBroken(family, judged, other)) return cause;
  return TwoNetworks(judged, addresses);
}

}  // namespace caliwatch
