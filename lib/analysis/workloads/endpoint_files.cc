// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/endpoint_files.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

namespace caliwatch {
namespace {

// Of one workload interface: where routes of table main lead to.
struct Lead {
  std::vector<IpAddress> to;
  bool has_metric = false;
};

using Leads = absl::flat_hash_map<int, Lead>;  // by link
using Files = absl::flat_hash_map<absl::string_view, std::vector<const Endpoint*>>;

Leads LeadsOf(const HostRoutes& routes, const std::vector<Link>& links) {
  Leads leads;
  for (const Link& link : links)
    if (link.IsWorkload()) leads[link.index];
  for (const auto& [address, ways] : routes.by_address())
    for (const Route* route : ways)
      if (const auto lead = leads.find(route->link); lead != leads.end() && !route->gateway) {
        lead->second.to.push_back(address);
        // Of IPv6 the kernel gives every route one.
        lead->second.has_metric |= route->metric != 0 && route->family() == Family::kIpv4;
      }
  return leads;
}

// Other plugins wire their pods in other ways.
Files FilesOf(const std::vector<Endpoint>& endpoints) {
  Files files;
  for (const Endpoint& endpoint : endpoints)
    if (!endpoint.interface.empty()) files[endpoint.interface].push_back(&endpoint);
  return files;
}

// What a pod that has ended had may have been given to the next.
absl::flat_hash_set<IpAddress> AddressesOf(const std::vector<Endpoint>& endpoints,
                                           const absl::flat_hash_set<absl::string_view>& present) {
  absl::flat_hash_set<IpAddress> addresses;
  for (const Endpoint& endpoint : endpoints)
    if (present.contains(endpoint.interface))
      for (const Prefix& prefix : endpoint.prefixes) addresses.insert(prefix.address);
  return addresses;
}

// Networks longer than one address lead elsewhere.
bool IsRouted(const std::vector<const Endpoint*>& files, const HostRoutes& routes) {
  return std::any_of(files.begin(), files.end(), [&](const Endpoint* file) {
    return file->prefixes.empty() || std::any_of(file->prefixes.begin(), file->prefixes.end(), [&](const Prefix& one) {
             return !one.IsSingleAddress() || !routes.To(one.address).empty();
           });
  });
}

std::optional<FileDoubt> DoubtOf(const Link& link, const Lead& lead, const Files& files, const HostRoutes& routes,
                                 const absl::flat_hash_set<IpAddress>& addresses, bool tell_all) {
  const bool leads_elsewhere =
      std::any_of(lead.to.begin(), lead.to.end(), [&](const IpAddress& to) { return !addresses.contains(to); });
  if (!link.running || !leads_elsewhere) return std::nullopt;
  const auto named = files.find(link.name);
  if (named == files.end()) return tell_all ? std::optional(FileDoubt::kNoFile) : std::nullopt;
  return IsRouted(named->second, routes) ? std::nullopt : std::optional(FileDoubt::kOtherAddress);
}

}  // namespace

absl::StatusOr<EndpointFiles> EndpointFilesOf(const Table<Endpoint>& endpoints, const Table<Link>& links,
                                              const absl::StatusOr<HostRoutes>& routes) {
  if (absl::IsNotFound(endpoints.status())) return EndpointFiles{};
  for (const absl::Status& status : {endpoints.status(), links.status(), routes.status()})
    if (!status.ok()) return status;
  const Files files = FilesOf(*endpoints);
  EndpointFiles result;
  result.with_interface = files.size();
  if (files.empty()) return result;
  const Leads leads = LeadsOf(*routes, *links);
  // Under VPP Calico names interfaces that the kernel never has. One alone may just have been lost.
  if (leads.empty() && files.size() > 1) return result;
  absl::flat_hash_set<absl::string_view> present;
  for (const Link& link : *links) present.insert(link.name);
  const absl::flat_hash_set<IpAddress> addresses = AddressesOf(*endpoints, present);
  // One that cannot be read may name any interface.
  const bool tell_all = std::none_of(endpoints->begin(), endpoints->end(),
                                     [](const Endpoint& endpoint) { return endpoint.interface.empty(); });
  for (const Link& link : *links) {
    const auto lead = leads.find(link.index);
    if (lead == leads.end()) continue;
    result.has_metrics |= lead->second.has_metric;
    if (const auto doubt = DoubtOf(link, lead->second, files, *routes, addresses, tell_all))
      result.doubts[link.name] = *doubt;
  }
  for (const auto& [interface, of] : files)
    if (!present.contains(interface)) result.doubts[std::string(interface)] = FileDoubt::kNoInterface;
  return result;
}

}  // namespace caliwatch
