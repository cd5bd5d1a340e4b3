// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "agent/config/agent_list.h"
#include "lib/model/prefix.h"

namespace caliwatch {

// One agent to ask.
struct AgentAddress {
  std::string address;    // "10.0.0.1:10179", "[2001:db8::1]:10179"
  std::string node = {};  // that has the address, as the cluster knows it; empty: whichever it says
  bool operator==(const AgentAddress&) const = default;
};

// "10.0.0.1:10179", "[2001:db8::1]:10179".
std::string WithPort(const IpAddress& address, int port);

// All addresses of the hosts, with their ports, as far as names are found. It takes as long as this machine's resolver
// does. What cannot be found is told in `problems`.
std::vector<AgentAddress> LookUpAgents(const std::vector<AgentList::Host>& hosts, std::vector<std::string>& problems);

}  // namespace caliwatch
