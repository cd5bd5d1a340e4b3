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

TEST_CASE("members that nobody reads are skipped, however they are written, and nothing else is") {
  const auto without = [](absl::string_view text) { return WithoutMembers(text, {{"a", "long"}}); };
  CHECK(without(R"({"a": {"x": [1, {"y": "]}"}]}, "b": 2})") == R"({"a": 0, "b": 2})");
  CHECK(without(R"({"x": {"long" : ["\\", "\""]}, "b":[{"a":[]},{"a":{}}]})") ==
        R"({"x": {"long" : 0}, "b":[{"a":0},{"a":0}]})");
  for (const char* kept : {R"({"a": "text", "long": 7, "b": ["a", "a"]})", R"({"b": "\"a\": {}", "ab": {"c": 1}})", "",
                           "\"", "\"a\"", "\"a\":", "{\"a\" : ", "no JSON"})
    CHECK(without(kept) == kept);
  CHECK(without(R"({"a": [1, 2)") == R"({"a": )");
  CHECK(without(R"({"a": ["cut)") == R"({"a": )");
  CHECK(without(R"({"a": ["cut\)") == R"({"a": )");
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
