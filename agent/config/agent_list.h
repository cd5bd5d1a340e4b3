// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

namespace caliwatch {

// Which agents to ask: "nodes" or "nodes:PORT", by the cluster's Node objects; else names or addresses, several with
// commas between, "HOST:PORT" each, all addresses of a name (as of a headless Service), which may have "dns:" before
// it.
struct AgentList {
  static constexpr int kPort = 10179;  // where none is told

  bool by_nodes = false;
  int port = kPort;  // of by_nodes
  struct Host {
    std::string name;  // without brackets
    int port = kPort;
  };
  std::vector<Host> hosts = {};
};

absl::StatusOr<AgentList> AgentListFrom(absl::string_view text);
// The same for who asks no Kubernetes API: "nodes" is refused.
absl::StatusOr<AgentList> NamedAgentsFrom(absl::string_view text);

}  // namespace caliwatch
