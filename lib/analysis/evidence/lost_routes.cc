// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/lost_routes.h"

#include "lib/analysis/routes/ipip_tunnel.h"
#include "lib/analysis/routes/wireguard_routes.h"

namespace caliwatch {

LostRoutes RoutesLostBy(RouteOwner owner, const Evidence& evidence) {
  const Snapshot& node = evidence.now;
  LostRoutes lost;
  for (const Family family : kFamilies) {
    const BirdRecollection& bird = evidence.before.birds[family];
    const absl::Status asked = FirstError({bird.table->status(), WhyUnread(evidence, family)});
    if (absl::IsNotFound(asked)) continue;
    const absl::Status missing =
        FirstError({asked, node.routes.status(), node.links.status(), node.addresses.status()});
    lost.unread.Update(missing);
    if (!missing.ok() || bird.unprogrammed.empty()) continue;
    const absl::string_view trouble =
        family == Family::kIpv4 ? TroubleOfTunl0(*node.links, *node.addresses) : absl::string_view();
    const absl::flat_hash_set<Prefix> encrypted =
        EncryptedDestinations(node, *std::get<absl::StatusOr<LinkIndex>>(evidence.derived));
    for (const UnprogrammedRoute& route : bird.unprogrammed)
      if (route.owner == owner && !encrypted.contains(route.destination)) lost.rows.push_back({&route, trouble});
  }
  return lost;
}

}  // namespace caliwatch
