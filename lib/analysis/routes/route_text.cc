// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/route_text.h"

#include <absl/strings/str_cat.h>

#include "lib/model/route_protocol.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

// As ip-route(8) has it before a prefix.
std::string TypeBefore(uint8_t type) {
  const absl::string_view name = RouteTypeName(type);
  return name == "unicast" || name == "other" ? "" : absl::StrCat(name, " ");
}

std::string Way(const Route& route, const LinkIndex& links, absl::string_view by, absl::string_view on) {
  std::string way;
  if (route.gateway) absl::StrAppend(&way, by, route.gateway->ToString());
  if (const Link* link = links.Find(route.link)) absl::StrAppend(&way, on, ShellWord(link->name));
  return way;
}

}  // namespace

absl::string_view RouteTypeName(uint8_t type) {
  switch (type) {
    case RTN_UNICAST:
      return "unicast";
    case RTN_LOCAL:
      return "local";
    case RTN_BLACKHOLE:
      return "blackhole";
    case RTN_UNREACHABLE:
      return "unreachable";
    case RTN_PROHIBIT:
      return "prohibit";
    case RTN_THROW:
      return "throw";
    default:
      return "other";
  }
}

std::string DescribeRoute(const Route& route, const LinkIndex& links) {
  return absl::StrCat("a ", RouteProtocolName(route.protocol), " ", TypeBefore(route.type), "route",
                      Way(route, links, " by ", " on "));
}

std::string CommandToDelete(const Route& route, const LinkIndex& links) {
  return absl::StrCat(route.family() == Family::kIpv6 ? "ip -6 route del " : "ip route del ", TypeBefore(route.type),
                      route.destination.ToString(), Way(route, links, " via ", " dev "), " proto ",
                      RouteProtocolName(route.protocol),
                      route.metric == 0 ? "" : absl::StrCat(" metric ", route.metric));
}

}  // namespace caliwatch
