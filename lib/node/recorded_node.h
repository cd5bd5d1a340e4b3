// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/node/raw_node.h"
#include "lib/node/recording_format.h"
#include "lib/node/untrusted_folder.h"

namespace caliwatch {

// Plays one look of a folder that RecordingNode wrote, errors included. What the folder should hold and lacks, or holds
// damaged, is DataLoss, naming the file; what was not asked for when it was made is NotFound. A folder that is no
// recording, or one of another format, gives head()'s error everywhere. A stranger may have made it: see
// UntrustedFolder.
class RecordedNode : public RawNode {
 public:
  explicit RecordedNode(const std::string& folder);
  // `path` is for errors.
  RecordedNode(absl::StatusOr<UntrustedFolder> folder, absl::string_view path);

  const absl::StatusOr<RecordingHead>& head() const { return head_; }
  absl::StatusOr<absl::Time> TakenAt() const;

  absl::Status Dump(KernelTable table, OnMessage on_message) override;
  absl::StatusOr<std::string> AskBird(BirdDaemon daemon, BirdQuestion question) override;
  absl::StatusOr<BirdSocketInfo> IdentifyBird(BirdDaemon daemon) override;
  absl::StatusOr<std::string> ReadText(TextSource file) override;
  absl::StatusOr<std::vector<NamedFile>> ReadEndpointFiles() override;

  // The text of the agent's state file. NotFound: the node had none, or nobody asked.
  absl::StatusOr<std::string> ReadAgentState();

  // The look that is recorded inside of this one.
  std::unique_ptr<RecordedNode> SecondLook() const;

 private:
  absl::StatusOr<std::string> Read(absl::string_view path, size_t most_bytes) const;
  absl::Status ErrorOf(absl::string_view path) const;
  std::string Full(absl::string_view path) const { return folder_->Full(path); }

  absl::StatusOr<UntrustedFolder> folder_;
  absl::StatusOr<RecordingHead> head_;
};

// All looks of a recording, in the order in which they were taken: one or two, the first never null. The errors are
// those of head(), and DataLoss: a look is older than the one before.
absl::StatusOr<std::vector<std::unique_ptr<RecordedNode>>> OpenRecording(const std::string& folder);

}  // namespace caliwatch
