// SPDX-License-Identifier: Apache-2.0
#include "lib/node/recording_format.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

namespace caliwatch {
namespace {

constexpr absl::string_view kFormat = "1";
constexpr int kMostLooks = 2;

// What a recording without a list holds.
constexpr std::array<absl::string_view, 12> kFirstSources = {"kernel/links.netlink",
                                                             "kernel/addresses.netlink",
                                                             "kernel/routes.netlink",
                                                             "kernel/neighbors.netlink",
                                                             "kernel/fdb.netlink",
                                                             "kernel/netconf.netlink",
                                                             "kernel/neighbor_limits.netlink",
                                                             "kernel/bgp_sockets.netlink",
                                                             "kernel/pods.netlink",
                                                             "calico/nodename",
                                                             "calico/mtu",
                                                             kRecordedEndpointFolder};

using Lines = std::map<absl::string_view, absl::string_view>;  // the first of each key, as "taken: …"

Lines LinesOf(absl::string_view text) {
  Lines lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(": ", 1));
    lines.emplace(parts.first, absl::StripAsciiWhitespace(parts.second));
  }
  return lines;
}

// InvalidArgument: there is no line `key`, or it holds no moment.
absl::StatusOr<absl::Time> TimeAt(Lines& lines, absl::string_view key) {
  absl::Time time;
  std::string why;
  if (!absl::ParseTime(absl::RFC3339_full, lines[key], &time, &why))
    return absl::InvalidArgumentError(absl::StrCat("its line '", key, ": …' holds no time: ", why));
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast())
    return absl::InvalidArgumentError(absl::StrCat("its line '", key, ": …' holds no time"));
  return time;
}

std::string TimeText(absl::Time time) { return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone()); }

// One line whatever it holds.
std::string OneLine(absl::string_view text) { return absl::CHexEscape(text.substr(0, 200)); }

absl::string_view AboutNames(const RecordingHead& head) {
  return head.anonymized ? "Its names and addresses were replaced by others." : "It names pods and IP addresses.";
}

// The lines that older recordings lack; each may be absent.
absl::Status ReadLaterLines(Lines& lines, RecordingHead& head) {
  if (lines.contains("up")) {
    if (!absl::ParseDuration(lines["up"], &head.up) || head.up < absl::ZeroDuration() || head.up > absl::Hours(1e6))
      return absl::InvalidArgumentError("its line 'up: …' holds no duration");
  }
  if (lines.contains("looks") &&
      (!absl::SimpleAtoi(lines["looks"], &head.looks) || head.looks < 1 || head.looks > kMostLooks))
    return absl::InvalidArgumentError(absl::StrCat("its line 'looks: …' holds no number from 1 to ", kMostLooks));
  if (lines.contains("holds")) head.holds = absl::StrSplit(lines["holds"], ' ', absl::SkipEmpty());
  head.boot_id = std::string(lines["boot"]);
  head.anonymized = lines["anonymized"] == "yes";
  return absl::OkStatus();
}

}  // namespace

std::string RecordedPath(KernelTable table) { return absl::StrCat("kernel/", ToString(table), ".netlink"); }

std::string RecordedPath(BirdDaemon daemon, BirdQuestion question) {
  return absl::StrCat(ToString(daemon), "/", absl::StrReplaceAll(ToString(question), {{" ", "_"}}), ".txt");
}

std::string RecordedPath(TextSource file) { return absl::StrCat("calico/", ToString(file)); }

std::string RecordedName(absl::string_view name) {
  // A file that is itself called "….error" must not look like the error of another one.
  const bool ambiguous = absl::ConsumeSuffix(&name, kRecordedErrorSuffix);
  return absl::StrCat(absl::CHexEscape(name), ambiguous ? "\\056error" : "");
}

absl::StatusOr<std::string> NameFromRecorded(absl::string_view recorded) {
  std::string name, why;
  if (!absl::CUnescape(recorded, &name, &why)) return absl::InvalidArgumentError(why);
  return name;
}

