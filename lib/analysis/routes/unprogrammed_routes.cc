// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/unprogrammed_routes.h"

#include <algorithm>
#include <bitset>
#include <tuple>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/container/inlined_vector.h>

#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/route_counters.h"

namespace caliwatch {
namespace {

struct KernelRoute {
  bool by_bird = false;
  const Route* foreign = nullptr;              // the first that is not BIRD's
  absl::InlinedVector<IpAddress, 1> gateways;  // as a rule one

  bool exists() const { return by_bird || foreign != nullptr; }
  bool Has(const IpAddress& gateway) const {
    return std::find(gateways.begin(), gateways.end(), gateway) != gateways.end();
  }
};

// BIRD that has lost its direct route, as with one of two addresses of a network, reaches its neighbors by the default
// gateway. A router's routes may lead anywhere.
bool IsDetour(const KernelRoute& kernel, const BgpPeer& peer, const std::vector<Prefix>& forgotten) {
  if (peer.kind != PeerKind::kMesh || !peer.address) return false;
  return !kernel.Has(*peer.address) && std::any_of(forgotten.begin(), forgotten.end(), [&](const Prefix& network) {
    return network.Contains(*peer.address);
  });
}

// The gateway is known for sure in a mesh only: there, a tunnel's route leads to the peer itself, though BIRD may reach
// it by way of a router.
bool LeadsTo(const KernelRoute& kernel, const IpAddress& gateway, const BgpPeer& peer) {
  return peer.kind != PeerKind::kMesh || kernel.Has(gateway) || (peer.address && kernel.Has(*peer.address));
}

// One of BIRD's best routes that leads to a peer's.
struct Candidate {
  const BirdRoute* route;
  const BgpPeer* peer;
  KernelRoute kernel = {};
  bool shared = false;  // others tell of it as well, by another gateway

  const IpAddress& gateway() const { return *route->next_hops.front().gateway; }
};

class Comparison {
 public:
  Comparison(const std::vector<BirdRoute>& bird_routes, const BirdView& seen, const std::vector<Prefix>& expected)
      : expected_(expected), forgotten_(ForgottenNetworks(bird_routes, seen)) {
    TakeBird(bird_routes, *seen.peers);
    TakeKernel(seen);
    lacking_ = RoutesLackingInKernel(seen).value_or(0);
    absent_ = std::count_if(candidates_.begin(), candidates_.end(), [](const Candidate& candidate) {
      return !candidate.kernel.exists() && !candidate.route->withheld && !candidate.route->kernel_refused;
    });
  }

  std::vector<UnprogrammedRoute> Problems() const {
    std::vector<UnprogrammedRoute> problems;
    for (const Candidate& candidate : candidates_)
      if (const auto problem = ProblemOf(candidate)) problems.push_back(Row(candidate, *problem));
    std::sort(problems.begin(), problems.end(),
              [](const auto& a, const auto& b) { return a.destination < b.destination; });
    return problems;
  }

 private:
  void TakeBird(const std::vector<BirdRoute>& bird_routes, const std::vector<BgpPeer>& peers) {
    absl::flat_hash_map<absl::string_view, const BgpPeer*> by_name;
    for (const BgpPeer& peer : peers) by_name[peer.name] = &peer;
    for (const BirdRoute& route : bird_routes) {
      withheld_known_ |= route.withheld;
      const auto peer = by_name.find(route.protocol);
      if (route.type != BirdRouteType::kUnicast || peer == by_name.end()) continue;
      if (route.next_hops.empty() || !route.next_hops.front().gateway) continue;
      if (route.best && !route.destination.IsDefault()) {
        by_destination_[route.destination] = candidates_.size();
        candidates_.push_back({&route, peer->second});
      } else if (!candidates_.empty() && candidates_.back().route->destination == route.destination) {
        // BIRD lists the best of each destination first.
        candidates_.back().shared |= candidates_.back().gateway() != *route.next_hops.front().gateway;
      }
    }
  }

  void TakeKernel(const BirdView& seen) {
    for (const Route& route : *seen.routes) {
      if (route.family() != seen.family || route.table != RT_TABLE_MAIN) continue;
      const RouteOwner owner = OwnerOf(route);
      const bool by_felix = owner == RouteOwner::kFelix || (owner == RouteOwner::kBoot && route.gateway);
      if (by_felix && MayBeBlock(route.destination)) felix_lengths_.set(route.destination.length);
      const auto wanted = by_destination_.find(route.destination);
      if (wanted == by_destination_.end()) continue;
      KernelRoute& kernel = candidates_[wanted->second].kernel;
      kernel.by_bird |= owner == RouteOwner::kBird;
      if (owner != RouteOwner::kBird && kernel.foreign == nullptr) kernel.foreign = &route;
      if (route.gateway) kernel.gateways.push_back(*route.gateway);
    }
  }

  bool WasThere(const Candidate& candidate) const {
    return std::binary_search(expected_.begin(), expected_.end(), candidate.route->destination);
  }

  // Services' addresses, which BIRD's filter keeps from the kernel, several nodes tell of.
  static bool IsBlock(const Candidate& candidate) {
    return MayBeBlock(candidate.route->destination) && !candidate.shared;
  }

  bool IsFelixs(const Candidate& candidate) const {
    return IsBlock(candidate) && felix_lengths_.test(candidate.route->destination.length) &&
           candidate.peer->kind == PeerKind::kMesh && candidate.peer->IsUp();
  }

