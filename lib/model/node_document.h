// SPDX-License-Identifier: Apache-2.0
#pragma once

// A node as its agent tells it to others: docs/node.schema.json. It is the word of a stranger, and says nothing of any
// other machine but that. Absent: the agent does not know. Durations are by the agent's own clock.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "lib/model/kernel.h"
#include "lib/model/per_family.h"
#include "lib/model/prefix.h"

namespace caliwatch {

// A BGP session, as this end's BIRD has it.
struct ToldSession {
  Family family = Family::kIpv4;
  std::string protocol, kind;                      // BIRD's name of it, ToString(PeerKind)
  std::optional<IpAddress> peer = {}, local = {};  // `local`: while it is up
  std::optional<uint32_t> peer_as = {}, local_as = {};
  bool up = false;
  std::string state = {};  // BGP's, as BIRD calls it
  bool passive = false;
  std::optional<absl::Duration> hold = {};    // the hold time that both ends agreed on
  std::optional<absl::Duration> lasted = {};  // for how long it has been up, or not up

  bool operator==(const ToldSession&) const = default;
};

// Another node, as this one reaches it.
struct ToldNode {
  Family family = Family::kIpv4;
  std::optional<IpAddress> address, tunnel_address;  // as of RemoteNode
  std::string way;                                   // ToString(NodeWay)
  uint32_t blocks = 0;

  bool operator==(const ToldNode&) const = default;
};

struct ToldTunnel {
  std::string interface, way;
  bool up = false;
  std::optional<uint32_t> mtu = {};
  std::optional<std::string> mac = {};
  std::vector<IpAddress> addresses = {};

  bool operator==(const ToldTunnel&) const = default;
};

struct ToldAddress {
  IpAddress address;
  std::string interface;
  bool is_tunnel = false;
  std::optional<uint32_t> mtu = {};

  bool operator==(const ToldAddress&) const = default;
};

// A finding of the node's own checks that nothing explains there.
struct ToldFinding {
  std::string severity, check, subject;
  absl::Duration lasted;
  uint64_t effects = 0;  // findings that it explains there

  bool operator==(const ToldFinding&) const = default;
};

struct ToldBird {
  bool answers = false;
  std::string version, router_id;  // empty: unknown

  bool operator==(const ToldBird&) const = default;
};

struct ToldWorkloads {
  uint64_t addresses = 0;
  std::string digest;  // of all of them: another one where anything about them changed

  bool operator==(const ToldWorkloads&) const = default;
};

// As docs/node.schema.json has it; absent also of an agent that did not tell it yet.
struct ToldBehaviour {
  std::optional<std::string> endpoint_files = {};
  std::optional<uint32_t> pod_route_metric = {}, rp_filter = {};
  std::optional<std::string> block_routes_by = {};  // "bird", "bird+felix"
  PerFamily<std::optional<uint32_t>> neighbor_limit;
};

struct NodeDocument {
  std::string node;  // its name; empty: unknown
  absl::Time taken_at, booted;
  std::string version, kernel;                  // caliwatch's and the kernel's; empty: unknown
  PerFamily<std::optional<IpAddress>> address;  // by which the others reach it
  std::optional<std::vector<ToldAddress>> own_addresses = {};
  std::optional<std::vector<ToldTunnel>> tunnels = {};
  std::optional<uint32_t> workload_mtu = {}, as = {};
  ToldBehaviour behaviour;
  PerFamily<std::optional<ToldBird>> birds;  // absent: it runs none
  std::vector<ToldSession> sessions = {};    // of the BIRDs that answer
  std::optional<std::vector<ToldNode>> others = {};
  std::optional<std::vector<Prefix>> blocks = {};
  std::optional<ToldWorkloads> workloads = {};
  std::string outcome;                     // ToString(Outcome)
  std::vector<ToldFinding> findings = {};  // the most important first
  // How many more there are of each list.
  uint64_t more_own_addresses = 0, more_sessions = 0, more_others = 0, more_findings = 0;
};

}  // namespace caliwatch
