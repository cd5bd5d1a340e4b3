// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/arrival_counts.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

namespace caliwatch {
namespace {

using Words = std::vector<absl::string_view>;

Words WordsOf(absl::string_view line) { return absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty()); }

// A table of snmp is two lines that begin with its name: what is counted, and how much.
std::optional<uint64_t> InTable(absl::string_view table, absl::string_view name, absl::string_view snmp) {
  Words names;
  for (const absl::string_view line : absl::StrSplit(snmp, '\n')) {
    absl::string_view rest = line;
    if (!absl::ConsumePrefix(&rest, table)) continue;
    const Words words = WordsOf(rest);
    if (names.empty()) {
      names = words;
      continue;
    }
    const auto at = static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    uint64_t count = 0;
    if (at < words.size() && absl::SimpleAtoi(words[at], &count)) return count;
    return std::nullopt;
  }
  return std::nullopt;
}

// Of snmp6: a name and a number on each line.
uint64_t CounterNamed(absl::string_view name, absl::string_view snmp6) {
  for (const absl::string_view line : absl::StrSplit(snmp6, '\n')) {
    const Words words = WordsOf(line);
    uint64_t count = 0;
    if (words.size() == 2 && words[0] == name && absl::SimpleAtoi(words[1], &count)) return count;
  }
  return 0;
}

// "vxlan.calico: BYTES PACKETS …" of what was received.
void AddReceived(absl::string_view line, const std::vector<std::string>& devices, ArrivalCounts& counts) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(':', 1));
  const std::string device(absl::StripAsciiWhitespace(parts.first));
  const Words numbers = WordsOf(parts.second);
  uint64_t packets = 0;
  if (std::find(devices.begin(), devices.end(), device) == devices.end()) return;
  if (numbers.size() > 1 && absl::SimpleAtoi(numbers[1], &packets)) counts.received[device] = packets;
}

}  // namespace

std::optional<ArrivalCounts> ArrivalCountsFrom(absl::string_view snmp, absl::string_view snmp6, absl::string_view dev,
                                               const std::vector<std::string>& devices) {
  const std::optional<uint64_t> udp = InTable("Udp:", "InCsumErrors", snmp),
                                tcp = InTable("Tcp:", "InCsumErrors", snmp);
  if (!udp || !tcp) return std::nullopt;
  // TCP has one count for both families.
  ArrivalCounts counts{.damaged = *udp + *tcp + CounterNamed("Udp6InCsumErrors", snmp6)};
  for (const absl::string_view line : absl::StrSplit(dev, '\n')) AddReceived(line, devices, counts);
  return counts;
}

}  // namespace caliwatch
