// SPDX-License-Identifier: Apache-2.0
#include "lib/view/log/log_record.h"

#include <algorithm>
#include <string>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

const absl::Time kTime = absl::FromUnixMillis(1'800'000'000'045);

std::string Logfmt(const LogRecord& record) { return FormatLogRecord(record, kTime, LogFormat::kLogfmt); }
std::string Json(const LogRecord& record) { return FormatLogRecord(record, kTime, LogFormat::kJson); }

// Everything that has broken a log before: line ends, quotes, separators, escapes, controls, bytes that are no UTF-8.
const std::string kHostile = std::string("a\nb\r\t\"c\" =\\ \x1b[31m \xff\xfe ü \x7f") + '\0' + "end";

TEST_CASE("a logfmt line has time in UTC, level and message, and fields in their order") {
  CHECK(Logfmt({LogLevel::kWarn, "peer is down", {{"peer", "10.39.1.2"}, {"cause", "no answer"}}}) ==
        "time=2027-01-15T08:00:00.045Z level=warn msg=\"peer is down\" peer=10.39.1.2 cause=\"no answer\"");
}

TEST_CASE("a JSON line has the same as strings") {
  CHECK(Json({LogLevel::kError, "refused", {{"file", "a b"}}}) ==
        R"({"time":"2027-01-15T08:00:00.045Z","level":"error","msg":"refused","file":"a b"})");
}

TEST_CASE("each level has its word") {
  for (const auto& [level, word] : {std::pair(LogLevel::kDebug, "debug"), std::pair(LogLevel::kInfo, "info"),
                                    std::pair(LogLevel::kWarn, "warn"), std::pair(LogLevel::kError, "error")})
    CHECK(Logfmt({level, "m"}) == absl::StrCat("time=2027-01-15T08:00:00.045Z level=", word, " msg=m"));
}

TEST_CASE("a value that could be taken for something else is quoted, a plain one is not") {
  for (const char* plain : {"a", "10.39.1.2", "fd00::1", "/var/run", "'x'", "50%"})
    CHECK(Logfmt({LogLevel::kInfo, plain}).ends_with(absl::StrCat("msg=", plain)));
  for (const char* quoted : {"", "a b", "a=b", "ü"})
    CHECK(Logfmt({LogLevel::kInfo, quoted}).ends_with(absl::StrCat("msg=\"", quoted, "\"")));
  CHECK(Logfmt({LogLevel::kInfo, "say \"x\""}).ends_with(R"(msg="say \"x\"")"));
}

TEST_CASE("no value breaks out of its line, whatever bytes it has") {
  const LogRecord record{LogLevel::kInfo, kHostile, {{"interface", kHostile}}};
  for (const std::string& line : {Logfmt(record), Json(record)}) {
    INFO(line);
    CHECK(std::none_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    CHECK_NOTHROW(nlohmann::json(line).dump());  // throws on what is no UTF-8
  }
}

TEST_CASE("a JSON line gives hostile values back, with U+FFFD for what is no UTF-8") {
  const auto line = nlohmann::json::parse(Json({LogLevel::kInfo, kHostile, {{"interface", "\xff"}}}));
  CHECK(line.at("msg").get<std::string>() ==
        std::string("a\nb\r\t\"c\" =\\ \x1b[31m \xEF\xBF\xBD\xEF\xBF\xBD ü \x7f") + '\0' + "end");
  CHECK(line.at("interface") == "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace caliwatch
