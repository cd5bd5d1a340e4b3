// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/node/raw_node.h"

namespace caliwatch {

// Passes another node through, but for what it is told to break. Sources are named as Snapshot::sources names them;
// what is broken stays so until Heal().
class FaultyNode : public RawNode {
 public:
  explicit FaultyNode(RawNode& node) : node_(node) {}

  void Fail(const std::string& source, absl::Status error) { errors_[source] = std::move(error); }
  // The next `times` dumps of the table deliver all they have, and then say Aborted.
  void Interrupt(const std::string& table, int times) { interruptions_[table] = times; }
  // The last message of a dump is cut off behind its netlink header; an answer or a file, in its middle.
  void Truncate(const std::string& source) { truncated_.insert(source); }
  void Heal() {
    errors_.clear();
    interruptions_.clear();
    truncated_.clear();
  }

  absl::Status Dump(KernelTable table, OnMessage on_message) override {
    const std::string source(ToString(table));
    if (const auto error = errors_.find(source); error != errors_.end()) return error->second;
    std::string last;  // of a table to truncate
    absl::Status dumped = node_.Dump(table, [&](const nlmsghdr& message) {
      if (!truncated_.contains(source)) return on_message(message);
      if (!last.empty()) on_message(*reinterpret_cast<const nlmsghdr*>(last.data()));
      last.assign(reinterpret_cast<const char*>(&message), message.nlmsg_len);
    });
    if (!last.empty()) {
      auto* cut = reinterpret_cast<nlmsghdr*>(last.data());
      cut->nlmsg_len = sizeof *cut;
      on_message(*cut);
    }
    if (dumped.ok() && interruptions_[source]-- > 0) return absl::AbortedError("the table changed meanwhile");
    return dumped;
  }

  absl::StatusOr<std::string> AskBird(BirdDaemon daemon, BirdQuestion question) override {
    return Spoilt(std::string(ToString(daemon)), node_.AskBird(daemon, question));
  }

  absl::StatusOr<BirdSocketInfo> IdentifyBird(BirdDaemon daemon) override { return node_.IdentifyBird(daemon); }

  absl::StatusOr<std::string> ReadText(TextSource file) override {
    return Spoilt(std::string(ToString(file)), node_.ReadText(file));
  }

  absl::StatusOr<std::vector<NamedFile>> ReadEndpointFiles() override {
    const std::string source = "endpoint_status";
    if (const auto error = errors_.find(source); error != errors_.end()) return error->second;
    absl::StatusOr<std::vector<NamedFile>> files = node_.ReadEndpointFiles();
    if (files.ok() && !files->empty()) files->back().content = Spoilt(source, files->back().content);
    return files;
  }

 private:
  absl::StatusOr<std::string> Spoilt(const std::string& source, absl::StatusOr<std::string> text) const {
    if (const auto error = errors_.find(source); error != errors_.end()) return error->second;
    if (text.ok() && truncated_.contains(source)) text->resize(text->size() / 2);
    return text;
  }

  RawNode& node_;
  std::map<std::string, absl::Status> errors_;
  std::map<std::string, int> interruptions_;
  std::set<std::string> truncated_;
};

}  // namespace caliwatch
