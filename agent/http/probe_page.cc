// SPDX-License-Identifier: Apache-2.0
#include "agent/http/probe_page.h"

#include <algorithm>
#include <string>
#include <vector>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include "agent/http/answers.h"
#include "lib/decode/probe_answer.h"
#include "lib/node/agent_question.h"

namespace caliwatch {
namespace {

ProbeAnswer OwnAnswer(const Site& site, bool with_counts) {
  ProbeAnswer answer{.asks_others = site.heard_from != nullptr};
  const PublicationPtr latest = site.latest();
  if (!latest) return answer;
  const Report& report = latest->report;
  if (report.node_name.ok()) answer.node = *report.node_name;
  if (!report.this_node.tunnels.ok()) return answer;
  std::vector<std::string> devices;
  for (const NodeTunnel& tunnel : *report.this_node.tunnels) {
    for (const IpAddress& address : tunnel.addresses)
      if (answer.tunnel_addresses.size() < ProbeAnswer::kMostTunnels) answer.tunnel_addresses.push_back(address);
    if (devices.size() < ProbeAnswer::kMostTunnels) devices.push_back(tunnel.device);
  }
  if (with_counts && site.count_arrivals) answer.arrivals = site.count_arrivals(devices);
  return answer;
}

}  // namespace

HttpResponse ProbePage(const HttpRequest& request, const Site& site) {
  uint32_t size = 0;
  bool in_doubt = false, with_counts = false;
  for (absl::string_view word : absl::StrSplit(request.query, '&')) {
    in_doubt = in_doubt || word == "doubt=1";
    with_counts = with_counts || word == "counts=1";
    if (absl::ConsumePrefix(&word, "size=") && (!absl::SimpleAtoi(word, &size) || size > kLargestProbe))
      return TextAnswer(400, absl::StrCat("size is a number of bytes, ", kLargestProbe, " at most.\n"));
  }
  if (const auto asker = IpAddress::Parse(request.remote); asker.ok() && site.heard_from)
    site.heard_from(*asker, in_doubt);
  return TextAnswer(200, ProbeAnswerText(OwnAnswer(site, with_counts), size));
}

}  // namespace caliwatch
