// SPDX-License-Identifier: Apache-2.0
#include "lib/node/recording_node.h"

#include <absl/memory/memory.h>
#include <absl/strings/str_cat.h>
#include <sys/utsname.h>

namespace caliwatch {

absl::StatusOr<std::unique_ptr<RecordingNode>> RecordingNode::Create(RawNode& node, const std::string& folder) {
  return Into(node, OwnFolder::Make(folder));
}

absl::StatusOr<std::unique_ptr<RecordingNode>> RecordingNode::CreateSecondLook(RawNode& node) const {
  return Into(node, folder_.MakeInner(std::string(kSecondLook)));
}

absl::StatusOr<std::unique_ptr<RecordingNode>> RecordingNode::Into(RawNode& node, absl::StatusOr<OwnFolder> folder) {
  if (!folder.ok()) return folder.status();
  for (const absl::string_view inner : {"kernel", "bird", "bird6", "calico", "agent"})
    if (absl::Status made = folder->MakeFolder(inner); !made.ok()) return made;
  return absl::WrapUnique(new RecordingNode(node, *std::move(folder)));
}

absl::Status RecordingNode::Dump(KernelTable table, OnMessage on_message) {
  std::string messages;
  absl::Status dumped = node_.Dump(table, [&](const nlmsghdr& message) {
    messages.append(reinterpret_cast<const char*>(&message), message.nlmsg_len);
    messages.resize(NLMSG_ALIGN(messages.size()));
    on_message(message);
  });
  Keep(RecordedPath(table), dumped.ok() ? absl::StatusOr<std::string>(std::move(messages)) : dumped);
  return dumped;
}

absl::StatusOr<std::string> RecordingNode::AskBird(BirdDaemon daemon, BirdQuestion question) {
  absl::StatusOr<std::string> answer = node_.AskBird(daemon, question);
  Keep(RecordedPath(daemon, question), answer);
  return answer;
}

absl::StatusOr<BirdSocketInfo> RecordingNode::IdentifyBird(BirdDaemon daemon) {
  absl::StatusOr<BirdSocketInfo> info = node_.IdentifyBird(daemon);
  Remove(RecordedSocketPath(daemon));
  if (info.ok()) Write(RecordedSocketPath(daemon), RecordedSocket(*info));
  return info;
}

absl::StatusOr<std::string> RecordingNode::ReadText(TextSource file) {
  absl::StatusOr<std::string> content = node_.ReadText(file);
  Keep(RecordedPath(file), content);
  return content;
}

absl::StatusOr<std::vector<NamedFile>> RecordingNode::ReadEndpointFiles() {
  absl::StatusOr<std::vector<NamedFile>> files = node_.ReadEndpointFiles();
  const std::string folder = std::string(kRecordedEndpointFolder);
  Remove(folder);
  if (!files.ok()) {
    Keep(folder, files.status());
    return files;
  }
  kept_[folder] = absl::OkStatus();
  Remove(absl::StrCat(folder, kRecordedErrorSuffix));
  written_.Update(folder_.MakeFolder(folder));
  for (const NamedFile& file : *files) KeepFile(absl::StrCat(folder, "/", RecordedName(file.name)), file.content);
  return files;
}

absl::Status RecordingNode::Finish(RecordingHead head) {
  if (!written_.ok()) return written_;
  head.holds.emplace();
  for (const auto& [path, status] : kept_) head.holds->insert(path);
  Write(kRecordingHeadFile, RecordingHeadText(head));
  return written_;
}

std::string RunningKernel() {
  utsname system{};
  uname(&system);
  return absl::StrCat(system.sysname, " ", system.release, " ", system.machine);
}

// The last word counts: an interrupted dump is asked for again.
void RecordingNode::Keep(const std::string& path, const absl::StatusOr<std::string>& said) {
  kept_[path] = said.status();
  KeepFile(path, said);
}

void RecordingNode::KeepFile(const std::string& path, const absl::StatusOr<std::string>& said) {
  const std::string error_path = absl::StrCat(path, kRecordedErrorSuffix);
  Remove(said.ok() ? error_path : path);
  if (said.ok())
    Write(path, *said);
  else
    Write(error_path, RecordedError(said.status()));
}

void RecordingNode::Write(absl::string_view path, absl::string_view content) {
  written_.Update(folder_.Write(path, content));
}

void RecordingNode::Remove(absl::string_view path) { written_.Update(folder_.Remove(path)); }

}  // namespace caliwatch
