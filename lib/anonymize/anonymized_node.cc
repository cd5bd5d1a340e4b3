// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/anonymized_node.h"

#include "lib/anonymize/anonymized_texts.h"
#include "lib/anonymize/netlink_message.h"

namespace caliwatch {

absl::Status AnonymizedNode::Dump(KernelTable table, OnMessage on_message) {
  return anonymizer_.Error(node_.Dump(table, [&](const nlmsghdr& message) {
    const std::string mapped = AnonymizedMessage(anonymizer_, table, message);
    if (!mapped.empty()) on_message(*reinterpret_cast<const nlmsghdr*>(mapped.data()));
  }));
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
