// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/json_answer.h"

#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

std::string ErrorOf(absl::string_view text) { return std::string(JsonFrom(text).status().message()); }

TEST_CASE("an answer that is no JSON is an error that says where, and not what") {
  CHECK(JsonFrom(R"({"a": [1, {"b": "]}"}]})").ok());
  CHECK(ErrorOf("{\"a\": hunter2}") == "is no JSON at byte 7");
  CHECK(absl::StrContains(ErrorOf("{\"items\": [1, 2"), "is cut off after 15 bytes"));
  CHECK_FALSE(JsonFrom("").ok());
  CHECK_FALSE(JsonFrom("{} {}").ok());
}

TEST_CASE("an answer that is nested without end is refused before it is read") {
  CHECK(ErrorOf(std::string(1'000'000, '[')) == "is nested deeper than 64 at byte 65");
  CHECK(JsonFrom("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"").ok());  // a text
  CHECK(JsonFrom(R"(["\"[", []])", 2).ok());
}

TEST_CASE("an answer of more values than any page has is refused before it is read") {
  CHECK(ErrorOf(std::string(kMostJsonValues, ',')) == absl::StrCat("has too many values at byte ", kMostJsonValues));
  CHECK(ErrorOf(std::string(kMostJsonValues - 1, ',')) == "is no JSON at byte 1");
}

TEST_CASE("a member that is not there, or is another thing, is none") {
  const nlohmann::json json = *JsonFrom(R"({"text": "x", "number": 1})");
  CHECK(TextAt(json, "text") == "x");
  CHECK(TextAt(json, "number").empty());
  CHECK(TextAt(json, "absent").empty());
  CHECK(TextAt(json.at("text"), "text").empty());
  CHECK(MemberAt(json, "absent").is_null());
}

}  // namespace
}  // namespace caliwatch
