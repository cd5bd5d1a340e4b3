// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/strings/string_view.h>

namespace caliwatch {

// Whether a request's Host is one that nobody else can have pointed at this node: an address, a name without a dot, the
// node's, or one of `allowed`. Any other name may be that of a foreign page, which had its name resolve to this node so
// that a browser lets it read what is here (DNS rebinding). No Host at all: no browser.
bool IsOwnHost(absl::string_view host, absl::string_view node_name, const std::vector<std::string>& allowed);

}  // namespace caliwatch
