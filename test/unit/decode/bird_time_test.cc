// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/bird_time.h"

#include <optional>
#include <string>

#include <absl/time/civil_time.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

absl::Time At(absl::CivilSecond second) { return absl::FromCivil(second, absl::UTCTimeZone()); }

// 21 November 2026, 18:33:45.
BirdClock Evening() { return {At(absl::CivilSecond(2026, 11, 21, 18, 33, 45))}; }

absl::Duration AgeOf(absl::string_view text, const BirdClock& clock = Evening()) {
  return BirdAgeFrom(text, clock).value().age;
}
absl::Duration ResolutionOf(absl::string_view text) { return BirdAgeFrom(text, Evening()).value().resolution; }

TEST_CASE("a time of day before now is today's") {
  CHECK(AgeOf("18:33:40") == absl::Seconds(5));
  CHECK(AgeOf("18:33:45") == absl::ZeroDuration());
  CHECK(AgeOf("00:00:00") == absl::Hours(18) + absl::Minutes(33) + absl::Seconds(45));
  CHECK(ResolutionOf("18:33:40") == absl::Seconds(1));
}

TEST_CASE("a time of day after now is yesterday's") {
  CHECK(AgeOf("23:33:38") == absl::Hours(19) + absl::Seconds(7));
  const BirdClock after_midnight{At(absl::CivilSecond(2026, 11, 21, 0, 0, 4))};
  CHECK(AgeOf("23:59:59", after_midnight) == absl::Seconds(5));
}

TEST_CASE("a time of day too old for its format is the clock's unsteadiness, and means now") {
  CHECK(AgeOf("18:33:46") == absl::ZeroDuration());
  CHECK(AgeOf("19:30:00") == absl::ZeroDuration());
  CHECK(AgeOf("22:33:00") == absl::Hours(20) + absl::Seconds(45));
}

TEST_CASE("fractions of a second count, milliseconds and microseconds") {
  CHECK(AgeOf("18:33:40.837") == absl::Milliseconds(4163));
  CHECK(AgeOf("18:33:40.000001") == absl::Microseconds(4999999));
  CHECK(AgeOf("2026-11-21 18:33:40.837") == absl::Milliseconds(4163));
}

TEST_CASE("a date alone is a day of uncertainty, counted from its start") {
  CHECK(AgeOf("2026-11-20") == absl::Hours(42) + absl::Minutes(33) + absl::Seconds(45));
  CHECK(ResolutionOf("2026-11-20") == absl::Hours(24));
  CHECK(AgeOf("2025-11-21") == absl::Hours(365 * 24 + 18) + absl::Minutes(33) + absl::Seconds(45));
}

TEST_CASE("iso long and old long have a blank between date and time") {
  CHECK(AgeOf("2026-11-20 18:33:45") == absl::Hours(24));
  CHECK(AgeOf("20-11-2026 18:33:45") == absl::Hours(24));
  CHECK(ResolutionOf("20-11-2026 18:33:45") == absl::Seconds(1));
}

TEST_CASE("old short has minutes, and beyond twenty hours a month and a day") {
  CHECK(AgeOf("18:30") == absl::Minutes(3) + absl::Seconds(45));
  CHECK(ResolutionOf("18:30") == absl::Minutes(1));
  CHECK(AgeOf("Nov20") == AgeOf("2026-11-20"));
  CHECK(ResolutionOf("Nov20") == absl::Hours(24));
  CHECK(AgeOf("Dec24") == AgeOf("2025-12-24"));
  const BirdClock january{At(absl::CivilSecond(2028, 1, 2, 0, 0, 0))};
  CHECK(AgeOf("Dec31", january) == absl::Hours(48));
}

TEST_CASE("a time later than now is an age of zero, never less") {
  CHECK(AgeOf("2026-11-22 00:00:00") == absl::ZeroDuration());
  CHECK(AgeOf("2026-12-01") == absl::ZeroDuration());
}

TEST_CASE("a format we do not know is no age") {
  for (const absl::string_view text : {"",
                                       " ",
                                       "1795217585",
                                       "2026-11-21T07:33:15+0800",
                                       "2026",
                                       "<too-long>",
                                       "24:00:00",
                                       "12:60:00",
                                       "12:00:61",
                                       "1:2:3",
                                       "12:00:",
                                       "12:00:0",
                                       "12:00:00.",
                                       "12:00:00.x",
                                       "-1:00:00",
                                       "2026-13-01",
                                       "2026-02-29",
                                       "2026-11-31",
                                       "31-11-2026",
                                       "Nov",
                                       "Nov31",
                                       "Nov 5",
                                       "nov20",
                                       "2026-11-20 x",
                                       "2026-11-20  18:33:45",
                                       "12:00:00 2026-11-20",
                                       "up",
                                       "---"}) {
    INFO(text);
    CHECK_FALSE(BirdAgeFrom(text, Evening()).has_value());
  }
}

TEST_CASE("without a clock there are no ages") {
  for (const absl::string_view text : {"18:33:40", "2026-11-20", "2026-11-20 18:33:45", "Nov20"})
    CHECK_FALSE(BirdAgeFrom(text, BirdClock{}).has_value());
}

TEST_CASE("seconds may have a fraction, and nothing else") {
  CHECK(BirdSecondsFrom("235") == absl::Seconds(235));
  CHECK(BirdSecondsFrom("235.360") == absl::Milliseconds(235360));
  CHECK(BirdSecondsFrom("0.000") == absl::ZeroDuration());
  for (const absl::string_view text : {"", "-", "-1", "+1", "1e3", "1.", ".5", " 1", "12345678901", "1.2.3"}) {
    INFO(text);
    CHECK_FALSE(BirdSecondsFrom(text).has_value());
  }
}

}  // namespace
}  // namespace caliwatch
