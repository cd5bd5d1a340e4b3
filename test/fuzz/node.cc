// SPDX-License-Identifier: Apache-2.0

// A recorded node, poll after poll, damaged a bit more before each; all that leaves the program is read again. The
// first byte says which node; then come steps: what to do to which text of which source, and polls.

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/observe.h"
#include "lib/metrics/exposition.h"
#include "lib/read/read_snapshot.h"
#include "test/fuzz/support/input.h"
#include "test/fuzz/support/metrics_text.h"
#include "test/fuzz/support/must.h"
#include "test/fuzz/support/nodes.h"
#include "test/fuzz/support/outputs.h"

namespace caliwatch {
namespace {

constexpr int kMostSteps = 64;
constexpr int kMostPolls = 6;

enum class Damage { kByte, kNumber, kCut, kTwice, kGone, kInsert, kFail, kOtherNode, kCount };

// Messages stay whole in their frame, as libnl hands them over; what is in it may be anything.
void MendFrame(const std::string& source, std::string& text) {
  if (FindDump(source) == nullptr) return;
  if (text.size() < sizeof(nlmsghdr)) text.resize(sizeof(nlmsghdr));
  const auto length = static_cast<uint32_t>(text.size());
  std::memcpy(text.data(), &length, sizeof length);
}

void DamageText(Damage damage, Input& input, std::string& text) {
  if (text.empty()) return;
  const size_t at = (input.Byte() * 256u + input.Byte()) % text.size();
  switch (damage) {
    case Damage::kByte:
      text[at] = static_cast<char>(input.Byte());
      break;
    case Damage::kNumber:
      text.replace(at, 4, std::string(input.Take(4)));
      break;
    case Damage::kCut:
      text.resize(at);
      break;
    case Damage::kTwice:
      text.insert(at, text.substr(at, 1 + input.Byte()));
      break;
    case Damage::kGone:
      text.erase(at, 1 + input.Byte());
      break;
    default:
      text.insert(at, std::string(input.Take(input.Below(32))));
  }
}

void Fail(const std::string& source, Input& input, MemoryNode& node) {
  const absl::Status error(static_cast<absl::StatusCode>(1 + input.Below(16)), input.Take(input.Below(16)));
  for (const BirdDaemon daemon : kBirdDaemons)
    for (auto& [key, answer] : node.answers)
      if (key.first == daemon && source == ToString(daemon)) answer = error;
  for (auto& [file, text] : node.files)
    if (source == ToString(file)) text = error;
  if (source == "endpoint_status") node.endpoint_files = error;
  if (const KernelDump* dump = FindDump(source)) node.messages[dump->table].clear();  // a MemoryNode's never fail
}

void TakeFromOther(const std::string& source, const MemoryNode& other, MemoryNode& node) {
  if (const KernelDump* dump = FindDump(source))
    if (const auto messages = other.messages.find(dump->table); messages != other.messages.end())
      node.messages[dump->table] = messages->second;
  for (const auto& [key, answer] : other.answers)
    if (source == ToString(key.first)) node.answers[key] = answer;
  for (const auto& [file, text] : other.files)
    if (source == ToString(file)) node.files[file] = text;
  if (source == "endpoint_status") node.endpoint_files = other.endpoint_files;
}

// Returns the name of the source that is no longer as it was.
std::string DamageOne(Input& input, MemoryNode& node) {
  std::vector<SourceTexts> sources = TextsOf(node);
  const SourceTexts& chosen = sources[input.Below(sources.size())];
  const auto damage = static_cast<Damage>(input.Below(static_cast<size_t>(Damage::kCount)));
  if (damage == Damage::kFail) {
    Fail(chosen.source, input, node);
  } else if (damage == Damage::kOtherNode) {
    TakeFromOther(chosen.source, RecordedStates()[input.Below(RecordedStates().size())].node, node);
  } else if (!chosen.texts.empty()) {
    std::string& text = *chosen.texts[input.Below(chosen.texts.size())];
    DamageText(damage, input, text);
    MendFrame(chosen.source, text);
  }
  return chosen.source;
}

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
  explicit Playback(absl::Time at) : began_(at), at_(at) {}

  // All outputs take longer to make and read than all else: those of the last poll are enough.
  void Poll(MemoryNode& node) {
    at_ += absl::Seconds(5);
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
    with.at_ += absl::Seconds(5);
    without.at_ += absl::Seconds(5);
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
    return ReadSnapshot(
        node, [&] { return at_; },
        {.before = observer_.last(), .boot_time = at_ - began_ + absl::Hours(1), .ask_bird_routes = {{true, true}}});
  }

  static Series SeriesOf(const Report& report) { return SeriesFrom(RenderMetrics({report, ProcessStats()})); }

  Observer observer_;
  std::optional<Report> last_;
  absl::Time began_, at_;
};

void Play(Input input) {
  const RecordedState& state = RecordedStates()[input.Below(RecordedStates().size())];
  MemoryNode node = state.node;
  Playback playback(state.taken_at);
  playback.Poll(node);
  int polls = 1;
  for (int step = 0; step < kMostSteps && polls < kMostPolls && !input.empty(); ++step) {
    const size_t what = input.Below(4);
    if (what == 0) {
      playback.Poll(node);
      ++polls;
      continue;
    }
    MemoryNode before = node;
    const std::string source = DamageOne(input, node);
    if (what == 1) playback.MustStayApart(before, source, node), polls += 2;
  }
  playback.PollToTheEnd(node);
}

}  // namespace
}  // namespace caliwatch

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  caliwatch::Play(caliwatch::Input(data, size));
  return 0;
}
