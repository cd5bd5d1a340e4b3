// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/http_message.h"
#include "agent/http/pages.h"

namespace caliwatch {

// "/cluster": the last look at all nodes, with its age; what to set, where the agent looks at none.
HttpResponse ClusterPageAnswer(const HttpRequest& request, const Site& site);
// "/api/v1/cluster": the same as docs/cluster.schema.json says; 503 before the first look, 404 where there are none.
HttpResponse ClusterJsonAnswer(const HttpRequest& request, const Site& site);

}  // namespace caliwatch
