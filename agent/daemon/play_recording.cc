// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/play_recording.h"

#include <memory>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/observe.h"
#include "lib/analysis/state/state_text.h"
#include "lib/node/recorded_node.h"
#include "lib/read/read_snapshot.h"

namespace caliwatch {

JudgedNode PlayLooks(const std::vector<RecordedLook>& looks, PersistentState known) {
  // Each look has BIRD's whole table, so that a doubt is settled at once.
  Observer observer({.polls_to_hold = static_cast<int>(looks.size()), .polls_to_doubt = 1}, std::move(known));
  JudgedNode judged;
  for (const RecordedLook& look : looks) {
    judged.seen = ReadSnapshot(look.node, [&] { return look.head.taken_at; },
                               {.boot_time = look.head.up, .ask_bird_routes = {{true, true}}});
    judged.report = observer.Observe(judged.seen);
  }
  judged.kept = observer.kept();
  return judged;
}

absl::StatusOr<PersistentState> RecordedState(const absl::StatusOr<std::string>& text, absl::string_view boot_id) {
  if (absl::IsDataLoss(text.status())) return text.status();
  if (!text.ok()) return PersistentState();  // recorded so: the node's own `check` had none either
  absl::StatusOr<PersistentState> state = PersistentStateFrom(*text, boot_id);
  if (!state.ok())
    return absl::DataLossError(absl::StrCat(kRecordedAgentState, " is damaged: ", state.status().message()));
  return state;
}

absl::StatusOr<JudgedNode> PlayRecording(const std::string& folder) {
  const auto looks = OpenRecording(folder);
  if (!looks.ok()) return looks.status();
  RecordedNode& first = *looks->front();
  absl::StatusOr<PersistentState> known = RecordedState(first.ReadAgentState(), first.head()->boot_id);
  if (!known.ok()) return absl::Status(known.status().code(), absl::StrCat(folder, ": ", known.status().message()));
  std::vector<RecordedLook> played;
  for (const std::unique_ptr<RecordedNode>& look : *looks) played.push_back({*look, *look->head()});
  return PlayLooks(played, *std::move(known));
}

}  // namespace caliwatch
