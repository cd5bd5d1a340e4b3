// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/probe_answer.h"

#include <algorithm>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <net/if.h>

#include "lib/decode/http_answer.h"

namespace caliwatch {
namespace {

constexpr absl::string_view kFirstLine = "caliwatch probe 1";
constexpr size_t kLongestName = 253;  // of a node in Kubernetes

// Of a node in Kubernetes: nothing else comes into a log or a terminal.
bool IsNodeName(absl::string_view text) {
  return text.size() <= kLongestName && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '.';
         });
}

// "vxlan.calico 4711"
void TakeReceived(absl::string_view words, ArrivalCounts& arrivals) {
  const std::pair<std::string, absl::string_view> parts = absl::StrSplit(words, absl::MaxSplits(' ', 1));
  uint64_t packets = 0;
  const bool is_good = parts.first.size() < IFNAMSIZ && absl::SimpleAtoi(parts.second, &packets);
  if (is_good && arrivals.received.size() < ProbeAnswer::kMostTunnels) arrivals.received[parts.first] = packets;
}

void Take(absl::string_view line, ProbeAnswer& answer) {
  if (absl::ConsumePrefix(&line, "node ")) {
    if (IsNodeName(line)) answer.node = std::string(line);
  } else if (absl::ConsumePrefix(&line, "tunnel ")) {
    const auto address = IpAddress::Parse(line);
    if (address.ok() && answer.tunnel_addresses.size() < ProbeAnswer::kMostTunnels)
      answer.tunnel_addresses.push_back(*address);
  } else if (line == "asks-others") {
    answer.asks_others = true;
  } else if (absl::ConsumePrefix(&line, "damaged ")) {
    uint64_t damaged = 0;
    if (absl::SimpleAtoi(line, &damaged)) answer.arrivals = ArrivalCounts{.damaged = damaged};
  } else if (absl::ConsumePrefix(&line, "received ") && answer.arrivals) {
    TakeReceived(line, *answer.arrivals);
  }
}

}  // namespace

std::string ProbeAnswerText(const ProbeAnswer& answer, size_t bytes) {
  std::string text = absl::StrCat(kFirstLine, "\n");
  if (!answer.node.empty()) absl::StrAppend(&text, "node ", answer.node, "\n");
  for (const IpAddress& address : answer.tunnel_addresses) absl::StrAppend(&text, "tunnel ", address.ToString(), "\n");
  if (answer.asks_others) absl::StrAppend(&text, "asks-others\n");
  if (answer.arrivals) {
    absl::StrAppend(&text, "damaged ", answer.arrivals->damaged, "\n");
    for (const auto& [device, packets] : answer.arrivals->received)
      absl::StrAppend(&text, "received ", device, " ", packets, "\n");
  }
  text.push_back('\n');
  if (text.size() < bytes) text.append(bytes - text.size() - 1, 'x').push_back('\n');
  return text;
}

absl::StatusOr<ProbeAnswer> ProbeAnswerFrom(absl::string_view http, size_t bytes) {
  const absl::StatusOr<ParsedAnswer> told = HttpAnswerFrom(http);
  if (!told.ok()) return told.status();
  if (told->code != 200) return absl::InvalidArgumentError(absl::StrCat("has the status ", told->code));
  absl::string_view body = told->body;
  if (body.size() < bytes)
    return absl::InvalidArgumentError(absl::StrCat("has ", body.size(), " bytes of body, not ", bytes));
  const size_t end_of_lines = body.find("\n\n");
  if (!absl::ConsumePrefix(&body, kFirstLine) || body.empty() || body.front() != '\n')
    return absl::InvalidArgumentError("is not that of an agent to another");
  if (end_of_lines == absl::string_view::npos) return absl::InvalidArgumentError("has no end");
  ProbeAnswer answer;
  for (const absl::string_view line : absl::StrSplit(body.substr(0, end_of_lines - kFirstLine.size()), '\n'))
    Take(line, answer);
  return answer;
}

}  // namespace caliwatch
