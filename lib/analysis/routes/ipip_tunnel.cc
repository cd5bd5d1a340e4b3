// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/ipip_tunnel.h"

#include <algorithm>

namespace caliwatch {

absl::string_view TroubleOfTunl0(const std::vector<Link>& links, const std::vector<Address>& addresses) {
  const auto tunl0 = std::find_if(links.begin(), links.end(), [](const Link& link) { return link.name == "tunl0"; });
  if (tunl0 == links.end()) return "is not there";
  if (!tunl0->up) return "is down";
  const bool has_address = std::any_of(addresses.begin(), addresses.end(),
                                       [&](const Address& address) { return address.link == tunl0->index; });
  return has_address ? "" : "has no address";
}

}  // namespace caliwatch
