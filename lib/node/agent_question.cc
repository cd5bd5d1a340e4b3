// SPDX-License-Identifier: Apache-2.0
#include "lib/node/agent_question.h"

#include <algorithm>

#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

constexpr size_t kMostProbeBytes = 2 * kLargestProbe;  // of an answer with its head; who sends more is no agent

// A packet more than the first is filled by, so that the first is full.
size_t LargeRequestFor(uint32_t segment_bytes) { return std::min<size_t>(segment_bytes + 100, kLargestProbe); }

std::string RequestText(absl::string_view address, const AgentQuestion& question, const HttpProgress& progress) {
  std::string text = absl::StrCat("GET ", kProbeUrlPath, "?");
  if (question.in_doubt) absl::StrAppend(&text, "doubt=1&");
  if (question.counts) absl::StrAppend(&text, "counts=1&");
  absl::StrAppend(&text, "size=", question.large ? LargeAnswerFor(progress.segment_bytes) : 0,
                  " HTTP/1.0\r\nHost: ", address, "\r\nUser-Agent: caliwatch\r\n");
  if (const size_t wanted = LargeRequestFor(progress.segment_bytes); question.large && text.size() + 20 < wanted)
    absl::StrAppend(&text, "X-Filling: ", std::string(wanted - text.size() - 15, 'x'), "\r\n");
  return absl::StrCat(text, "\r\n");
}

}  // namespace

size_t LargeAnswerFor(uint32_t segment_bytes) { return std::min<size_t>(segment_bytes, kLargestProbe); }

absl::StatusOr<std::string> AskAgent(absl::string_view address, const AgentQuestion& question, HttpProgress& progress) {
  const auto request = [&](const HttpProgress& now) { return RequestText(address, question, now); };
  return HttpAsk(address, kProbeUrlPath, request, Deadline(question.within), kMostProbeBytes, progress);
}

}  // namespace caliwatch
