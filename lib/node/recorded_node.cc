// SPDX-License-Identifier: Apache-2.0
#include "lib/node/recorded_node.h"

#include <utility>

#include <absl/status/status.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

namespace caliwatch {
namespace {

constexpr size_t kMostDumpBytes = size_t{256} << 20;   // of two million routes
constexpr size_t kMostAnswerBytes = size_t{64} << 20;  // as BirdLimits has it
constexpr size_t kMostStateBytes = size_t{32} << 20;   // as the agent reads
constexpr size_t kMostTextBytes = 1 << 20;

absl::StatusOr<RecordingHead> HeadOf(const absl::StatusOr<UntrustedFolder>& folder, absl::string_view shown) {
  const std::string path = absl::StrCat(shown, "/", kRecordingHeadFile);
  absl::StatusOr<std::string> text =
      folder.ok() ? folder->Read(kRecordingHeadFile, kMostTextBytes) : absl::StatusOr<std::string>(folder.status());
  if (absl::IsNotFound(text.status()))
    return absl::NotFoundError(absl::StrCat(shown, " is no finished recording: there is no ", path));
  if (!text.ok()) return text.status();
  absl::StatusOr<RecordingHead> head = RecordingHeadFrom(*text);
  if (!head.ok())
    return absl::Status(head.status().code(), absl::StrCat("cannot play ", path, ": ", head.status().message()));
  return head;
}

}  // namespace

RecordedNode::RecordedNode(const std::string& folder) : RecordedNode(UntrustedFolder::Open(folder), folder) {}

RecordedNode::RecordedNode(absl::StatusOr<UntrustedFolder> folder, absl::string_view path)
    : folder_(std::move(folder)), head_(HeadOf(folder_, path)) {}

absl::StatusOr<absl::Time> RecordedNode::TakenAt() const {
  if (!head_.ok()) return head_.status();
  return head_->taken_at;
}

absl::Status RecordedNode::Dump(KernelTable table, OnMessage on_message) {
  const std::string path = RecordedPath(table);
  absl::StatusOr<std::string> dump = Read(path, kMostDumpBytes);
  if (!dump.ok()) return dump.status();
  for (size_t at = 0; at < dump->size();) {
    const auto* message = reinterpret_cast<const nlmsghdr*>(dump->data() + at);
    if (!NLMSG_OK(message, dump->size() - at))
      return absl::DataLossError(absl::StrCat(Full(path), " is damaged at byte ", at, " of ", dump->size(),
                                              ": no whole netlink message begins there"));
    on_message(*message);
    at += NLMSG_ALIGN(message->nlmsg_len);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> RecordedNode::AskBird(BirdDaemon daemon, BirdQuestion question) {
  return Read(RecordedPath(daemon, question), kMostAnswerBytes);
}

absl::StatusOr<BirdSocketInfo> RecordedNode::IdentifyBird(BirdDaemon daemon) {
  if (!head_.ok()) return head_.status();
  const std::string path = RecordedSocketPath(daemon);
  absl::StatusOr<std::string> text = folder_->Read(path, kMostTextBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<BirdSocketInfo> info = SocketFromRecorded(*text);
  if (!info.ok()) return absl::DataLossError(absl::StrCat(Full(path), " is damaged: ", info.status().message()));
  return info;
}

absl::StatusOr<std::string> RecordedNode::ReadText(TextSource file) { return Read(RecordedPath(file), kMostTextBytes); }

absl::StatusOr<std::string> RecordedNode::ReadAgentState() { return Read(kRecordedAgentState, kMostStateBytes); }

absl::StatusOr<std::vector<NamedFile>> RecordedNode::ReadEndpointFiles() {
  if (!head_.ok()) return head_.status();
  absl::StatusOr<std::vector<std::string>> names = folder_->List(kRecordedEndpointFolder, kMostEndpointFiles);
  if (absl::IsNotFound(names.status())) return ErrorOf(kRecordedEndpointFolder);
  if (!names.ok()) return names.status();
  std::vector<NamedFile> files;
  size_t bytes = 0;
  for (absl::string_view recorded : *names) {
    absl::ConsumeSuffix(&recorded, kRecordedErrorSuffix);
    const std::string path = absl::StrCat(kRecordedEndpointFolder, "/", recorded);
    absl::StatusOr<std::string> name = NameFromRecorded(recorded);
    if (!name.ok())
      return absl::DataLossError(absl::StrCat(Full(path), " is no name of a recorded file: ", name.status().message()));
    files.push_back(
        {*std::move(name), bytes < kMostEndpointBytes ? Read(path, kMostEndpointFileBytes) : BeyondAll(Full(path))});
    bytes += files.back().content.ok() ? files.back().content->size() : 0;
  }
  return files;
}

std::unique_ptr<RecordedNode> RecordedNode::SecondLook() const {
  return std::make_unique<RecordedNode>(folder_.ok() ? folder_->Inner(kSecondLook) : folder_.status(),
                                        folder_.ok() ? Full(kSecondLook) : std::string(kSecondLook));
}

absl::StatusOr<std::string> RecordedNode::Read(absl::string_view path, size_t most_bytes) const {
  if (!head_.ok()) return head_.status();
  absl::StatusOr<std::string> content = folder_->Read(path, most_bytes);
  if (absl::IsNotFound(content.status())) return ErrorOf(path);
  return content;
}

absl::Status RecordedNode::ErrorOf(absl::string_view path) const {
  const std::string error_path = absl::StrCat(path, kRecordedErrorSuffix);
  absl::StatusOr<std::string> text = folder_->Read(error_path, kMostTextBytes);
  if (text.ok()) return ErrorFromRecorded(Full(error_path), *text);
  if (!absl::IsNotFound(text.status())) return text.status();
  const bool is_endpoint = absl::StartsWith(path, absl::StrCat(kRecordedEndpointFolder, "/"));
  if (!is_endpoint && !head_->Holds(path)) return absl::NotFoundError("it was not asked for when this was recorded");
  return absl::DataLossError(
      absl::StrCat("the recording is not complete: there is neither ", Full(path), " nor ", Full(error_path)));
}

absl::StatusOr<std::vector<std::unique_ptr<RecordedNode>>> OpenRecording(const std::string& folder) {
  std::vector<std::unique_ptr<RecordedNode>> looks;
  looks.push_back(std::make_unique<RecordedNode>(folder));
  if (!looks[0]->head().ok()) return looks[0]->head().status();
  if (looks[0]->head()->looks == 1) return looks;
  looks.push_back(looks[0]->SecondLook());
  if (!looks[1]->head().ok()) return looks[1]->head().status();
  if (looks[1]->head()->taken_at < looks[0]->head()->taken_at || looks[1]->head()->up < looks[0]->head()->up)
    return absl::DataLossError(absl::StrCat(folder, "/", kSecondLook, " was taken before ", folder));
  return looks;
}

}  // namespace caliwatch
