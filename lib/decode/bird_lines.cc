// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/bird_lines.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

constexpr size_t kCodeDigits = 4;
constexpr int kFirstRefusal = 8000;  // 8xxx: it cannot be done; 9xxx: the question was not understood

struct Reply {
  BirdLine line;
  bool last = false;
};

// `echo` puts them between any two lines. BIRD marks what it had to drop with "<7 messages lost>".
bool IsLogLine(absl::string_view raw) { return !raw.empty() && (raw.front() == '+' || raw.front() == '<'); }

std::optional<Reply> ReplyFrom(absl::string_view raw, int previous_code) {
  if (!raw.empty() && raw.front() == ' ') return Reply{{previous_code, raw.substr(1)}, false};
  if (raw.size() <= kCodeDigits) return std::nullopt;
  int code = 0;
  for (const char digit : raw.substr(0, kCodeDigits)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return std::nullopt;
    code = code * 10 + (digit - '0');
  }
  const char mark = raw[kCodeDigits];
  if (mark != '-' && mark != ' ') return std::nullopt;
  return Reply{{code, raw.substr(kCodeDigits + 1)}, mark == ' '};
}

// BIRD's words as they are, but fit for a log line.
std::string Quote(absl::string_view raw) {
  constexpr size_t kLongestQuote = 120;
  std::string quote;
  for (const char c : raw.substr(0, kLongestQuote)) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isprint(byte))
      quote += c;
    else
      absl::StrAppend(&quote, "\\x", absl::Hex(byte, absl::kZeroPad2));
  }
  return quote;
}

std::string Place(int number, absl::string_view raw) {
  return absl::StrCat("line ", number, " of BIRD's answer, \"", Quote(raw), "\"");
}

absl::Status Malformed(int number, absl::string_view raw, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(Place(number, raw), ": ", what));
}

}  // namespace

absl::Status ForEachBirdLine(absl::string_view answer, int first_code,
                             absl::FunctionRef<absl::Status(const BirdLine&)> on_line) {
  int code = first_code;
  bool ended = false;
  int number = 0;
  while (!answer.empty()) {
    ++number;
    const size_t length = answer.find('\n');
    if (length == absl::string_view::npos) return Malformed(number, answer, "the answer breaks off here");
    const absl::string_view raw = answer.substr(0, length);
    answer.remove_prefix(length + 1);
    if (IsLogLine(raw)) continue;
    if (ended) return Malformed(number, raw, "nothing may follow the answer's last line");
    const std::optional<Reply> reply = ReplyFrom(raw, code);
    if (!reply) return Malformed(number, raw, "it has no reply code");
    code = reply->line.code;
    ended = reply->last;
    if (ended && code >= kFirstRefusal)
      return absl::FailedPreconditionError(absl::StrCat(Place(number, raw), ": BIRD refuses"));
    if (const absl::Status status = on_line(reply->line); !status.ok()) return Malformed(number, raw, status.message());
  }
  if (!ended) return absl::InvalidArgumentError(absl::StrCat("BIRD's answer breaks off after line ", number));
  return absl::OkStatus();
}

absl::string_view Trimmed(absl::string_view text) {
  size_t begin = 0, end = text.size();
  while (begin < end && IsBlank(text[begin])) ++begin;
  while (end > begin && IsBlank(text[end - 1])) --end;
  return text.substr(begin, end - begin);
}

absl::string_view TakeWord(absl::string_view& text) {
  const auto skip = [&](size_t i) {
    while (i < text.size() && IsBlank(text[i])) ++i;
    return i;
  };
  const size_t begin = skip(0);
  size_t end = begin;
  while (end < text.size() && text[end] != ' ' && text[end] != '\t') ++end;
  const absl::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(skip(end));
  return word;
}

}  // namespace caliwatch
