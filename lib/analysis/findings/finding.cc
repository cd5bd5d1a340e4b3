// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/finding.h"

#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

std::string WideText(FamilyWide wide, Family family) {
  const absl::string_view title = family == Family::kIpv4 ? "IPv4" : "IPv6";
  switch (wide) {
    case FamilyWide::kBird:
      return absl::StrCat("BIRD ", ToString(family));
    case FamilyWide::kForwarding:
      return absl::StrCat("all ", title);
    case FamilyWide::kWorkloadRoutes:
      return absl::StrCat("workloads ", ToString(family));
    case FamilyWide::kNeighborTable:
      break;
  }
  return std::string(title);
}

std::string TextOf(NodeWide thing) {
  switch (thing) {
    case NodeWide::kFelix:
      return "Felix";
    case NodeWide::kEndpointFiles:
      return "endpoint-status";
    case NodeWide::kCalicoFolders:
      return "Calico's folders";
    case NodeWide::kNode:
      break;
  }
  return "this node";
}

struct TextOfThing {
  std::optional<Family> family;

  std::string operator()(const IpAddress& address) const { return address.ToString(); }
  std::string operator()(const Prefix& prefix) const { return prefix.ToString(); }
  std::string operator()(const PodName& pod) const {
    return family ? absl::StrCat(pod.name, " ", ToString(*family)) : pod.name;
  }
  std::string operator()(NodeWide thing) const { return TextOf(thing); }
  std::string operator()(FamilyWide wide) const { return WideText(wide, family.value_or(Family::kIpv4)); }
  template <class Kind>
  std::string operator()(const Named<Kind>& named) const {
    return named.name;
  }
};

}  // namespace

std::optional<Family> FamilyOf(const Thing& thing) {
  if (const auto* address = std::get_if<IpAddress>(&thing)) return address->family;
  if (const auto* prefix = std::get_if<Prefix>(&thing)) return prefix->address.family;
  return std::nullopt;
}

std::string ThingText(const Thing& thing, std::optional<Family> family) {
  return std::visit(TextOfThing{family}, thing);
}

std::string SubjectText(const Finding& finding) { return ThingText(finding.subject, finding.family); }

std::vector<Thing> ThingsOf(const std::vector<IpAddress>& addresses) {
  return std::vector<Thing>(addresses.begin(), addresses.end());
}

std::vector<Thing> InterfacesOf(const std::vector<std::string>& names) {
  std::vector<Thing> things;
  things.reserve(names.size());
  for (const std::string& name : names) things.emplace_back(InterfaceName{name});
  return things;
}

}  // namespace caliwatch
