// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_set.h>

#include "lib/model/link_index.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

bool IsWireguard(const Link* link);

// Destinations that WireGuard's rule sends by its device before table main is asked: what main has for them, no packet
// sees. Empty where rules could not be read. `node` has routes.
absl::flat_hash_set<Prefix> EncryptedDestinations(const Snapshot& node, const LinkIndex& links);

}  // namespace caliwatch
