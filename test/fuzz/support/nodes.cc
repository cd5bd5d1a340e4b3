// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/support/nodes.h"

#include <absl/strings/str_cat.h>

#include "lib/node/recorded_node.h"
#include "test/fuzz/support/must.h"

namespace caliwatch {
namespace {

RecordedState Load(const std::string& name) {
  RecordedNode recorded(absl::StrCat(CALIWATCH_SOURCE_DIR "/test/recordings/", name));
  RecordedState state{{}, recorded.TakenAt().value()};
  for (const KernelDump& dump : kKernelDumps) {
    std::vector<std::string>& messages = state.node.messages[dump.table];
    (void)recorded.Dump(dump.table, [&](const nlmsghdr& message) {
      messages.emplace_back(reinterpret_cast<const char*>(&message), message.nlmsg_len);
    });
  }
  for (const BirdDaemon daemon : kBirdDaemons)
    for (const BirdQuestion question : {BirdQuestion::kStatus, BirdQuestion::kProtocolsAll, BirdQuestion::kRoutes})
      if (auto answer = recorded.AskBird(daemon, question); answer.ok())
        state.node.answers[{daemon, question}] = *std::move(answer);
  for (const TextSource source :
       {TextSource::kNodeName, TextSource::kMtu, TextSource::kFelix, TextSource::kCniKubeconfig})
    if (auto text = recorded.ReadText(source); text.ok()) state.node.files[source] = *std::move(text);
  state.node.endpoint_files = recorded.ReadEndpointFiles();
  return state;
}

}  // namespace

const std::vector<RecordedState>& RecordedStates() {
  static const auto* states = [] {
    auto* all = new std::vector<RecordedState>;
    for (const char* name : {"nodes/healthy-bird2", "nodes/healthy-vxlan", "nodes/healthy-bird1", "nodes/delete-route",
                             "nodes/duplicate-ip", "nodes/kill-bird", "nodes/stale-veths", "nodes/lose-vtep-fdb"})
      all->push_back(Load(name));
    all->push_back({ReadableNode(), all->front().taken_at});
    return all;
  }();
  return *states;
}

std::vector<SourceTexts> TextsOf(MemoryNode& node) {
  std::vector<SourceTexts> sources;
  for (auto& [table, messages] : node.messages) {
    sources.push_back({std::string(ToString(table)), {}});
    for (std::string& message : messages) sources.back().texts.push_back(&message);
  }
  for (const BirdDaemon daemon : kBirdDaemons) {
    sources.push_back({std::string(ToString(daemon)), {}});
    for (auto& [key, answer] : node.answers)
      if (key.first == daemon && answer.ok()) sources.back().texts.push_back(&*answer);
  }
  for (auto& [source, text] : node.files)
    if (text.ok()) sources.push_back({std::string(ToString(source)), {&*text}});
  sources.push_back({"endpoint_status", {}});
  if (node.endpoint_files.ok())
    for (NamedFile& file : *node.endpoint_files) {
      sources.back().texts.push_back(&file.name);
      if (file.content.ok()) sources.back().texts.push_back(&*file.content);
    }
  return sources;
}

}  // namespace caliwatch
