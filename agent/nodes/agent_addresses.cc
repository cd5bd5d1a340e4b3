// SPDX-License-Identifier: Apache-2.0
#include "agent/nodes/agent_addresses.h"

#include <memory>

#include <absl/strings/str_cat.h>
#include <netdb.h>
#include <sys/socket.h>

namespace caliwatch {
namespace {

std::vector<AgentAddress> LookUp(const AgentList::Host& host, std::vector<std::string>& problems) {
  addrinfo wanted{};
  wanted.ai_flags = AI_ADDRCONFIG;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.name.c_str(), nullptr, &wanted, &found); error != 0) {
    problems.push_back(absl::StrCat("agents: ", host.name, " is not found: ", gai_strerror(error)));
    return {};
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
  std::vector<AgentAddress> agents;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (each->ai_family == AF_INET)
      agents.push_back(
          {WithPort(IpAddress::FromBytes(Family::kIpv4, &reinterpret_cast<const sockaddr_in*>(each->ai_addr)->sin_addr),
                    host.port)});
    if (each->ai_family == AF_INET6)
      agents.push_back({WithPort(
          IpAddress::FromBytes(Family::kIpv6, &reinterpret_cast<const sockaddr_in6*>(each->ai_addr)->sin6_addr),
          host.port)});
  }
  return agents;
}

}  // namespace

std::string WithPort(const IpAddress& address, int port) {
  const bool is_ipv6 = address.family == Family::kIpv6;
  return absl::StrCat(is_ipv6 ? "[" : "", address.ToString(), is_ipv6 ? "]" : "", ":", port);
}

std::vector<AgentAddress> LookUpAgents(const std::vector<AgentList::Host>& hosts, std::vector<std::string>& problems) {
  std::vector<AgentAddress> agents;
  for (const AgentList::Host& host : hosts)
    for (AgentAddress& found : LookUp(host, problems)) agents.push_back(std::move(found));
  return agents;
}

}  // namespace caliwatch
