// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/strings/string_view.h>

#include "lib/model/kernel.h"

namespace caliwatch {

// What keeps the kernel from taking routes through tunl0, as words behind its name: "is not there", "is down", "has no
// address". Empty: nothing does. On a node without IPIP it is none of Calico's, and may be all of that.
absl::string_view TroubleOfTunl0(const std::vector<Link>& links, const std::vector<Address>& addresses);

}  // namespace caliwatch
