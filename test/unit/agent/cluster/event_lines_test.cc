// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/event_lines.h"

#include <string>
#include <vector>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("events are whole lines, in whatever pieces they come") {
  EventLines lines;
  std::vector<std::string> taken;
  const auto take = [&](absl::string_view line) {
    taken.emplace_back(line);
    return absl::OkStatus();
  };
  for (const char piece : std::string("one\n\ntwo\nthr")) CHECK(lines.Take(std::string(1, piece), take).ok());
  CHECK(taken == std::vector<std::string>{"one", "two"});
  CHECK_FALSE(lines.at_line_end());
  CHECK(lines.Take("ee\n", take).ok());
  CHECK(taken.back() == "three");
  CHECK(lines.at_line_end());
}

TEST_CASE("what takes an event may end the stream, and an event has an end") {
  EventLines lines;
  int taken = 0;
  const auto refuse = [&](absl::string_view) {
    ++taken;
    return absl::DataLossError("bad");
  };
  CHECK(lines.Take("one\ntwo\n", refuse) == absl::DataLossError("bad"));
  CHECK(taken == 1);
  EventLines endless;
  CHECK(absl::IsResourceExhausted(endless.Take(std::string(EventLines::kMostLine + 1, 'x'), refuse)));
}

}  // namespace
}  // namespace caliwatch
