// SPDX-License-Identifier: Apache-2.0

// The state file: what was understood is written as it was read, and an agent goes on from it.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/observe.h"
#include "lib/analysis/state/state_text.h"
#include "lib/read/read_snapshot.h"
#include "test/fuzz/support/cost.h"
#include "test/fuzz/support/input.h"
#include "test/fuzz/support/json_mutation.h"
#include "test/fuzz/support/must.h"
#include "test/fuzz/support/outputs.h"
#include "test/support/memory_node.h"

namespace caliwatch {
namespace {

constexpr absl::string_view kBoot = "boot";

void GoOn(const PersistentState& state) {
  static const MemoryNode* kept = new MemoryNode(ReadableNode());
  MemoryNode node = *kept;
  Observer observer({}, state);
  std::optional<Report> before, report;
  for (const int second : {0, 5}) {
    before = std::move(report);
    report = observer.Observe(ReadSnapshot(node, [&] { return absl::FromUnixSeconds(1'790'000'000 + second); },
                                           {.boot_time = absl::Seconds(100'000 + second)}));
  }
  CheckOutputs(*report, &*before, observer.kept());
}

}  // namespace
}  // namespace caliwatch

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

// A value of the first line, more often than bytes of any.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  using namespace caliwatch;
  const absl::string_view text = Input(data, size).rest(), head = text.substr(0, text.find('\n'));
  const std::string mutated = seed % 4 == 0 ? "" : MutatedJson(head, max_size, seed);
  const std::string all = absl::StrCat(mutated, text.substr(head.size()));
  if (mutated.empty() || all.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(all.begin(), all.end(), data);
  return all.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace caliwatch;
  const absl::string_view text = Input(data, size).rest();
  (void)PersistentStateFrom(text, "another boot");
  const absl::StatusOr<PersistentState> state = PersistentStateFrom(text, kBoot);
  const size_t head = text.find('\n') + 1;
  MustBeLinear({text.substr(0, head), text.substr(head), ""},
               [](const std::string& longer) { (void)PersistentStateFrom(longer, kBoot); });
  if (!state.ok()) {
    Must(absl::IsInvalidArgument(state.status()), "a state is taken or refused", state.status().ToString());
    return 0;
  }
  const std::string written = StateText(*state, kBoot);
  const absl::StatusOr<PersistentState> again = PersistentStateFrom(written, kBoot);
  Must(again.ok(), "a state that was written can be read", again.status().ToString());
  Must(StateText(*again, kBoot) == written, "a state that was read is written as it was", written);
  GoOn(*state);
  return 0;
}
