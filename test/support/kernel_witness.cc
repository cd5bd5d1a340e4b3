// SPDX-License-Identifier: Apache-2.0
#include "test/support/kernel_witness.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "test/support/own_namespace.h"

namespace caliwatch {
namespace {

using nlohmann::json;

json Ip(const std::string& command) { return json::parse(OutputOf(command)); }

bool Has(const json& list, const char* word) { return std::find(list.begin(), list.end(), word) != list.end(); }

std::string If(bool condition, absl::string_view words) { return condition ? absl::StrCat(" ", words) : ""; }

std::string Text(const json& object, const char* key, const std::string& otherwise) {
  return object.value(key, otherwise);
}

// "default" and "10.65.0.1" as the prefixes they mean.
std::string WithLength(const std::string& destination, bool ipv6) {
  if (destination == "default") return ipv6 ? "::/0" : "0.0.0.0/0";
  if (absl::StrContains(destination, '/')) return destination;
  return destination + (ipv6 ? "/128" : "/32");
}

// Where a route, or one path of it, leads to.
std::string Way(const json& path) {
  const std::string gateway =
      path.contains("via") ? path["via"]["host"].get<std::string>() : Text(path, "gateway", "-");
  return absl::StrCat(" dev ", Text(path, "dev", "-"), " via ", gateway, If(Has(path["flags"], "onlink"), "onlink"),
                      If(Has(path["flags"], "linkdown"), "linkdown"), If(Has(path["flags"], "dead"), "dead"));
}

std::string MtuText(const json& route) {
  for (const json& metric : route.value("metrics", json::array()))
    if (metric.contains("mtu")) return absl::StrCat(metric["mtu"].get<int>());
  return "0";
}

void AddRoutes(bool ipv6, Lines& lines) {
  for (const json& route :
       Ip(absl::StrCat("ip ", ipv6 ? "-6" : "-4", " -json -Numeric -details route show table all"))) {
    const std::string key =
        absl::StrCat(WithLength(route["dst"], ipv6), " table ", Text(route, "table", "254"), " type ",
                     Text(route, "type", "1"), " protocol ", Text(route, "protocol", "-"), " scope ",
                     Text(route, "scope", "0"), " metric ", route.value("metric", 0u), " nexthop ",
                     route.value("nhid", 0), " mtu ", MtuText(route), " expires ", route.value("expires", -1));
    const json paths = route.contains("nexthops") ? route["nexthops"] : json::array({route});
    for (size_t path = 0; path < paths.size(); ++path)
      lines.insert(absl::StrCat(key, " path ", path, Way(paths[path])));
  }
}

std::string NumberIn(const std::filesystem::path& file) {
  std::string number = "-";
  std::ifstream(file) >> number;
  return number;
}

std::string VxlanText(const json& data) {
  if (data.value("external", false)) return " flow-based";
  const std::string local = data.contains("local6") ? data["local6"].get<std::string>() : Text(data, "local", "-");
  return absl::StrCat(" id ", data["id"].get<int>(), " local ", local, " parent ", Text(data, "link", "-"), " port ",
                      data["port"].get<int>(), If(data["learning"].get<bool>(), "learning"));
}

std::string Ipv6Switches(const std::string& link) {
  const std::filesystem::path folder = "/proc/sys/net/ipv6/conf/" + link;
  return absl::StrCat(" ipv6 forwarding ", NumberIn(folder / "forwarding"), " accept_ra ",
                      NumberIn(folder / "accept_ra"));
}

std::string LifetimeText(const json& address) {
  return absl::StrCat(" valid ", address["valid_life_time"].get<uint32_t>(), " preferred ",
                      address["preferred_life_time"].get<uint32_t>());
}

std::string PrefixText(const json& rule, const char* address, const char* length) {
  const std::string text = Text(rule, address, "all");
  if (text == "all") return text;
  return absl::StrCat(text, "/", rule.value(length, absl::StrContains(text, ':') ? 128 : 32));
}

std::string HexText(const json& rule, const char* key, const std::string& otherwise) {
  return absl::StrCat(std::stoul(Text(rule, key, otherwise), nullptr, 0));
}

void AddRules(bool ipv6, Lines& lines) {
  for (const json& rule : Ip(absl::StrCat("ip ", ipv6 ? "-6" : "-4", " -json -Numeric -details rule show"))) {
    const std::string mask = rule.contains("fwmark") ? "0xffffffff" : "0";  // iproute2 leaves a whole one out
    lines.insert(absl::StrCat(ipv6 ? "ipv6 " : "ipv4 ", rule["priority"].get<uint32_t>(), " table ",
                              Text(rule, "table", "0"), If(rule.contains("not"), "not"), " mark ",
                              HexText(rule, "fwmark", "0"), "/", HexText(rule, "fwmask", mask), " from ",
                              PrefixText(rule, "src", "srclen"), " to ", PrefixText(rule, "dst", "dstlen"), " in ",
                              Text(rule, "iif", "-"), " out ", Text(rule, "oif", "-"), " protocol ",
                              Text(rule, "protocol", "-"), " suppress ", rule.value("suppress_prefixlen", -1)));
  }
}

std::string CountsText(const json& counts, const char* more) {
  return absl::StrCat(counts["packets"].get<uint64_t>(), " packets ", counts["bytes"].get<uint64_t>(), " bytes ",
                      counts["errors"].get<uint64_t>(), " errors ", counts["dropped"].get<uint64_t>(), " dropped",
                      more == nullptr ? "" : absl::StrCat(" ", counts[more].get<uint64_t>(), " ", more));
}

// A tunnel's hardware address, which iproute2 shows in the same place, is an IP address.
std::string EthernetOnly(const std::string& address) {
  return address.size() == std::string("00:00:00:00:00:00").size() ? address : "-";
}

}  // namespace

Lines LinksOfIp() {
  Lines lines;
  for (const json& link : Ip("ip -json -details link show")) {
    const json info = link.value("linkinfo", json::object());
    const std::string mac = EthernetOnly(Text(link, "address", "-"));
    const bool vxlan = Text(info, "info_kind", "-") == "vxlan";
    const bool running = Has(link["flags"], "UP") && !Has(link["flags"], "NO-CARRIER");
    lines.insert(absl::StrCat(link["ifindex"].get<int>(), " ", Text(link, "ifname", "-"), " ",
                              Text(info, "info_kind", "-"), If(Has(link["flags"], "UP"), "up"),
                              If(Has(link["flags"], "LOWER_UP"), "carrier"), " mtu ", link["mtu"].get<int>(),
                              " master ", Text(link, "master", "-"), " mac ", mac, " netns ",
                              link.value("link_netnsid", -1), If(running, "running"),
                              vxlan ? VxlanText(info["info_data"]) : "", Ipv6Switches(link["ifname"])));
  }
  return lines;
}

Lines AddressesOfIp() {
  Lines lines;
  for (const json& link : Ip("ip -json -Numeric address show"))
    for (const json& address : link["addr_info"])
      lines.insert(absl::StrCat(Text(link, "ifname", "-"), " ", Text(address, "local", "-"), "/",
                                address["prefixlen"].get<int>(), " scope ", Text(address, "scope", "-"),
                                If(address.contains("tentative"), "tentative"), If(address.contains("nodad"), "nodad"),
                                If(address.contains("noprefixroute"), "noprefixroute"), LifetimeText(address)));
  return lines;
}

Lines RoutesOfIp() {
  Lines lines;
  for (const bool ipv6 : {false, true}) AddRoutes(ipv6, lines);
  return lines;
}

Lines NeighborsOfIp() {
  Lines lines;
  for (const json& neighbor : Ip("ip -json neighbor show nud all"))
    lines.insert(absl::StrCat(
        Text(neighbor, "dst", "-"), " dev ", Text(neighbor, "dev", "-"), " mac ", Text(neighbor, "lladdr", "-"), " ",
        absl::AsciiStrToLower(neighbor["state"].empty() ? "none" : std::string(neighbor["state"][0])),
        If(neighbor.contains("router"), "router"), If(neighbor.contains("extern_learn"), "external")));
  return lines;
}

Lines FdbOfIp() {
  Lines lines;
  for (const json& entry : Ip("bridge -json fdb show"))
    lines.insert(absl::StrCat(Text(entry, "mac", "-"), " dev ", Text(entry, "ifname", "-"), " dst ",
                              Text(entry, "dst", "-"), " ", Text(entry, "state", "-"),
                              If(Has(entry["flags"], "self"), "self")));
  return lines;
}

Lines LimitsOfIp() {
  std::set<std::string> lines;  // the kernel may tell of a table twice
  for (const json& table : Ip("ip -json -statistics ntable show"))
    if (table.contains("thresh3"))
      lines.insert(absl::StrCat(table["family"] == "inet6" ? "ipv6 " : "ipv4 ", table["thresh2"].get<int>(), " ",
                                table["thresh3"].get<int>()));
  return Lines(lines.begin(), lines.end());
}

Lines RulesOfIp() {
  Lines lines;
  for (const bool ipv6 : {false, true}) AddRules(ipv6, lines);
  return lines;
}

Lines StatsOfIp() {
  Lines lines;
  for (const json& link : Ip("ip -json -statistics link show"))
    lines.insert(absl::StrCat(Text(link, "ifname", "-"), " received ", CountsText(link["stats64"]["rx"], nullptr),
                              " sent ", CountsText(link["stats64"]["tx"], "carrier_errors")));
  return lines;
}

Lines SwitchesOfProc() {
  Lines lines;
  for (const char* family : {"ipv4", "ipv6"}) {
    const bool ipv6 = std::string(family) == "ipv6";
    for (const auto& folder : std::filesystem::directory_iterator(absl::StrCat("/proc/sys/net/", family, "/conf")))
      lines.insert(absl::StrCat(family, " ", folder.path().filename().string(), " forwarding ",
                                NumberIn(folder.path() / "forwarding"), " rp_filter ",
                                ipv6 ? "-" : NumberIn(folder.path() / "rp_filter"), " proxy ",
                                NumberIn(folder.path() / (ipv6 ? "proxy_ndp" : "proxy_arp"))));
  }
  return lines;
}

}  // namespace caliwatch
