// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/node/own_folder.h"
#include "lib/node/raw_node.h"
#include "lib/node/recording_format.h"

namespace caliwatch {

// Passes another node through and keeps in a folder what it last said to each question, for RecordedNode to play. What
// it makes is for its owner's eyes only (0600, 0700): it names pods and addresses. Trouble with the folder never
// reaches who asks the node.
class RecordingNode : public RawNode {
 public:
  // Makes `folder`, with the errors of OwnFolder::Make(). `node` must outlive the result.
  static absl::StatusOr<std::unique_ptr<RecordingNode>> Create(RawNode& node, const std::string& folder);
  // The look that is recorded inside of this one.
  absl::StatusOr<std::unique_ptr<RecordingNode>> CreateSecondLook(RawNode& node) const;

  void ChooseBgpPorts(const std::vector<uint16_t>& ports) override { node_.ChooseBgpPorts(ports); }
  absl::Status Dump(KernelTable table, OnMessage on_message) override;
  absl::StatusOr<std::string> AskBird(BirdDaemon daemon, BirdQuestion question) override;
  absl::StatusOr<BirdSocketInfo> IdentifyBird(BirdDaemon daemon) override;
  absl::StatusOr<std::string> ReadText(TextSource file) override;
  absl::StatusOr<std::vector<NamedFile>> ReadEndpointFiles() override;

  // The text of the agent's state file, or why there is none.
  void KeepAgentState(const absl::StatusOr<std::string>& state) { Keep(std::string(kRecordedAgentState), state); }

  // What was asked for, by its path in the recording, and how that went.
  const std::map<std::string, absl::Status>& kept() const { return kept_; }

  // Makes it a recording with this head, whose `holds` it fills in; or says what could not be written.
  absl::Status Finish(RecordingHead head);

 private:
  RecordingNode(RawNode& node, OwnFolder folder) : node_(node), folder_(std::move(folder)) {}

  static absl::StatusOr<std::unique_ptr<RecordingNode>> Into(RawNode& node, absl::StatusOr<OwnFolder> folder);

  void Keep(const std::string& path, const absl::StatusOr<std::string>& said);
  void KeepFile(const std::string& path, const absl::StatusOr<std::string>& said);
  void Write(absl::string_view path, absl::string_view content);
  void Remove(absl::string_view path);

  RawNode& node_;
  OwnFolder folder_;
  std::map<std::string, absl::Status> kept_;
  absl::Status written_;  // the first error
};

// Of the running machine, as `uname -srm` prints it.
std::string RunningKernel();

}  // namespace caliwatch
