// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/felix_health.h"

#include <string>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "test/support/catch.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

// By github.com/olekukonko/tablewriter v0.0.5, which Calico has until 3.32: it wraps what is longer than 30 columns.
constexpr absl::string_view kWrapped =
    R"(+---------------------------+------------------+----------------+---------------------+--------------------------------+
|         COMPONENT         |     TIMEOUT      |    LIVENESS    |      READINESS      |             DETAIL             |
+---------------------------+------------------+----------------+---------------------+--------------------------------+
| BPFEndpointManager        | -                | -              | reporting non-ready | Failed to configure some       |
|                           |                  |                |                     | interfaces | see the log for   |
|                           |                  |                |                     | what exactly went wrong.       |
| CalculationGraph          | 30s              | reporting live | reporting ready     |                                |
| FelixStartup              | -                | reporting live | reporting ready     |                                |
| InternalDataplaneMainLoop | 1m30s (override) | timed out      | timed out           | two                            |
|                           |                  |                |                     | lines                          |
+---------------------------+------------------+----------------+---------------------+--------------------------------+)";

// The same by github.com/jedib0t/go-pretty/v6 v6.5.9, which wraps nothing.
constexpr absl::string_view kUnwrapped =
    R"(+---------------------------+------------------+----------------+---------------------+--------------------------------------------------------------------------------+
| COMPONENT                 | TIMEOUT          | LIVENESS       | READINESS           | DETAIL                                                                         |
+---------------------------+------------------+----------------+---------------------+--------------------------------------------------------------------------------+
| BPFEndpointManager        | -                | -              | reporting non-ready | Failed to configure some interfaces | see the log for what exactly went wrong. |
| CalculationGraph          | 30s              | reporting live | reporting ready     |                                                                                |
| FelixStartup              | -                | reporting live | reporting ready     |                                                                                |
| InternalDataplaneMainLoop | 1m30s (override) | timed out      | timed out           | two                                                                            |
|                           |                  |                |                     | lines                                                                          |
+---------------------------+------------------+----------------+---------------------+--------------------------------------------------------------------------------+)";

std::string Answer(absl::string_view status, absl::string_view body = "") {
  return absl::StrCat("HTTP/1.0 ", status, "\r\nDate: Fri, 27 Nov 2026 20:00:00 GMT\r\nContent-Length: ", body.size(),
                      "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", body);
}

std::string Both(absl::string_view readiness, absl::string_view liveness) {
  return absl::StrCat("http://localhost:9099/readiness\n", readiness, "\nhttp://localhost:9099/liveness\n", liveness);
}

absl::StatusOr<FelixHealth> WithTable(absl::string_view table) {
  return FelixHealthFrom(Both(Answer("503 Service Unavailable", table), Answer("200 OK", table)));
}

TEST_CASE("Felix' codes say whether it is ready and live, whatever its tables say") {
  struct {
    std::string readiness, liveness;
    bool ready, live;
  } const cases[] = {{"200 OK", "200 OK", true, true},
                     {"204 No Content", "204 No Content", true, true},
                     {"503 Service Unavailable", "200 OK", false, true},
                     {"503 Service Unavailable", "503 Service Unavailable", false, false}};
  for (const auto& each : cases) {
    const auto health = FelixHealthFrom(Both(Answer(each.readiness, kWrapped), Answer(each.liveness, kWrapped)));
    REQUIRE(health.ok());
    CHECK(health->ready == each.ready);
    CHECK(health->live == each.live);
  }
}

TEST_CASE("Felix' table names its components and what each reports, in the format of either library") {
  for (const absl::string_view table : {kWrapped, kUnwrapped}) {
    const auto health = WithTable(table);
    REQUIRE(health.ok());
    CHECK(health->components ==
          std::vector<FelixComponent>{
              {.name = "BPFEndpointManager",
               .ready = false,
               .detail = "Failed to configure some interfaces | see the log for what exactly went wrong."},
              {.name = "CalculationGraph", .live = true, .ready = true},
              {.name = "FelixStartup", .live = true, .ready = true},
              {.name = "InternalDataplaneMainLoop",
               .live = false,
               .ready = false,
               .timed_out = true,
               .detail = "two lines"}});
  }
}

