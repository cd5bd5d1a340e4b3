// SPDX-License-Identifier: Apache-2.0
#include "lib/read/link_roles.h"

#include <algorithm>
#include <optional>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/strings/ascii.h>
#include <absl/strings/string_view.h>

namespace caliwatch {
namespace {

// Of Amazon's CNI, Google's and Azure's, as the operator sets them, and of OpenStack.
constexpr absl::string_view kPlatformPrefixes[] = {"eni", "gke", "azv", "tap"};

using Names = absl::flat_hash_set<absl::string_view>;

// Kinds that connect a workload; everything else is the host's, whatever it is called.
bool ConnectsWorkload(const Link& link) { return link.kind == "veth" || link.kind == "netkit" || link.kind == "tun"; }

// "eni" of "eni12ab34cd56e"; empty: the name is not of that form.
absl::string_view PrefixOf(absl::string_view name) {
  constexpr size_t kDigits = 11;
  if (name.size() <= kDigits) return "";
  const absl::string_view digits = name.substr(name.size() - kDigits);
  return std::all_of(digits.begin(), digits.end(), absl::ascii_isxdigit) ? name.substr(0, name.size() - kDigits) : "";
}

Names NamesIn(const Table<Endpoint>& endpoints) {
  Names names;
  if (endpoints.ok())
    for (const Endpoint& endpoint : *endpoints)
      if (!endpoint.interface.empty()) names.insert(endpoint.interface);
  return names;
}

Names PrefixesOf(const Names& names) {
  Names prefixes;
  for (const absl::string_view name : names)
    if (const absl::string_view prefix = PrefixOf(name); !prefix.empty()) prefixes.insert(prefix);
  return prefixes;
}

absl::flat_hash_map<int, absl::string_view> WorkloadsOf(const Table<Link>* links) {
  absl::flat_hash_map<int, absl::string_view> names;
  if (links != nullptr && links->ok())
    for (const Link& link : **links)
      if (link.IsWorkload()) names[link.index] = link.name;
  return names;
}

bool LeadsHere(const Route& route, int link) {
  return route.link == link && route.table == RT_TABLE_MAIN && route.destination.IsSingleAddress() && !route.gateway;
}

class Roles {
 public:
  Roles(const Table<Endpoint>& endpoints, const Table<Route>& routes, const Table<Link>* before)
      : named_(NamesIn(endpoints)), prefixes_(PrefixesOf(named_)), before_(WorkloadsOf(before)), routes_(routes) {}

  bool IsWorkload(const Link& link) const {
    if (link.IsWorkload()) return true;  // by its name alone
    if (link.role == LinkRole::kTunnel || !ConnectsWorkload(link)) return false;
    if (named_.contains(link.name) || prefixes_.contains(PrefixOf(link.name))) return true;
    const auto earlier = before_.find(link.index);
    return (earlier != before_.end() && earlier->second == link.name) || (named_.empty() && IsOfPlatform(link));
  }

 private:
  bool IsOfPlatform(const Link& link) const {
    const absl::string_view prefix = PrefixOf(link.name);
    if (std::find(std::begin(kPlatformPrefixes), std::end(kPlatformPrefixes), prefix) == std::end(kPlatformPrefixes))
      return false;
    return routes_.ok() && std::any_of(routes_->begin(), routes_->end(),
                                       [&](const Route& route) { return LeadsHere(route, link.index); });
  }

  Names named_, prefixes_;
  absl::flat_hash_map<int, absl::string_view> before_;
  const Table<Route>& routes_;
};

}  // namespace

void AssignRoles(std::vector<Link>& links, const Table<Endpoint>& endpoints, const Table<Route>& routes,
                 const Table<Link>* before) {
  const Roles roles(endpoints, routes, before);
  for (Link& link : links)
    if (roles.IsWorkload(link)) link.role = LinkRole::kWorkload;
}

}  // namespace caliwatch
