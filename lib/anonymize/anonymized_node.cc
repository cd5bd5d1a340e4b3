// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/anonymized_node.h"

#include "lib/anonymize/anonymized_texts.h"
#include "lib/anonymize/netlink_message.h"

namespace caliwatch {

// Once the dump is over: the longer one takes, the likelier is it that the table changes meanwhile.
absl::Status AnonymizedNode::Dump(KernelTable table, OnMessage on_message) {
  std::string messages;
  const absl::Status dumped = node_.Dump(table, [&](const nlmsghdr& message) {
    messages.append(reinterpret_cast<const char*>(&message), message.nlmsg_len);
    messages.resize(NLMSG_ALIGN(messages.size()));
  });
  if (!dumped.ok()) return anonymizer_.Error(dumped);
  for (size_t at = 0; at < messages.size();) {
    const auto& message = *reinterpret_cast<const nlmsghdr*>(messages.data() + at);
    const std::string mapped = AnonymizedMessage(anonymizer_, table, message);
    if (!mapped.empty()) on_message(*reinterpret_cast<const nlmsghdr*>(mapped.data()));
    at += NLMSG_ALIGN(message.nlmsg_len);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> AnonymizedNode::AskBird(BirdDaemon daemon, BirdQuestion question) {
  const absl::StatusOr<std::string> answer = node_.AskBird(daemon, question);
  if (!answer.ok()) return anonymizer_.Error(answer.status());
  return AnonymizedAnswer(anonymizer_, *answer);
}

absl::StatusOr<BirdSocketInfo> AnonymizedNode::IdentifyBird(BirdDaemon daemon) {
  absl::StatusOr<BirdSocketInfo> info = node_.IdentifyBird(daemon);
  if (!info.ok()) return anonymizer_.Error(info.status());
  return info;
}

absl::StatusOr<std::string> AnonymizedNode::ReadText(TextSource file) {
  const absl::StatusOr<std::string> text = node_.ReadText(file);
  if (!text.ok()) return anonymizer_.Error(text.status());
  // A moment, which names nobody.
  return file == TextSource::kCniKubeconfig ? *text : anonymizer_.Text(*text);
}

absl::StatusOr<std::vector<NamedFile>> AnonymizedNode::ReadEndpointFiles() {
  const absl::StatusOr<std::vector<NamedFile>> files = node_.ReadEndpointFiles();
  if (!files.ok()) return anonymizer_.Error(files.status());
  std::vector<NamedFile> mapped;
  for (const NamedFile& file : *files) mapped.push_back(AnonymizedEndpoint(anonymizer_, file));
  return mapped;
}

}  // namespace caliwatch
