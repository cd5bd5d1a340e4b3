// SPDX-License-Identifier: Apache-2.0
// Every recording, cut short at every byte and with bytes changed at random. What must not happen shows under the
// sanitizers.

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>

#include <absl/status/status.h>
#include <absl/strings/match.h>

#include "lib/decode/bird_answers.h"
#include "test/support/bird_recordings.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

const BirdClock kClock{absl::FromUnixSeconds(1795217311)};

absl::Status ReadAs(const std::string& recording, absl::string_view answer) {
  if (absl::StrContains(recording, "__show_status")) return BirdStatusFrom(answer).status();
  if (absl::StrContains(recording, "__show_route")) return BirdRoutesFrom(answer, kClock).status();
  return BirdProtocolsFrom(answer, kClock).status();
}

TEST_CASE("an answer that breaks off anywhere is an error") {
  for (const std::string& recording : BirdRecordingsOf("__show_")) {
    const std::string answer = ReadBirdRecording(recording);
    INFO(recording);
    // Byte by byte over the start and the end, where the lines of a kind begin and the last one stands.
    const size_t near = std::min<size_t>(answer.size(), 300);
    for (size_t length = 0; length < answer.size(); ++length) {
      if (length == near && answer.size() > 2 * near) length = answer.size() - near;
      const absl::Status status = ReadAs(recording, absl::string_view(answer).substr(0, length));
      if (!absl::IsInvalidArgument(status)) FAIL_CHECK("cut after " << length << " bytes: " << status);
    }
  }
}

TEST_CASE("an answer with any bytes changed is read or refused") {
  std::mt19937 random(20261120);
  const auto below = [&](size_t limit) { return std::uniform_int_distribution<size_t>(0, limit - 1)(random); };
  // Bytes that mean something, and any others.
  const std::string telling = " \t\n+-<>[]:./%0189*!";
  int read = 0;
  int refused = 0;
  for (const std::string& recording : BirdRecordingsOf("__show_")) {
    const std::string original = ReadBirdRecording(recording);
    for (int round = 0; round < 40; ++round) {
      std::string answer = original;
      for (size_t changes = 1 + below(8); changes > 0; --changes) {
        const size_t at = below(answer.size());
        const char byte = below(2) == 0 ? telling[below(telling.size())] : static_cast<char>(below(256));
        if (below(4) == 0)
          answer.insert(at, below(40), byte);
        else if (below(4) == 0)
          answer.erase(at, below(40));
        else
          answer[at] = byte;
        if (answer.empty()) answer = original;
      }
      ++(ReadAs(recording, answer).ok() ? read : refused);
    }
  }
  CHECK(read > 1000);
  CHECK(refused > 1000);
}

TEST_CASE("no bytes at all, zeros and blanks are errors") {
  for (const std::string& answer :
       {std::string(), std::string(100, '\0'), std::string(100, ' '), std::string(100, '\n')})
    for (const char* kind : {"__show_status", "__show_protocols", "__show_route"})
      CHECK(absl::IsInvalidArgument(ReadAs(kind, answer)));
}

}  // namespace
}  // namespace caliwatch
