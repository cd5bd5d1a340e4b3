// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/bird_protocol_details.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/strip.h>

#include "lib/decode/bird_address.h"
#include "lib/decode/bird_info.h"
#include "lib/decode/bird_lines.h"
#include "lib/decode/bird_time.h"

namespace caliwatch {
namespace {

// "1 imported, 2 filtered, 3 exported, 4 preferred"; a count of zero may be left out.
RouteCounts RouteCountsFrom(absl::string_view value) {
  RouteCounts counts;
  while (!value.empty()) {
    uint32_t number = 0;
    const bool is_number = ReadNumber(TakeWord(value), number);
    const absl::string_view what = absl::StripSuffix(TakeWord(value), ",");
    if (!is_number) continue;
    if (what == "imported") counts.imported = number;
    if (what == "filtered") counts.filtered = number;
    if (what == "exported") counts.exported = number;
    if (what == "preferred") counts.preferred = number;
  }
  return counts;
}

// "20 15 0 --- 4": received, rejected, filtered, ignored, accepted, as the line above them says; BIRD 3 has two columns
// of limits before the last. Dashes: not counted.
std::optional<ImportUpdates> UpdatesFrom(absl::string_view value) {
  std::array<uint64_t, 4> first = {};
  uint64_t number = 0;
  size_t count = 0;
  for (absl::string_view word = TakeWord(value); !word.empty(); word = TakeWord(value)) {
    number = 0;
    if (word != "---" && !ReadNumber(word, number)) return std::nullopt;
    if (count < first.size()) first[count] = number;
    ++count;
  }
  if (count <= first.size()) return std::nullopt;
  return ImportUpdates{first[0], first[1], first[2], first[3], number};
}

// A route whose AS path is a loop BIRD takes for the withdrawal of one that it never had, and ignores that.
void AddIgnored(BirdProtocol& protocol, const std::optional<ImportUpdates>& withdraws) {
  if (!protocol.imports || !withdraws) return;
  protocol.imports->received += withdraws->ignored;
  protocol.imports->ignored += withdraws->ignored;
}

std::optional<ExportUpdates> ExportUpdatesFrom(absl::string_view value) {
  const std::optional<ImportUpdates> updates = UpdatesFrom(value);
  if (!updates) return std::nullopt;
  return ExportUpdates{updates->received, updates->rejected, updates->filtered, updates->accepted};
}

// " pending", " waiting", or both: then it is waited for.
RecoveryRole RecoveryRoleFrom(absl::string_view value) {
  if (absl::StrContains(value, "pending")) return RecoveryRole::kPending;
  if (absl::StrContains(value, "waiting")) return RecoveryRole::kWaiting;
  return RecoveryRole::kNone;
}

std::optional<Timer> TimerFrom(absl::string_view value) {
  const size_t slash = std::min(value.find('/'), value.size());
  const std::optional<absl::Duration> remaining = BirdSecondsFrom(value.substr(0, slash));
  const std::optional<absl::Duration> total = BirdSecondsFrom(absl::StripPrefix(value.substr(slash), "/"));
  if (!remaining || !total) return std::nullopt;
  return Timer{*remaining, *total};
}

std::optional<uint32_t> NumberFrom(absl::string_view value) {
  uint32_t number = 0;
  if (!ReadNumber(value, number)) return std::nullopt;
  return number;
}

using ReadValue = void (*)(BgpPeer&, absl::string_view);

// By the words before the colon.
const absl::flat_hash_map<absl::string_view, ReadValue>& PeerReaders() {
  using Text = absl::string_view;
  static const auto* const readers = new absl::flat_hash_map<Text, ReadValue>{
      {"Description", [](BgpPeer& peer, Text value) { peer.description = std::string(value); }},
      {"Message", [](BgpPeer& peer, Text value) { peer.message = std::string(value); }},
      {"BGP state",
       [](BgpPeer& peer, Text value) {
         peer.bgp_state = BgpStateFrom(value);
         peer.bgp_state_text = std::string(value);
       }},
      {"Neighbor address", [](BgpPeer& peer, Text value) { peer.address = BirdAddressFrom(TakeWord(value)); }},
      {"Neighbor AS", [](BgpPeer& peer, Text value) { peer.remote_as = NumberFrom(value); }},
      {"Local AS", [](BgpPeer& peer, Text value) { peer.local_as = NumberFrom(value); }},
      // "internal multihop AS4": with a peer of the same AS. BIRD 1.x does not tell its own otherwise.
      {"Session",
       [](BgpPeer& peer, Text value) {
         if (TakeWord(value) == "internal") peer.local_as = peer.remote_as;
       }},
      {"Source address", [](BgpPeer& peer, Text value) { peer.source_address = BirdAddressFrom(TakeWord(value)); }},
      {"Hold timer", [](BgpPeer& peer, Text value) { peer.hold_timer = TimerFrom(value); }},
      {"Keepalive timer", [](BgpPeer& peer, Text value) { peer.keepalive_timer = TimerFrom(value); }},
      {"Error wait", [](BgpPeer& peer, Text value) { peer.error_wait = TimerFrom(value); }},
      {"Connect delay", [](BgpPeer& peer, Text value) { peer.connect_delay = TimerFrom(value); }},
      // "20/-": how long it runs in all is the neighbor's to say.
      {"Restart timer",
       [](BgpPeer& peer, Text value) { peer.restart_remaining = BirdSecondsFrom(absl::StripSuffix(value, "/-")); }},
      {"Last error", [](BgpPeer& peer, Text value) { peer.last_error = PeerErrorFrom(value); }},
  };
  return *readers;
}

}  // namespace

void ProtocolDetails::Read(absl::string_view line) {
  line = Trimmed(line);
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos) {
    if (absl::ConsumePrefix(&line, "Channel ")) EnterChannel(line);
    if (peer_ && line == "Neighbor graceful restart active") peer_->helper_active = true;
    return;
  }
  const absl::string_view key = line.substr(0, colon);
  const absl::string_view value = Trimmed(line.substr(colon + 1));
  if (key == "Routes") {
    if (!ignore_channel_) protocol_.routes = RouteCountsFrom(value);
  } else if (key == "Export updates") {
    if (!ignore_channel_) protocol_.exports = ExportUpdatesFrom(value);
  } else if (key == "Import updates") {
    if (!ignore_channel_) protocol_.imports = UpdatesFrom(value);
  } else if (key == "Import withdraws") {
    if (!ignore_channel_) AddIgnored(protocol_, UpdatesFrom(value));
  } else if (key == "GR recovery") {
    if (!ignore_channel_) protocol_.recovery = RecoveryRoleFrom(value);
  } else if (peer_) {
    if (const auto reader = PeerReaders().find(key); reader != PeerReaders().end()) reader->second(*peer_, value);
  }
}

void ProtocolDetails::EnterChannel(absl::string_view name) {
  const bool own = peer_ && peer_->address && name == ToString(peer_->address->family);
  ignore_channel_ = seen_channel_ && !own;
  seen_channel_ = true;
  if (!own) return;
  protocol_.routes.reset();
  protocol_.exports.reset();
  protocol_.imports.reset();
  protocol_.recovery = RecoveryRole::kNone;
}

}  // namespace caliwatch
