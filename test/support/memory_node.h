// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lib/model/snapshot.h"
#include "lib/node/raw_node.h"

namespace caliwatch {

// A node made of what it answers. What it has no answer for is NotFound; a kernel table, empty.
struct MemoryNode : RawNode {
  absl::Status Dump(KernelTable table, OnMessage on_message) override;
  absl::StatusOr<std::string> AskBird(BirdDaemon daemon, BirdQuestion question) override;
  absl::StatusOr<BirdSocketInfo> IdentifyBird(BirdDaemon daemon) override;
  absl::StatusOr<std::string> ReadText(TextSource file) override;
  absl::StatusOr<std::vector<NamedFile>> ReadEndpointFiles() override;

  std::map<KernelTable, std::vector<std::string>> messages;  // each one whole netlink message
  std::map<std::pair<BirdDaemon, BirdQuestion>, absl::StatusOr<std::string>> answers;
  std::map<BirdDaemon, BirdSocketInfo> bird_facts;
  std::map<TextSource, absl::StatusOr<std::string>> files;
  absl::StatusOr<std::vector<NamedFile>> endpoint_files = absl::NotFoundError("no endpoint-status here");
  std::vector<std::string> asked;  // each question, as "routes", "bird: show status", "mtu", "endpoint-status"
};

// What AskFelix() gives for answers with these codes and no table.
std::string FelixAnswers(int readiness = 200, int liveness = 200);

// A node of which every source can be read, with two rows in each kernel table, an established BIRD of either family
// and two endpoints.
MemoryNode ReadableNode();

// A message RTM_NEWROUTE of a route of the main table.
std::string RouteMessage(const Prefix& destination, int link);

// The names of the sources, as Snapshot::sources has them, of which `a` and `b` hold something else.
std::vector<std::string> DifferentSources(const Snapshot& a, const Snapshot& b);

}  // namespace caliwatch
