// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/http_answer.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

namespace caliwatch {
namespace {

// Cuts off the first line, without its end.
absl::string_view TakeHeaderLine(absl::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const absl::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return absl::StripSuffix(line, "\r");
}

}  // namespace

absl::StatusOr<ParsedAnswer> HttpAnswerFrom(absl::string_view text) {
  ParsedAnswer answer;
  const std::vector<absl::string_view> words = absl::StrSplit(TakeHeaderLine(text), absl::MaxSplits(' ', 2));
  if (words.size() < 2 || !absl::StartsWith(words[0], "HTTP/") || !absl::SimpleAtoi(words[1], &answer.code))
    return absl::InvalidArgumentError("what answers there does not speak HTTP");
  uint64_t length = text.npos, seconds = 0;
  for (;;) {
    if (text.empty()) return absl::DataLossError("it hung up in its headers");
    const std::pair<absl::string_view, absl::string_view> header =
        absl::StrSplit(TakeHeaderLine(text), absl::MaxSplits(':', 1));
    if (header.first.empty()) break;
    const absl::string_view value = absl::StripAsciiWhitespace(header.second);
    if (absl::EqualsIgnoreCase(header.first, "Transfer-Encoding"))
      return absl::UnimplementedError("it answers in chunks, which was not asked for");
    if (absl::EqualsIgnoreCase(header.first, "Content-Length") && !absl::SimpleAtoi(value, &length))
      return absl::InvalidArgumentError("it does not say how long its answer is");
    // As much as a day is as old as anything may be.
    if (absl::EqualsIgnoreCase(header.first, "Age") && absl::SimpleAtoi(value, &seconds))
      answer.age = absl::Seconds(static_cast<int64_t>(std::min<uint64_t>(seconds, 86'400)));
  }
  if (length != text.npos && text.size() < length)
    return absl::DataLossError(absl::StrCat("it hung up after ", text.size(), " of ", length, " bytes"));
  answer.body = text;
  return answer;
}

}  // namespace caliwatch
