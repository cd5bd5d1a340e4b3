// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/node/raw_node.h"

namespace caliwatch {

// Plays a folder that RecordingNode wrote, errors included. What the folder lacks or holds damaged is DataLoss, naming
// the file; a folder that is no recording, or one of another format, gives TakenAt()'s error everywhere.
class RecordedNode : public RawNode {
 public:
  explicit RecordedNode(std::string folder);

  absl::StatusOr<absl::Time> TakenAt() const { return taken_at_; }

  absl::Status Dump(KernelTable table, OnMessage on_message) override;
  absl::StatusOr<std::string> AskBird(BirdDaemon daemon, BirdQuestion question) override;
  absl::StatusOr<BirdSocketInfo> IdentifyBird(BirdDaemon daemon) override;
  absl::StatusOr<std::string> ReadText(TextSource file) override;
  absl::StatusOr<std::vector<NamedFile>> ReadEndpointFiles() override;

 private:
  absl::StatusOr<std::string> Read(absl::string_view path) const;
  absl::Status ErrorOf(absl::string_view path) const;
  std::string Full(absl::string_view path) const;

  std::string folder_;
  absl::StatusOr<absl::Time> taken_at_;
};

}  // namespace caliwatch
