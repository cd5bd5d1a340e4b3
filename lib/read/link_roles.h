// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/model/snapshot.h"

namespace caliwatch {

// Sets what each link is to Calico. A workload's is one that endpoint-status names, or that is called as Calico calls
// them there: by its prefix (InterfacePrefix, "cali" unless set) and eleven hex digits; without endpoint-status, one
// with a prefix of a known platform that a host route leads to. `before`, the poll before or null: what was a
// workload's then remains so while it exists, since Felix removes the file of an interface that is down.
void AssignRoles(std::vector<Link>& links, const Table<Endpoint>& endpoints, const Table<Route>& routes,
                 const Table<Link>* before);

}  // namespace caliwatch
