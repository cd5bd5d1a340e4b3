// SPDX-License-Identifier: Apache-2.0

// A recorded node, poll after poll, damaged a bit more before each; all that leaves the program is read again. The
// first byte says which node; then come steps of kStep bytes: what to do to which text of which source, and polls.

#include <algorithm>
#include <cstring>
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
#include "test/fuzz/support/input.h"
#include "test/fuzz/support/metrics_text.h"
#include "test/fuzz/support/must.h"
#include "test/fuzz/support/nodes.h"
#include "test/fuzz/support/outputs.h"

namespace caliwatch {
namespace {

constexpr size_t kStep = 8;
constexpr int kMostPolls = 6;

enum class Damage { kByte, kNumber, kWord, kCut, kTwice, kGone, kInsert, kLine, kFail, kOtherNode, kCount };

constexpr uint32_t kNumbers[] = {0, 1, 2, 10, 24, 32, 33, 128, 129, 254, 255, 256, 0x7fffffff, 0x80000000, 0xffffffff};
constexpr absl::string_view kWords[] = {"0",          "-1",           "4294967296",   "18446744073709551616",
                                        "up",         "down",         "Established",  "Idle",
                                        "0.0.0.0/0",  "10.39.0.0/33", "10.39.1.11",   "::/0",
                                        "fe80::1",    "unreachable",  "never",        "23:59:59.999",
                                        "2026-11-27", "tunl0",        "\"",           "<b>",
                                        "\xff",       "\xc2\x9b",     "\xe2\x80\xae", ""};

// Messages stay whole in their frame, as libnl hands them over; what is in it may be anything.
void MendFrame(const std::string& source, std::string& text) {
  if (FindDump(source) == nullptr) return;
  if (text.size() < sizeof(nlmsghdr)) text.resize(sizeof(nlmsghdr));
  const auto length = static_cast<uint32_t>(text.size());
  std::memcpy(text.data(), &length, sizeof length);
}

// Begin and length of one of the pieces that `ends` part a text into.
std::pair<size_t, size_t> PieceAt(const std::string& text, size_t at, absl::string_view ends) {
  const size_t before = text.find_last_of(ends.data(), at, ends.size()),
               begin = before == std::string::npos ? 0 : before + 1;
  return {begin, std::min(text.find_first_of(ends.data(), begin, ends.size()), text.size()) - begin};
}

void DamageText(Damage damage, Input& input, std::string& text) {
  if (text.empty()) return;
  const size_t at = (input.Byte() * 256u + input.Byte()) % text.size();
  switch (damage) {
    case Damage::kByte:
      text[at] = static_cast<char>(input.Byte());
      break;
    case Damage::kNumber: {  // where a message has one
      const uint32_t number = kNumbers[input.Below(std::size(kNumbers))];
      text.replace(at / 4 * 4, 4, std::string(reinterpret_cast<const char*>(&number), sizeof number));
      break;
    }
    case Damage::kWord: {
      const auto [begin, size] = PieceAt(text, at, " \n:,/[]()\"");
      text.replace(begin, size, std::string(kWords[input.Below(std::size(kWords))]));
      break;
    }
    case Damage::kLine: {  // it stands elsewhere too
      const auto [begin, size] = PieceAt(text, at, "\n");
      const std::string line = text.substr(begin, size + 1);
      text.insert(PieceAt(text, input.Byte() * text.size() / 256, "\n").first, line);
      break;
    }
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
    const std::string source = DamageOne(step, node);
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