  // Where fewer are lacking than could be, filters may have kept some.
  bool IsBirds(const Candidate& candidate) const {
    return lacking_ > 0 && !candidate.route->withheld && (withheld_known_ || absent_ <= lacking_ || IsBlock(candidate));
  }

  // Where nobody says what BIRD's filter refuses, its counters do: what BIRD exported and the kernel lacks is BIRD's.
  RouteOwner OwnerIn(const Candidate& candidate) const {
    const bool withheld = candidate.route->withheld || (!withheld_known_ && lacking_ <= 0);
    return withheld ? RouteOwner::kFelix : RouteOwner::kBird;
  }

  std::optional<RouteProblem> ProblemOf(const Candidate& candidate) const {
    const KernelRoute& kernel = candidate.kernel;
    const bool leads_there = kernel.exists() && LeadsTo(kernel, candidate.gateway(), *candidate.peer);
    // Whatever was before: BIRD's mark outlives the trouble.
    if (kernel.by_bird && leads_there)
      return IsDetour(kernel, *candidate.peer, forgotten_) ? std::optional(RouteProblem::kDetour) : std::nullopt;
    if (candidate.route->kernel_refused) return Refused(candidate);
    if (!kernel.exists()) return IsMissing(candidate) ? std::optional(RouteProblem::kMissing) : std::nullopt;
    return kernel.by_bird ? std::optional(RouteProblem::kOtherGateway) : std::nullopt;
  }

  // The host's own route by the same gateway is the same way.
  static std::optional<RouteProblem> Refused(const Candidate& candidate) {
    const bool same_way = candidate.kernel.Has(candidate.gateway()) ||
                          (candidate.peer->address && candidate.kernel.Has(*candidate.peer->address));
    return same_way ? std::nullopt : std::optional(RouteProblem::kRefused);
  }

  bool IsMissing(const Candidate& candidate) const {
    const bool by_bird = OwnerIn(candidate) == RouteOwner::kBird;
    return WasThere(candidate) || (by_bird ? IsBirds(candidate) : IsFelixs(candidate));
  }

  UnprogrammedRoute Row(const Candidate& candidate, RouteProblem problem) const {
    UnprogrammedRoute row;
    row.destination = candidate.route->destination;
    row.problem = problem;
    if (problem == RouteProblem::kMissing) row.owner = OwnerIn(candidate);
    row.gateway = candidate.gateway();
    row.peer = candidate.peer->address;
    row.kernels.assign(candidate.kernel.gateways.begin(), candidate.kernel.gateways.end());
    if (problem == RouteProblem::kRefused && candidate.kernel.foreign != nullptr)
      row.in_place = *candidate.kernel.foreign;
    return row;
  }

  const std::vector<Prefix>& expected_;
  std::vector<Prefix> forgotten_;
  std::vector<Candidate> candidates_;
  absl::flat_hash_map<Prefix, size_t> by_destination_;  // into `candidates_`
  std::bitset<129> felix_lengths_;                      // of blocks, its own and others', in the kernel
  bool withheld_known_ = false;                         // BIRD said what its filter refuses
  int64_t lacking_ = 0;                                 // BIRD exported so many more than the kernel has of it
  int64_t absent_ = 0;  // candidates of which the kernel has nothing, and that no filter is known to have kept from it
};

size_t SituationOf(BootTime answered, const BirdView& seen, const std::vector<Prefix>& expected) {
  std::vector<std::tuple<absl::string_view, PeerKind, IpAddress, bool>> peers;
  peers.reserve(seen.peers->size());
  for (const BgpPeer& peer : *seen.peers)
    peers.emplace_back(peer.name, peer.kind, peer.address.value_or(IpAddress()), peer.IsUp());
  return absl::HashOf(seen.routes_edition, answered, ExportedToKernel(seen), peers, expected);
}

}  // namespace

const std::vector<UnprogrammedRoute>& UnprogrammedRoutesOfAnswer::Find(const std::vector<BirdRoute>& bird_routes,
                                                                       BootTime answered, const BirdView& seen,
                                                                       const std::vector<Prefix>& expected) {
  const std::optional<size_t> situation =
      seen.routes_edition != 0 ? std::optional(SituationOf(answered, seen, expected)) : std::nullopt;
  if (!situation || situation != situation_) found_ = UnprogrammedRoutes(bird_routes, seen, expected);
  situation_ = situation;
  return found_;
}

std::vector<UnprogrammedRoute> UnprogrammedRoutes(const std::vector<BirdRoute>& bird_routes, const BirdView& seen,
                                                  const std::vector<Prefix>& expected) {
  return Comparison(bird_routes, seen, expected).Problems();
}

std::vector<Prefix> ForgottenNetworks(const std::vector<BirdRoute>& bird_routes, const BirdView& seen) {
  std::vector<Prefix> networks;
  for (const Route& route : *seen.routes)
    if (route.family() == seen.family && route.table == RT_TABLE_MAIN && OwnerOf(route) == RouteOwner::kKernel &&
        !route.gateway && !route.destination.IsSingleAddress())
      networks.push_back(route.destination);
  std::sort(networks.begin(), networks.end());
  absl::flat_hash_set<Prefix> known;
  for (const BirdRoute& route : bird_routes)
    if (std::binary_search(networks.begin(), networks.end(), route.destination)) known.insert(route.destination);
  std::erase_if(networks, [&](const Prefix& network) { return known.contains(network); });
  return networks;
}

}  // namespace caliwatch
