// SPDX-License-Identifier: Apache-2.0
#include "lib/node/recorded_node.h"

#include <limits>
#include <utility>

#include <absl/status/status.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include "lib/node/read_file.h"
#include "lib/node/recording_format.h"

namespace caliwatch {
namespace {

constexpr size_t kMostFileBytes = 1 << 30;  // a dump of some ten million routes

absl::StatusOr<absl::Time> TimeOf(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/", kRecordingHeadFile);
  absl::StatusOr<std::string> text = ReadRegularFile(path, kMostFileBytes);
  if (absl::IsNotFound(text.status()))
    return absl::NotFoundError(absl::StrCat(folder, " is no finished recording: there is no ", path));
  if (!text.ok()) return text.status();
  absl::StatusOr<RecordingHead> head = RecordingHeadFrom(*text);
  if (!head.ok())
    return absl::Status(head.status().code(), absl::StrCat("cannot play ", path, ": ", head.status().message()));
  return head->taken_at;
}

}  // namespace

RecordedNode::RecordedNode(std::string folder) : folder_(std::move(folder)), taken_at_(TimeOf(folder_)) {}

absl::Status RecordedNode::Dump(KernelTable table, OnMessage on_message) {
  const std::string path = RecordedPath(table);
  absl::StatusOr<std::string> dump = Read(path);
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
  return Read(RecordedPath(daemon, question));
}

absl::StatusOr<BirdSocketInfo> RecordedNode::IdentifyBird(BirdDaemon) {
  return absl::NotFoundError("a recording does not tell one BIRD from the next");
}

absl::StatusOr<std::string> RecordedNode::ReadText(TextSource file) {
  absl::StatusOr<std::string> text = Read(RecordedPath(file));
  // Recordings were made before Felix was asked.
  if (file == TextSource::kFelix && taken_at_.ok() && absl::IsDataLoss(text.status()))
    return absl::NotFoundError("Felix' health was not asked for when this was recorded");
  return text;
}

absl::StatusOr<std::vector<NamedFile>> RecordedNode::ReadEndpointFiles() {
  if (!taken_at_.ok()) return taken_at_.status();
  absl::StatusOr<std::vector<std::string>> names =
      ListFiles(Full(kRecordedEndpointFolder), std::numeric_limits<size_t>::max());
  if (absl::IsNotFound(names.status())) return ErrorOf(kRecordedEndpointFolder);
  if (!names.ok()) return names.status();
  std::vector<NamedFile> files;
  for (absl::string_view recorded : *names) {
    absl::ConsumeSuffix(&recorded, kRecordedErrorSuffix);
    const std::string path = absl::StrCat(kRecordedEndpointFolder, "/", recorded);
    absl::StatusOr<std::string> name = NameFromRecorded(recorded);
    if (!name.ok())
      return absl::DataLossError(absl::StrCat(Full(path), " is no name of a recorded file: ", name.status().message()));
    files.push_back({*std::move(name), Read(path)});
  }
  return files;
}

absl::StatusOr<std::string> RecordedNode::Read(absl::string_view path) const {
  if (!taken_at_.ok()) return taken_at_.status();
  absl::StatusOr<std::string> content = ReadRegularFile(Full(path), kMostFileBytes);
  if (absl::IsNotFound(content.status())) return ErrorOf(path);
  return content;
}

absl::Status RecordedNode::ErrorOf(absl::string_view path) const {
  const std::string error_path = absl::StrCat(Full(path), kRecordedErrorSuffix);
  absl::StatusOr<std::string> text = ReadRegularFile(error_path, kMostFileBytes);
  if (absl::IsNotFound(text.status()))
    return absl::DataLossError(
        absl::StrCat("the recording is not complete: there is neither ", Full(path), " nor ", error_path));
  if (!text.ok()) return text.status();
  return ErrorFromRecorded(error_path, *text);
}

std::string RecordedNode::Full(absl::string_view path) const { return absl::StrCat(folder_, "/", path); }

}  // namespace caliwatch
