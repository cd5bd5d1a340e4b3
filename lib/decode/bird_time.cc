// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/bird_time.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/time/civil_time.h>

namespace caliwatch {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);
// BIRD prints the time of day alone for 20 hours, then the date alone; an hour of leeway, as the clock was asked for
// separately.
constexpr absl::Duration kTimeAloneLimit = absl::Hours(21);

struct TimeOfDay {
  absl::Duration since_midnight;
  absl::Duration resolution;
};

using Pair = std::pair<absl::string_view, absl::string_view>;
Pair CutAt(absl::string_view text, char separator) {
  const size_t end = text.find(separator);
  return end == absl::string_view::npos ? Pair(text, {}) : Pair(text.substr(0, end), text.substr(end + 1));
}

// `longest` up to 9, so that an int holds it.
std::optional<int> NumberFrom(absl::string_view digits, size_t shortest, size_t longest) {
  if (digits.size() < shortest || digits.size() > longest) return std::nullopt;
  int number = 0;
  for (const char digit : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  return number;
}

// "23:28:31", "23:28:31.837", and "23:28" of `old short`.
std::optional<TimeOfDay> TimeOfDayFrom(absl::string_view text) {
  const auto [hour_text, rest] = CutAt(text, ':');
  const auto [minute_text, second_text] = CutAt(rest, ':');
  const std::optional<int> hour = NumberFrom(hour_text, 2, 2);
  const std::optional<int> minute = NumberFrom(minute_text, 2, 2);
  if (!hour || *hour > 23 || !minute || *minute > 59) return std::nullopt;
  const absl::Duration to_the_minute = absl::Hours(*hour) + absl::Minutes(*minute);
  if (rest.size() == minute_text.size()) return TimeOfDay{to_the_minute, absl::Minutes(1)};
  const std::optional<absl::Duration> seconds = BirdSecondsFrom(second_text);
  if (!seconds || second_text.size() < 2 || *seconds >= absl::Seconds(61)) return std::nullopt;
  return TimeOfDay{to_the_minute + *seconds, absl::Seconds(1)};
}

std::optional<absl::CivilDay> DayOf(std::optional<int> year, std::optional<int> month, std::optional<int> day) {
  if (!year || !month || !day) return std::nullopt;
  const absl::CivilDay civil(*year, *month, *day);  // which turns the 31st of a short month into the 1st of the next
  if (civil.month() != *month || civil.day() != *day) return std::nullopt;
  return civil;
}

// "2026-11-20", and "20-11-2026" of `old long`.
std::optional<absl::CivilDay> DateFrom(absl::string_view text) {
  const auto [first, rest] = CutAt(text, '-');
  const auto [second, third] = CutAt(rest, '-');
  if (first.size() == 4) return DayOf(NumberFrom(first, 4, 4), NumberFrom(second, 2, 2), NumberFrom(third, 2, 2));
  return DayOf(NumberFrom(third, 4, 4), NumberFrom(second, 2, 2), NumberFrom(first, 2, 2));
}

// "Nov20" of `old short`: the last one there was.
std::optional<absl::CivilDay> MonthDayFrom(absl::string_view text, absl::CivilDay today) {
  constexpr std::array<absl::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(0, 3));
  if (month == kMonths.end()) return std::nullopt;
  const int number = static_cast<int>(month - kMonths.begin()) + 1;
  const std::optional<int> day = NumberFrom(text.substr(3), 2, 2);
  const std::optional<absl::CivilDay> this_year = DayOf(static_cast<int>(today.year()), number, day);
  if (this_year && *this_year <= today) return this_year;
  return DayOf(static_cast<int>(today.year()) - 1, number, day);
}

absl::Time StartOf(absl::CivilDay day) { return absl::FromCivil(day, absl::UTCTimeZone()); }

// Later than now is yesterday, unless that would be so long ago that BIRD had printed a date: then it is now, and the
// clock was asked for a moment earlier (or set back, at the end of summer time).
absl::Duration AgeOfTimeAlone(absl::Duration time_of_day, absl::Time now) {
  const absl::Duration since_midnight = now - absl::UnixEpoch() - absl::Floor(now - absl::UnixEpoch(), kDay);
  const absl::Duration age = since_midnight - time_of_day;
  if (age >= absl::ZeroDuration()) return age;
  return age + kDay <= kTimeAloneLimit ? age + kDay : absl::ZeroDuration();
}

}  // namespace

std::optional<absl::Duration> BirdSecondsFrom(absl::string_view text) {
  const auto [whole_text, fraction_text] = CutAt(text, '.');
  const std::optional<int> whole = NumberFrom(whole_text, 1, 9);
  if (!whole) return std::nullopt;
  if (whole_text.size() == text.size()) return absl::Seconds(*whole);
  const std::optional<int> fraction = NumberFrom(fraction_text, 1, 9);
  if (!fraction) return std::nullopt;
  int64_t unit = 1'000'000'000;
  for (size_t digit = 0; digit < fraction_text.size(); ++digit) unit /= 10;
  return absl::Seconds(*whole) + absl::Nanoseconds(*fraction * unit);
}

std::optional<absl::Time> BirdTimeFrom(absl::string_view text) {
  const auto [date_text, time_text] = CutAt(text, ' ');
  const std::optional<absl::CivilDay> date = DateFrom(date_text);
  const std::optional<TimeOfDay> time = TimeOfDayFrom(time_text);
  if (!date || !time) return std::nullopt;
  return StartOf(*date) + time->since_midnight;
}

std::optional<BirdAge> BirdAgeFrom(absl::string_view text, const BirdClock& clock) {
  if (!clock.now) return std::nullopt;
  const absl::Time now = *clock.now;
  if (const auto time = TimeOfDayFrom(text))
    return BirdAge{AgeOfTimeAlone(time->since_midnight, now), time->resolution};
  if (const auto moment = BirdTimeFrom(text))
    return BirdAge{std::max(now - *moment, absl::ZeroDuration()), absl::Seconds(1)};
  std::optional<absl::CivilDay> date = DateFrom(text);
  if (!date) date = MonthDayFrom(text, absl::ToCivilDay(now, absl::UTCTimeZone()));
  if (!date) return std::nullopt;
  return BirdAge{std::max(now - StartOf(*date), absl::ZeroDuration()), kDay};
}

}  // namespace caliwatch
