// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/http_message.h"
#include "agent/http/pages.h"

namespace caliwatch {

// "/api/v1/probe": what other nodes' agents ask for. `size=N` of the query fills the answer up to so many bytes, no
// more than kLargestProbe; `doubt=1` says that who asks doubts the way, `counts=1` asks for what the kernel has
// counted.
HttpResponse ProbePage(const HttpRequest& request, const Site& site);

}  // namespace caliwatch
