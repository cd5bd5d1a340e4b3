// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/bird_lines.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/match.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

using Lines = std::vector<std::pair<int, std::string>>;

struct Walk {
  absl::Status status;
  Lines lines;
};

Walk WalkOver(absl::string_view answer, int first_code = 0) {
  Walk walk;
  walk.status = ForEachBirdLine(answer, first_code, [&](const BirdLine& line) {
    walk.lines.emplace_back(line.code, std::string(line.text));
    return absl::OkStatus();
  });
  return walk;
}

bool SaysOf(const absl::Status& status, absl::string_view text) { return absl::StrContains(status.message(), text); }

TEST_CASE("a line that starts with a blank continues the code before it") {
  const Walk walk = WalkOver("1000-BIRD 1.6.8\n1011-Router ID is 10.0.0.1\n Last reboot on x\n0013 Daemon is up\n");
  CHECK(walk.status.ok());
  CHECK(walk.lines ==
        Lines{{1000, "BIRD 1.6.8"}, {1011, "Router ID is 10.0.0.1"}, {1011, "Last reboot on x"}, {13, "Daemon is up"}});
}

TEST_CASE("an answer's first line may continue a code from the answer before") {
  CHECK(WalkOver(" Mesh_1 BGP\n0000 \n", 1002).lines == Lines{{1002, "Mesh_1 BGP"}, {0, ""}});
}

TEST_CASE("the blanks and tabs of a text stay, and a text may be empty") {
  CHECK(WalkOver("1007-\n \tvia 10.0.0.1 on eth0\n  two\n \n0000 \n").lines ==
        Lines{{1007, ""}, {1007, "\tvia 10.0.0.1 on eth0"}, {1007, " two"}, {1007, ""}, {0, ""}});
}

TEST_CASE("log lines may come between any two lines and change no code") {
  const Walk walk = WalkOver(
      "+Reconfiguring\n1002-a\n+Mesh_1: State changed to up\n b\n<12 messages lost>\n c\n0000 \n+Reconfigured\n");
  CHECK(walk.status.ok());
  CHECK(walk.lines == Lines{{1002, "a"}, {1002, "b"}, {1002, "c"}, {0, ""}});
}

TEST_CASE("a line that BIRD found too long is told as such, and the answer goes on") {
  const Walk walk = WalkOver("1006-a\n8000-<line overflow>\n1006-b\n0000 \n");
  CHECK(walk.status.ok());
  CHECK(walk.lines == Lines{{1006, "a"}, {8000, "<line overflow>"}, {1006, "b"}, {0, ""}});
}

TEST_CASE("a refusal is a failed precondition in BIRD's own words") {
  const Walk unknown = WalkOver("9001 syntax error, unexpected END\n");
  CHECK(absl::IsFailedPrecondition(unknown.status));
  CHECK(SaysOf(unknown.status, "9001 syntax error, unexpected END"));

  const Walk midway = WalkOver("1007-10.0.0.0/8 dev eth0\n8004 Stopped due to reconfiguration\n");
  CHECK(absl::IsFailedPrecondition(midway.status));
  CHECK(SaysOf(midway.status, "line 2"));
  CHECK(SaysOf(midway.status, "8004 Stopped due to reconfiguration"));
}

TEST_CASE("an answer without its last line is no answer") {
  for (const absl::string_view cut :
       {"", "1002-a\n", "1002-a\n0000", "1002-a\n0000 ", "1002-a\n b\n00", "+log line\n"}) {
    INFO(cut);
    CHECK(absl::IsInvalidArgument(WalkOver(cut).status));
  }
  CHECK(SaysOf(WalkOver("1002-a\n b\n").status, "after line 2"));
  CHECK(SaysOf(WalkOver("1002-a\n b\n00").status, "line 3"));
}

TEST_CASE("a line outside BIRD's grammar is named, whatever bytes it holds") {
  const absl::Status status = WalkOver("1002-a\n\x01\xff no code\n0000 \n").status;
  CHECK(absl::IsInvalidArgument(status));
  CHECK(SaysOf(status, "line 2"));
  CHECK(SaysOf(status, "\\x01\\xff no code"));
  for (const absl::string_view line :
       {"\n0000 \n", "100-a\n0000 \n", "1000_a\n0000 \n", "1x00-a\n0000 \n", "1002\n0000 \n"})
    CHECK(absl::IsInvalidArgument(WalkOver(line).status));
}

TEST_CASE("nothing may follow an answer's last line") {
  CHECK(SaysOf(WalkOver("0000 \n1002-a\n").status, "line 2"));
  CHECK(absl::IsInvalidArgument(WalkOver("0000 \n0000 \n").status));
}

TEST_CASE("an error of the reader ends the walk and gets the line's place") {
  int seen = 0;
  const absl::Status status = ForEachBirdLine("1002-a\n b\n0000 \n", 0, [&](const BirdLine&) {
    return ++seen == 2 ? absl::InvalidArgumentError("too odd") : absl::OkStatus();
  });
  CHECK(seen == 2);
  CHECK(SaysOf(status, "line 2"));
  CHECK(SaysOf(status, "too odd"));
}

TEST_CASE("words are cut off with the blanks around them") {
  absl::string_view text = "  via\t10.0.0.1  on eth0 ";
  CHECK(TakeWord(text) == "via");
  CHECK(TakeWord(text) == "10.0.0.1");
  CHECK(text == "on eth0 ");
  text = " ";
  CHECK(TakeWord(text).empty());
  CHECK(text.empty());
}

TEST_CASE("a text is trimmed of every kind of blank, on both its sides and not within") {
  CHECK(Trimmed(" \t\v\f\r\nHold timer:  1 \t") == "Hold timer:  1");
  CHECK(Trimmed(" \r ").empty());
  CHECK(Trimmed("").empty());
}

TEST_CASE("a number is a whole word of digits that its type can hold") {
  uint32_t number = 7;
  CHECK((ReadNumber("4294967295", number) && number == 4294967295));
  CHECK((ReadNumber("010", number) && number == 10));
  for (const absl::string_view none : {"", "-1", "+1", " 1", "1 ", "1,", "---", "4294967296"})
    CHECK_FALSE(ReadNumber(none, number));
}

}  // namespace
}  // namespace caliwatch
