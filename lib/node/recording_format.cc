// SPDX-License-Identifier: Apache-2.0
#include "lib/node/recording_format.h"

#include <map>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

namespace caliwatch {
namespace {

constexpr absl::string_view kFormat = "1";

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

std::string RecordingHeadText(const RecordingHead& head) {
  return absl::StrCat(
      "What one node's kernel, BIRD and Calico said about its network. It names pods and IP addresses.\n"
      "To see what is wrong with the node: caliwatch check --replay <this folder>\n"
      "\n"
      "format: ",
      kFormat, "\n", "taken: ", absl::FormatTime(absl::RFC3339_full, head.taken_at, absl::UTCTimeZone()), "\n",
      "kernel: ", head.kernel, "\n");
}

absl::StatusOr<RecordingHead> RecordingHeadFrom(absl::string_view text) {
  std::map<absl::string_view, absl::string_view> values;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(": ", 1));
    values.emplace(parts.first, absl::StripAsciiWhitespace(parts.second));
  }
  if (!values.contains("format")) return absl::InvalidArgumentError("it has no line 'format: …'");
  if (values["format"] != kFormat)
    return absl::FailedPreconditionError(absl::StrCat("it is of format '",
                                                      absl::CHexEscape(values["format"].substr(0, 80)),
                                                      "', and this version knows ", kFormat, " only"));
  RecordingHead head;
  std::string why;
  if (!absl::ParseTime(absl::RFC3339_full, values["taken"], &head.taken_at, &why))
    return absl::InvalidArgumentError(absl::StrCat("its line 'taken: …' holds no time: ", why));
  head.kernel = std::string(values["kernel"]);
  return head;
}

}  // namespace caliwatch
