// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/bird_leftovers.h"

namespace caliwatch {
namespace {

constexpr size_t kNamed = 3;

std::string DetailOf(const std::vector<const Route*>& routes) {
  std::string named;
  for (size_t i = 0; i < std::min(routes.size(), kNamed); ++i)
    absl::StrAppend(&named, i == 0 ? "" : ", ", routes[i]->destination.ToString());
  return absl::StrCat("has no control socket here, and is not missed; ", routes.size(),
                      routes.size() == 1 ? " route is" : " routes are", " left over of it in the kernel: ", named,
                      routes.size() > kNamed ? ", …" : "");
}

std::vector<Finding> LeftOver(const Evidence& evidence, const std::vector<Route>& routes) {
  std::vector<Finding> findings;
  for (const Family family : kFamilies) {
    const bool absent = absl::IsNotFound(evidence.now.birds[family].status.status());
    if (!absent || evidence.before.birds[family].expected) continue;
    const std::vector<const Route*> left = RoutesOfBird(routes, family);
    if (!left.empty()) findings.push_back({FamilyWide::kBird, family, DetailOf(left)});
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  return {Look(absl::StrCat(Ip(finding.family.value_or(Family::kIpv4)), " route show proto bird"))};
}

const RegisterCheck registered(
    {
        .name = "bird_routes_left_over",
        .severity = Severity::kInfo,
        .summary = "Routes of a BIRD that is not meant to run here any more are still in the kernel.",
        .impact = "None as a rule; an address that gets a new owner behind such a route is not reached from this node.",
        .meaning = "BIRD leaves its routes in the kernel when it ends, and nobody removes them before the next boot. "
                   "On a node that was moved to VXLAN, or to policies alone, they are left over: Felix' blocks hold "
                   "the pods, and Calico's BIRD has no control socket. A BIRD of the host's own, apart from Calico, "
                   "makes such routes as well.",
        .remedy = "They go with the next boot. Before it, `ip route show proto bird` (for IPv6 `ip -6`) lists them; "
                  "none of them is needed where Calico runs without BGP.",
        .says = "is gone, and has left routes behind",
    },
    JudgeNode(LeftOver), CommandsOf);

}  // namespace
}  // namespace caliwatch