TEST_CASE(
    "what a component reports of liveness is taken from the answer about liveness, and readiness from the other") {
  const std::string later = absl::StrReplaceAll(kWrapped, {{"30s              | reporting live | reporting ready    ",
                                                            "30s | reporting non-live | reporting non-ready "}});
  REQUIRE(later != kWrapped);
  const auto health = FelixHealthFrom(Both(Answer("200 OK", kWrapped), Answer("503 Service Unavailable", later)));
  REQUIRE(health.ok());
  CHECK(health->components[1] == FelixComponent{.name = "CalculationGraph", .live = false, .ready = true});
}

TEST_CASE("an answer without a table that can be read names no components, and its code holds") {
  for (const absl::string_view body :
       {"", "garbage", "|", "||||||", "| COMPONENT | TIMEOUT |\n| a | b |", "| a | - | reporting live | - |  |",
        "| COMPONENT | TIMEOUT | LIVENESS | READINESS | DETAIL |\n| a | - | reporting live |\n|  |  |  |  | lost |"}) {
    CAPTURE(body);
    const auto health = WithTable(body);
    REQUIRE(health.ok());
    CHECK_FALSE(health->ready);
    CHECK(health->components.empty());
  }
}

TEST_CASE("a table in chunks, which no answer to HTTP/1.0 may have, is not cut into false names") {
  const std::string chunked = absl::StrCat("HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n",
                                           "fff\r\n", kWrapped, "\r\n0\r\n\r\n");
  const auto health = FelixHealthFrom(Both(chunked, chunked));
  REQUIRE(health.ok());
  CHECK_FALSE(health->live);
  CHECK(health->components.empty());
}

TEST_CASE("a table of thousands of rows or of endless cells is cut") {
  std::string table = "| COMPONENT | TIMEOUT | LIVENESS | READINESS | DETAIL |\n";
  for (int row = 0; row < 2000; ++row) absl::StrAppend(&table, "| c", row, " | - | reporting live | - | x |\n");
  CHECK(WithTable(table)->components.size() == 64);

  table = absl::StrCat("| COMPONENT | TIMEOUT | LIVENESS | READINESS | DETAIL |\n| ", std::string(50000, 'n'),
                       " | - | - | - | ", std::string(9000, 'd'), " |\n");
  for (int row = 0; row < 100; ++row) absl::StrAppend(&table, "|  |  |  |  | more of it |\n");
  const FelixComponent component = WithTable(table)->components.at(0);
  CHECK(component.name.size() == 500);
  CHECK(component.detail.size() <= 500);
}

TEST_CASE("who gives another answer is not Felix, and is told with what it said") {
  for (const absl::string_view answer :
       {"HTTP/1.1 404 Not Found\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\n\r\n",
        "HTTP/1.0 500 Internal Server Error\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.0\r\n\r\n", "", "\n\n"}) {
    CAPTURE(answer);
    const absl::Status first = FelixHealthFrom(Both(answer, Answer("200 OK"))).status();
    CHECK(absl::IsNotFound(first));
    CHECK(Says(first, "http://localhost:9099/readiness answers '"));
    CHECK(Says(FelixHealthFrom(Both(Answer("200 OK"), answer)).status(), "http://localhost:9099/liveness answers '"));
  }
}

TEST_CASE("an answer that broke off is lost data, and says where") {
  const std::string whole = Answer("503 Service Unavailable", kWrapped);
  const size_t head = whole.find("\r\n\r\n") + 4;
  const absl::Status status =
      FelixHealthFrom(Both(absl::string_view(whole).substr(0, head + 100), Answer("200 OK"))).status();
  CHECK(absl::IsDataLoss(status));
  CHECK(Says(status, absl::StrCat("readiness hung up after 100 of ", kWrapped.size(), " bytes")));
  CHECK(Says(FelixHealthFrom(Both("HTTP/1.0 200 OK\r\nDate: now", Answer("200 OK"))).status(), "in its headers"));
}

TEST_CASE("no text, cut anywhere, is taken for health that Felix did not report") {
  const std::string whole =
      Both(Answer("503 Service Unavailable", kWrapped), Answer("503 Service Unavailable", kWrapped));
  for (size_t length = 0; length < whole.size(); ++length) {
    const auto health = FelixHealthFrom(whole.substr(0, length));
    CAPTURE(length);
    CHECK_FALSE(health.ok());
  }
  CHECK(FelixHealthFrom(whole).ok());
}

}  // namespace
}  // namespace caliwatch
