// SPDX-License-Identifier: Apache-2.0

// BIRD's answers, whole or damaged. The first byte says what was asked.

#include "lib/decode/bird_answers.h"

#include <iterator>
#include <string>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "test/fuzz/support/cost.h"
#include "test/fuzz/support/input.h"
#include "test/fuzz/support/must.h"

namespace caliwatch {
namespace {

constexpr absl::string_view kStatus = "1000-BIRD 1.6.8\n1011-Current server time is 2026-11-27 12:00:00\n0013 up\n";

// What was made of an answer, in words that are the same where the rows are.
struct Outcome {
  absl::Status status;
  size_t rows = 0;
  std::string text = {};
};

Outcome OfStatus(absl::string_view answer) {
  const auto status = BirdStatusFrom(answer);
  const auto clock = BirdClockFrom(answer);
  if (!status.ok()) return {status.status()};
  return {absl::OkStatus(), 1, absl::StrCat(status->version, "|", status->router_id, "|", clock.ok() && clock->now)};
}

Outcome OfProtocols(absl::string_view answer) {
  const auto protocols = BirdProtocolsFrom(answer, *BirdClockFrom(kStatus));
  if (!protocols.ok()) return {protocols.status()};
  Outcome outcome{absl::OkStatus(), protocols->peers.size() + protocols->others.size()};
  for (const BgpPeer& peer : protocols->peers) absl::StrAppend(&outcome.text, peer.name, "|", peer.DisplayName(), "\n");
  for (const BirdProtocol& other : protocols->others) absl::StrAppend(&outcome.text, other.name, "\n");
  return outcome;
}

Outcome OfRoutes(absl::string_view answer) {
  const auto routes = BirdRoutesFrom(answer, *BirdClockFrom(kStatus));
  if (!routes.ok()) return {routes.status()};
  Outcome outcome{absl::OkStatus(), routes->size()};
  for (const BirdRoute& route : *routes) {
    Must(route.destination.length <= route.destination.address.size() * 8, "a route's prefix fits its address");
    absl::StrAppend(&outcome.text, route.destination.ToString(), "|", route.protocol, "\n");
  }
  return outcome;
}

void Play(Outcome (*decode)(absl::string_view), const std::string& answer) {
  const Outcome outcome = decode(answer);
  const bool refused = absl::IsFailedPrecondition(outcome.status) || absl::IsInvalidArgument(outcome.status);
  Must(outcome.status.ok() || refused, "an answer is understood or refused", outcome.status.ToString());
  Must(outcome.rows <= answer.size(), "an answer has no more rows than bytes");
  const auto work = [&](const std::string& text) { decode(text); };
  const size_t last = answer.size() < 2 ? 0 : answer.rfind('\n', answer.size() - 2) + 1;
  MustBeLinear({"", answer.substr(0, last), "0000 \n"}, work);
  MustBeLinear({"1000-", absl::StrReplaceAll(answer, {{"\n", " "}}), "\n0000 \n"}, work);  // one line
  // BIRD may write to its log at any time: such lines stand between those of the answer, and change nothing.
  const size_t end = answer.find('\n');
  if (!outcome.status.ok() || end == std::string::npos) return;
  const Outcome again = decode(absl::StrCat(answer.substr(0, end + 1), "+a line of the log\n", answer.substr(end + 1)));
  Must(again.status.ok() && again.text == outcome.text, "a line of the log between them changes no rows", again.text);
}

}  // namespace
}  // namespace caliwatch

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace caliwatch;
  Input input(data, size);
  constexpr Outcome (*kDecoders[])(absl::string_view) = {OfStatus, OfProtocols, OfRoutes};
  const size_t asked = input.Below(std::size(kDecoders));
  Play(kDecoders[asked], std::string(input.rest()));
  return 0;
}
