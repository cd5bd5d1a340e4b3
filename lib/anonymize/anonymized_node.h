// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/anonymize/anonymizer.h"
#include "lib/node/raw_node.h"

namespace caliwatch {

// Passes another node through with other names and addresses, in errors, too. Both must outlive it.
class AnonymizedNode : public RawNode {
 public:
  AnonymizedNode(RawNode& node, const Anonymizer& anonymizer) : node_(node), anonymizer_(anonymizer) {}

  void ChooseBgpPorts(const std::vector<uint16_t>& ports) override { node_.ChooseBgpPorts(ports); }
  absl::Status Dump(KernelTable table, OnMessage on_message) override;
  absl::StatusOr<std::string> AskBird(BirdDaemon daemon, BirdQuestion question) override;
  absl::StatusOr<BirdSocketInfo> IdentifyBird(BirdDaemon daemon) override;
  absl::StatusOr<std::string> ReadText(TextSource file) override;
  absl::StatusOr<std::vector<NamedFile>> ReadEndpointFiles() override;

 private:
  RawNode& node_;
  const Anonymizer& anonymizer_;
};

}  // namespace caliwatch
