// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/http/http_message.h"
#include "agent/http/publication.h"
#include "lib/model/node_probe.h"
#include "lib/model/prefix.h"

namespace caliwatch {

// What the pages show; both functions are called by many threads at once.
struct Site {
  std::string telemetry_path;
  std::function<PublicationPtr()> latest;  // null before the first poll
  std::function<bool()> healthy;
  std::vector<std::string> allowed_hosts = {};     // names by which browsers may call this node, beside its own
  std::string grafana_url = {}, cluster_url = {};  // as of PageContext
  // That another node's agent has asked, and whether it doubts the way; empty: this one asks nobody itself.
  std::function<void(const IpAddress& asker, bool in_doubt)> heard_from = {};
  // As CountArrivals(), for another node's agent; empty: it is not told.
  std::function<std::optional<ArrivalCounts>(const std::vector<std::string>& devices)> count_arrivals = {};
  // What answers "/cluster" and "/api/v1/cluster"; empty: the agent looks at no other nodes.
  std::function<HttpResponse(const HttpRequest& request)> cluster = {};
};

// The answer to any request: 404 for a path nobody has, 405 for what is neither GET nor HEAD.
HttpResponse AnswerFor(const HttpRequest& request, const Site& site);

// The same of a server that only says how the agent is: 404 for all else.
HttpResponse HealthAnswerFor(const HttpRequest& request, const Site& site);

}  // namespace caliwatch