std::string RecordedError(const absl::Status& error) {
  return absl::StrCat(absl::StatusCodeToString(error.code()), "\n", error.message(), "\n");
}

absl::Status ErrorFromRecorded(absl::string_view path, absl::string_view recorded) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(recorded, absl::MaxSplits('\n', 1));
  for (int number = 1; number <= static_cast<int>(absl::StatusCode::kUnauthenticated); ++number)
    if (const auto code = static_cast<absl::StatusCode>(number); absl::StatusCodeToString(code) == parts.first)
      return absl::Status(code, absl::StripSuffix(parts.second, "\n"));
  return absl::DataLossError(absl::StrCat(path, " is damaged: its first line, '",
                                          absl::CHexEscape(parts.first.substr(0, 80)), "', is no status code"));
}

std::string RecordedSocketPath(BirdDaemon daemon) { return absl::StrCat(ToString(daemon), "/socket.txt"); }

std::string RecordedSocket(const BirdSocketInfo& info) {
  return absl::StrCat("created: ", TimeText(info.created), "\n", "pid: ", info.pid, "\n");
}

absl::StatusOr<BirdSocketInfo> SocketFromRecorded(absl::string_view recorded) {
  Lines lines = LinesOf(recorded);
  absl::StatusOr<absl::Time> created = TimeAt(lines, "created");
  if (!created.ok()) return created.status();
  BirdSocketInfo info{.created = *created};
  if (!absl::SimpleAtoi(lines["pid"], &info.pid))
    return absl::InvalidArgumentError("its line 'pid: …' holds no number");
  return info;
}

bool RecordingHead::Holds(absl::string_view path) const {
  if (holds) return holds->contains(std::string(path));
  if (std::find(kFirstSources.begin(), kFirstSources.end(), path) != kFirstSources.end()) return true;
  return std::any_of(std::begin(kBirdDaemons), std::end(kBirdDaemons), [&](BirdDaemon daemon) {
    return path == RecordedPath(daemon, BirdQuestion::kStatus) ||
           path == RecordedPath(daemon, BirdQuestion::kProtocolsAll);
  });
}

std::string RecordingHeadText(const RecordingHead& head) {
  std::string text =
      absl::StrCat("What one node's kernel, BIRD and Calico said about its network. ", AboutNames(head),
                   "\n"
                   "To see what is wrong with the node: caliwatch check --replay <this folder>\n"
                   "\n"
                   "format: ",
                   kFormat, "\n", "taken: ", TimeText(head.taken_at), "\n", "kernel: ", OneLine(head.kernel), "\n");
  for (const auto& [program, version] : head.versions) absl::StrAppend(&text, program, ": ", OneLine(version), "\n");
  absl::StrAppend(&text, "up: ", absl::FormatDuration(head.up), "\n", "looks: ", head.looks, "\n");
  if (!head.boot_id.empty()) absl::StrAppend(&text, "boot: ", OneLine(head.boot_id), "\n");
  if (head.anonymized) absl::StrAppend(&text, "anonymized: yes\n");
  if (head.holds) absl::StrAppend(&text, "holds: ", absl::StrJoin(*head.holds, " "), "\n");
  return text;
}

absl::StatusOr<RecordingHead> RecordingHeadFrom(absl::string_view text) {
  Lines lines = LinesOf(text);
  if (!lines.contains("format")) return absl::InvalidArgumentError("it has no line 'format: …'");
  if (lines["format"] != kFormat)
    return absl::FailedPreconditionError(absl::StrCat("it is of format '",
                                                      absl::CHexEscape(lines["format"].substr(0, 80)),
                                                      "', and this version knows ", kFormat, " only"));
  absl::StatusOr<absl::Time> taken_at = TimeAt(lines, "taken");
  if (!taken_at.ok()) return taken_at.status();
  RecordingHead head{.taken_at = *taken_at, .kernel = std::string(lines["kernel"])};
  if (absl::Status read = ReadLaterLines(lines, head); !read.ok()) return read;
  return head;
}

}  // namespace caliwatch
