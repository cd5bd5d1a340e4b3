// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/judge_unprogrammed.h"

#include <utility>
#include <vector>

#include "lib/analysis/routes/ipip_tunnel.h"
#include "lib/analysis/routes/wireguard_routes.h"

namespace caliwatch {

Judgement JudgeUnprogrammed(
    const Evidence& evidence, RouteOwner owner,
    const std::function<Finding(const UnprogrammedRoute&, const LinkIndex&, absl::string_view)>& finding_of) {
  const Snapshot& node = evidence.now;
  std::vector<Finding> findings;
  absl::Status unread;
  for (const Family family : kFamilies) {
    const BirdRecollection& bird = evidence.before.birds[family];
    const absl::Status asked = FirstError({bird.table->status(), WhyUnread(evidence, family)});
    if (absl::IsNotFound(asked)) continue;
    const absl::Status missing =
        FirstError({asked, node.routes.status(), node.links.status(), node.addresses.status()});
    unread.Update(missing);
    if (!missing.ok() || bird.unprogrammed.empty()) continue;
    const LinkIndex& links = *std::get<absl::StatusOr<LinkIndex>>(evidence.derived);
    const absl::string_view trouble =
        family == Family::kIpv4 ? TroubleOfTunl0(*node.links, *node.addresses) : absl::string_view();
    const absl::flat_hash_set<Prefix> encrypted = EncryptedDestinations(node, links);
    for (const UnprogrammedRoute& route : bird.unprogrammed)
      if (route.owner == owner && !encrypted.contains(route.destination))
        findings.push_back(finding_of(route, links, trouble));
  }
  return Judged(std::move(findings), unread);
}

}  // namespace caliwatch
