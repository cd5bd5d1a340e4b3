// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/process_stats.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <system_error>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <unistd.h>

namespace caliwatch {
namespace {

std::vector<std::string> LinesOf(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

void SetNumber(absl::string_view text, uint64_t& number) {
  if (text == "unlimited") number = std::numeric_limits<uint64_t>::max();
  uint64_t parsed = 0;
  if (absl::SimpleAtoi(text, &parsed)) number = parsed;
}

double InSeconds(absl::string_view ticks) {
  uint64_t number = 0;
  SetNumber(ticks, number);
  return static_cast<double>(number) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double BootTime(const std::string& proc) {
  for (const std::string& line : LinesOf(proc + "/stat")) {
    double seconds = 0;
    if (absl::StartsWith(line, "btime ") && absl::SimpleAtod(absl::string_view(line).substr(6), &seconds))
      return seconds;
  }
  return 0;
}

void ReadStat(const std::string& proc, ProcessStats& stats) {
  const std::vector<std::string> lines = LinesOf(proc + "/self/stat");
  if (lines.empty()) return;
  // proc(5) counts from 1; the name, field 2, may hold blanks and brackets of its own.
  constexpr size_t kFirst = 3, kUtime = 14 - kFirst, kStime = 15 - kFirst, kStart = 22 - kFirst, kVsize = 23 - kFirst,
                   kRss = 24 - kFirst;
  const size_t name_end = lines[0].rfind(") ");
  if (name_end == std::string::npos) return;
  const std::vector<absl::string_view> fields = absl::StrSplit(absl::string_view(lines[0]).substr(name_end + 2), ' ');
  if (fields.size() <= kRss) return;
  stats.cpu_seconds = InSeconds(fields[kUtime]) + InSeconds(fields[kStime]);
  if (stats.start_time_seconds == 0) stats.start_time_seconds = BootTime(proc) + InSeconds(fields[kStart]);
  SetNumber(fields[kVsize], stats.virtual_bytes);
  uint64_t pages = 0;
  SetNumber(fields[kRss], pages);
  stats.resident_bytes = pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

void ReadLimits(const std::string& proc, ProcessStats& stats) {
  for (const std::string& line : LinesOf(proc + "/self/limits")) {
    const auto read = [&line](absl::string_view name, uint64_t& soft_limit) {
      absl::string_view rest = line;
      if (!absl::ConsumePrefix(&rest, name)) return;
      rest = absl::StripLeadingAsciiWhitespace(rest);
      SetNumber(rest.substr(0, rest.find(' ')), soft_limit);
    };
    read("Max open files", stats.max_fds);
    read("Max address space", stats.virtual_max_bytes);
  }
}

void CountOpenFiles(const std::string& proc, ProcessStats& stats) {
  std::error_code error;
  const std::filesystem::directory_iterator folder(proc + "/self/fd", error);
  if (error) return;
  const auto seen = static_cast<uint64_t>(std::distance(begin(folder), end(folder)));
  stats.open_fds = seen > 0 ? seen - 1 : 0;  // one of them is the folder being read
}

// The IpExt table is two lines, names and numbers. It counts the whole network namespace, as client_golang's metric
// does.
void ReadTraffic(const std::string& proc, ProcessStats& stats) {
  std::vector<std::vector<std::string>> table;
  for (const std::string& line : LinesOf(proc + "/self/net/netstat"))
    if (absl::StartsWith(line, "IpExt: ")) table.push_back(absl::StrSplit(line, ' '));
  if (table.size() != 2) return;
  for (size_t i = 0; i < std::min(table[0].size(), table[1].size()); ++i) {
    if (table[0][i] == "InOctets") SetNumber(table[1][i], stats.network_receive_bytes);
    if (table[0][i] == "OutOctets") SetNumber(table[1][i], stats.network_transmit_bytes);
  }
}

}  // namespace

void UpdateProcessStats(const std::string& proc, ProcessStats& stats) {
  ReadStat(proc, stats);
  ReadLimits(proc, stats);
  CountOpenFiles(proc, stats);
  ReadTraffic(proc, stats);
}

void CountPoll(double seconds, ProcessStats& stats) {
  stats.poll_duration_buckets.resize(std::size(kPollDurationBounds) + 1);
  const auto* bound = std::lower_bound(std::begin(kPollDurationBounds), std::end(kPollDurationBounds), seconds);
  ++stats.poll_duration_buckets[static_cast<size_t>(bound - std::begin(kPollDurationBounds))];
  stats.poll_duration_sum += seconds;
}

}  // namespace caliwatch
