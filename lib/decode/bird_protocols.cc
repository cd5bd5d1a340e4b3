// SPDX-License-Identifier: Apache-2.0
// `show protocols` and `show protocols all`. Columns are split on blanks, for names are often wider than theirs.

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/string_view.h>

#include "lib/decode/bird_answers.h"
#include "lib/decode/bird_info.h"
#include "lib/decode/bird_lines.h"
#include "lib/decode/bird_protocol_details.h"
#include "lib/decode/bird_time.h"

namespace caliwatch {
namespace {

constexpr int kHeaderCode = 2002;
constexpr int kRowCode = 1002;
constexpr int kDetailCode = 1006;

// By Calico's names, calico/confd/pkg/backends/calico/bgp_processor.go.
PeerKind PeerKindFrom(absl::string_view name) {
  constexpr std::array<std::pair<absl::string_view, PeerKind>, 4> kPrefixes = {
      {{"Mesh_", PeerKind::kMesh},
       {"Global_", PeerKind::kGlobal},
       {"Node_", PeerKind::kNode},
       {"Local_Workload_", PeerKind::kLocalWorkload}}};
  for (const auto& [prefix, kind] : kPrefixes)
    if (absl::StartsWith(name, prefix)) return kind;
  return PeerKind::kOther;
}

struct Columns {
  absl::string_view name;
  absl::string_view type;
  absl::string_view state;
  absl::string_view since;
  absl::string_view info;
};

// "2026-11-20 23:33:02  Established   ". At least two blanks stand between them; a time in a format of the user's own
// may hold as many.
void SplitSinceAndInfo(absl::string_view text, Columns& columns) {
  // Both walk by themselves: a line may have hundreds of thousands of gaps, and find() costs most where it begins.
  const auto gap_from = [&](size_t start) {
    const auto two_blanks = [](char a, char b) { return a == ' ' && b == ' '; };
    return static_cast<size_t>(std::adjacent_find(text.begin() + start, text.end(), two_blanks) - text.begin());
  };
  const auto end_of = [&](size_t gap) {
    while (gap < text.size() && absl::ascii_isspace(static_cast<unsigned char>(text[gap]))) ++gap;
    return gap;
  };
  const size_t first_gap = gap_from(0);
  size_t gap = first_gap;
  while (gap < text.size()) {
    const size_t behind = end_of(gap);  // each blank is looked at once, however many there are
    if (StartsWithBgpInfo(text.substr(behind))) break;
    gap = gap_from(behind);
  }
  if (gap == text.size()) gap = first_gap;
  columns.since = absl::StripAsciiWhitespace(text.substr(0, gap));
  columns.info = absl::StripAsciiWhitespace(text.substr(gap));
}

absl::StatusOr<Columns> ColumnsFrom(absl::string_view row) {
  Columns columns;
  columns.name = TakeWord(row);
  columns.type = TakeWord(row);
  const absl::string_view table = TakeWord(row);
  columns.state = TakeWord(row);
  if (table.empty() || columns.state.empty()) return absl::InvalidArgumentError("it is no row of `show protocols`");
  SplitSinceAndInfo(row, columns);
  return columns;
}

void FillProtocol(const Columns& columns, const BirdClock& clock, BirdProtocol& protocol) {
  protocol.name = std::string(columns.name);
  protocol.type = std::string(columns.type);
  protocol.state = ProtocolStateFrom(columns.state);
  protocol.since_text = std::string(columns.since);
  if (const std::optional<BirdAge> age = BirdAgeFrom(columns.since, clock)) {
    protocol.age = age->age;
    protocol.age_resolution = age->resolution;
  }
}

BgpPeer PeerFrom(const Columns& columns, const BirdClock& clock) {
  BgpPeer peer;
  FillProtocol(columns, clock, peer);
  peer.kind = PeerKindFrom(columns.name);
  const BgpInfo info = BgpInfoFrom(columns.info);
  peer.bgp_state = BgpStateFrom(info.state);
  peer.bgp_state_text = std::string(info.state);
  peer.error = PeerErrorFrom(info.error);
  return peer;
}

class ProtocolsReader {
 public:
  explicit ProtocolsReader(const BirdClock& clock) : clock_(clock) {}

  absl::Status Read(const BirdLine& line) {
    if (line.code == kHeaderCode) seen_header_ = true;
    if (line.code == kRowCode) return ReadRow(line.text);
    if (line.code == kDetailCode) ReadDetail(line.text);
    return absl::OkStatus();
  }

  bool seen_header() const { return seen_header_; }
  BirdProtocols Take() { return std::move(protocols_); }

 private:
  absl::Status ReadRow(absl::string_view row) {
    const absl::StatusOr<Columns> columns = ColumnsFrom(row);
    if (!columns.ok()) return columns.status();
    if (columns->type == "BGP") {
      BgpPeer& peer = protocols_.peers.emplace_back(PeerFrom(*columns, clock_));
      details_.emplace(peer, &peer);
    } else {
      BirdProtocol& protocol = protocols_.others.emplace_back();
      FillProtocol(*columns, clock_, protocol);
      details_.emplace(protocol, nullptr);
    }
    return absl::OkStatus();
  }

  // A blank line ends a protocol. What follows without a row of its own (it was too long for BIRD to print) is
  // nobody's.
  void ReadDetail(absl::string_view detail) {
    detail = Trimmed(detail);
    if (detail.empty()) details_.reset();
    if (details_) details_->Read(detail);
  }

  const BirdClock& clock_;
  BirdProtocols protocols_;
  std::optional<ProtocolDetails> details_;  // of the row last added
  bool seen_header_ = false;
};

}  // namespace

absl::StatusOr<BirdProtocols> BirdProtocolsFrom(absl::string_view show_protocols, const BirdClock& clock) {
  ProtocolsReader reader(clock);
  const absl::Status status =
      ForEachBirdLine(show_protocols, kHeaderCode, [&](const BirdLine& line) { return reader.Read(line); });
  if (!status.ok()) return status;
  // Without it this answers another question, and "no peers" would be a lie.
  if (!reader.seen_header()) return absl::InvalidArgumentError("BIRD's answer to `show protocols` has no heading");
  return reader.Take();
}

}  // namespace caliwatch
