// SPDX-License-Identifier: Apache-2.0

// A recorded node, poll after poll, damaged a bit more before each; all that leaves the program is read again. The
// first byte says which node; then come steps of kStep bytes: what to do to which text of which source, and polls.

#include <algorithm>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/observe.h"
#include "lib/metrics/exposition.h"
#include "lib/read/read_snapshot.h"
#include "test/fuzz/support/damage.h"
#include "test/fuzz/support/input.h"
#include "test/fuzz/support/metrics_text.h"
#include "test/fuzz/support/must.h"
#include "test/fuzz/support/nodes.h"
#include "test/fuzz/support/outputs.h"

namespace caliwatch {
namespace {

constexpr size_t kStep = 8;
constexpr int kMostPolls = 6;

// What of the series is made of the source alone, or with it; the others' must stay as they are. Each of the two BIRDs
// has its family's.
bool IsOfOthersAlone(const std::string& source, absl::string_view series) {
  if (absl::StartsWith(series, "caliwatch_source_up{") || absl::StartsWith(series, "caliwatch_source_last_success"))
    return !absl::StrContains(series, absl::StrCat("source=\"", source, "\""));
  if (absl::StartsWith(series, "caliwatch_bird_"))
    return source != (absl::StrContains(series, "family=\"ipv4\"") ? "bird" : "bird6");
  if (absl::StartsWith(series, "caliwatch_bgp_peers"))
    return source != (absl::StrContains(series, "family=\"ipv4\"") ? "bird" : "bird6");
  if (absl::StartsWith(series, "caliwatch_kernel_routes{")) return source != "routes";
  if (absl::StartsWith(series, "caliwatch_neighbor_table_")) return source != "neighbor_limits";
  return absl::StartsWith(series, "caliwatch_felix_component") && source != "felix";
}

class Playback {
 public:
  explicit Playback(absl::Time at) : at_(at) {}

  // The clock may be set meanwhile; that since boot goes on. All outputs take longer to make and read than all else:
  // those of the last poll are enough.
  void Poll(MemoryNode& node, absl::Duration later = absl::Seconds(5), absl::Duration set = absl::ZeroDuration()) {
    up_ += later;
    at_ += later + set;
    last_ = observer_.Observe(Read(node));
  }
  void PollToTheEnd(MemoryNode& node) {
    std::optional<Report> before = std::move(last_);
    Poll(node);
    CheckOutputs(*last_, before ? &*before : nullptr, observer_.kept());
  }

  // The same poll of a node as it was, and with one source damaged: a copy goes on from here in each way.
  void MustStayApart(MemoryNode& whole, const std::string& source, MemoryNode& damaged) const {
    Playback with = *this, without = *this;
    for (Playback* each : {&with, &without}) each->at_ += absl::Seconds(5), each->up_ += absl::Seconds(5);
    const SnapshotPtr seen = with.Read(damaged), spared = without.Read(whole);
    for (const std::string& other : DifferentSources(*spared, *seen))
      Must(other == source || other == "links", "a damaged source leaves the others' tables as they are", other);
    const Series found = SeriesOf(with.observer_.Observe(seen)), expected = SeriesOf(without.observer_.Observe(spared));
    for (const auto& [series, value] : expected)
      if (IsOfOthersAlone(source, series)) {
        const auto it = found.find(series);
        Must(it != found.end() && it->second == value, "a damaged source changes no series of another",
             absl::StrCat(source, " changes ", series));
      }
  }

 private:
  SnapshotPtr Read(MemoryNode& node) const {
    return ReadSnapshot(node, [&] { return at_; },
                        {.before = observer_.last(), .boot_time = up_, .ask_bird_routes = {{true, true}}});
  }

  static Series SeriesOf(const Report& report) { return SeriesFrom(RenderMetrics({report, ProcessStats()})); }

  Observer observer_;
  std::optional<Report> last_;
  absl::Time at_;
  absl::Duration up_ = absl::Hours(1);
};

// After their first poll, which is the same each time.
const std::vector<Playback>& Begun() {
  static const auto* begun = [] {
    auto* all = new std::vector<Playback>;
    for (const RecordedState& state : RecordedStates()) {
      MemoryNode node = state.node;
      all->emplace_back(state.taken_at).Poll(node);
    }
    return all;
  }();
  return *begun;
}

void PollLater(Input& step, Playback& playback, MemoryNode& node) {
  constexpr int kLater[] = {5, 5, 5, 0, 1, 60, 300, 86400}, kSet[] = {0, 0, 0, 1, -1, 3600, -3600, -1'800'000'000};
  const int later = kLater[step.Below(std::size(kLater))];
  playback.Poll(node, absl::Seconds(later), absl::Seconds(kSet[step.Below(std::size(kSet))]));
}

void Play(Input input) {
  const size_t which = input.Below(RecordedStates().size());
  MemoryNode node = RecordedStates()[which].node;
  Playback playback = Begun()[which];
  for (int polls = 1; polls < kMostPolls && !input.empty();) {
    Input step(input.Take(kStep));
    const size_t what = step.Below(4);
    if (what == 0) {
      PollLater(step, playback, node);
      ++polls;
      continue;
    }
    MemoryNode before = node;
    const std::string source = DamageSource(step, node);
    if (what == 1) playback.MustStayApart(before, source, node), polls += 2;
  }
  playback.PollToTheEnd(node);
}

// A step more, less, elsewhere or changed. Bytes alone would make others of all the steps behind them.
std::string Mutated(std::string bytes, size_t most, unsigned seed) {
  std::minstd_rand random(seed);
  bytes.resize(std::max<size_t>(bytes.size(), 1));
  const size_t steps = (bytes.size() + kStep - 2) / kStep;
  bytes.resize(1 + steps * kStep);
  const size_t at = 1 + random() % (steps + 1) * kStep, changed = 1 + random() % (steps * kStep + 1);
  std::string step(kStep, '\0');
  for (char& byte : step) byte = static_cast<char>(random());
  switch (random() % 8) {
    case 0:
      bytes.erase(at, kStep);
      break;
    case 1:
      bytes.insert(at, bytes.substr(1 + random() % (steps + 1) * kStep, kStep));
      break;
    case 2:
      bytes[0] = static_cast<char>(random());
      break;
    case 3:
    case 4:
      bytes.insert(at, step);
      break;
    default:
      if (changed < bytes.size()) bytes[changed] = static_cast<char>(random());
  }
  return bytes.substr(0, most);
}

}  // namespace
}  // namespace caliwatch

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  const std::string mutated = caliwatch::Mutated(std::string(caliwatch::Input(data, size).rest()), max_size, seed);
  std::copy(mutated.begin(), mutated.end(), data);
  return mutated.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  caliwatch::Play(caliwatch::Input(data, size));
  return 0;
}
