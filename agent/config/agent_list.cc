// SPDX-License-Identifier: Apache-2.0
#include "agent/config/agent_list.h"

#include <algorithm>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include "lib/model/prefix.h"
#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

absl::Status NotAnAgent(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "'", Printable(text), "' names no agents: write nodes, nodes:PORT, or HOST:PORT, several with commas between"));
}

bool TakePort(absl::string_view digits, int& port) {
  return absl::SimpleAtoi(digits, &port) && port > 0 && port < 65536;
}

absl::StatusOr<AgentList::Host> HostFrom(absl::string_view text) {
  AgentList::Host host;
  if (const auto address = IpAddress::Parse(text); address.ok()) return AgentList::Host{std::string(text)};
  absl::string_view name = text;
  absl::ConsumePrefix(&name, "dns:");
  if (const size_t colon = name.rfind(':'); colon != absl::string_view::npos) {
    if (!TakePort(name.substr(colon + 1), host.port)) return NotAnAgent(text);
    name = name.substr(0, colon);
  }
  if (absl::ConsumePrefix(&name, "[") && !absl::ConsumeSuffix(&name, "]")) return NotAnAgent(text);
  const auto fits = [](char byte) {
    return absl::ascii_isalnum(static_cast<unsigned char>(byte)) || absl::StrContains("-._:", byte);
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), fits)) return NotAnAgent(text);
  host.name = std::string(name);
  return host;
}

}  // namespace

absl::StatusOr<AgentList> AgentListFrom(absl::string_view text) {
  AgentList list;
  absl::string_view port = text;
  if (absl::ConsumePrefix(&port, "nodes") && (port.empty() || port[0] == ':')) {
    list.by_nodes = true;
    if (!port.empty() && !TakePort(port.substr(1), list.port)) return NotAnAgent(text);
    return list;
  }
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    absl::StatusOr<AgentList::Host> host = HostFrom(absl::StripAsciiWhitespace(part));
    if (!host.ok()) return host.status();
    list.hosts.push_back(*std::move(host));
  }
  if (list.hosts.empty()) return NotAnAgent(text);
  return list;
}

absl::StatusOr<AgentList> NamedAgentsFrom(absl::string_view text) {
  absl::StatusOr<AgentList> list = AgentListFrom(text);
  if (list.ok() && list->by_nodes)
    return absl::InvalidArgumentError("'nodes' takes a Kubernetes API: write dns:NAME or addresses");
  return list;
}

}  // namespace caliwatch
