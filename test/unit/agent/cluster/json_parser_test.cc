// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/json_parser.h"

#include <limits>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "agent/cluster/json_answer.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

// The same as nlohmann's, of a view.
nlohmann::json TreeOf(const JsonValue& value) {
  switch (value.type()) {
    case JsonType::kNull:
      return nullptr;
    case JsonType::kFlag:
      return value.Flag();
    case JsonType::kInteger:
      if (value.Integer() < 0) return static_cast<int64_t>(value.Integer());
      return static_cast<uint64_t>(value.Integer());
    case JsonType::kOtherNumber:
      return "a number";
    case JsonType::kText:
      return std::string(value.Text());
    case JsonType::kList: {
      nlohmann::json list = nlohmann::json::array();
      for (const JsonValue& item : value.Items()) list.push_back(TreeOf(item));
      return list;
    }
    case JsonType::kObject:
      break;
  }
  nlohmann::json object = nlohmann::json::object();
  value.ForEachMember([&](absl::string_view name, JsonValue member) { object[std::string(name)] = TreeOf(member); });
  return object;
}

std::string ErrorOf(const std::string& text) {
  JsonParser parser;
  return std::string(parser.Parse(text).status().message());
}

TEST_CASE("what is parsed is what nlohmann makes of the same text") {
  JsonParser parser;
  for (const char* text :
       {R"({"null": null, "flag": [true, false], "list": [], "object": {}, "text": "a\"\\\u00e4\n"})",
        R"([0, -1, 9223372036854775807, 9223372036854775808, 18446744073709551615])",
        R"({"deep": [[[[{"er": {"and": {"deeper": 1}}}]]]], "": "no name"})", "7", "\"text\"", "null",
        R"( {"a" : 1 ,"b":	2}
)"}) {
    INFO(text);
    const auto parsed = parser.Parse(text);
    REQUIRE(parsed.ok());
    CHECK(TreeOf(*parsed) == nlohmann::json::parse(text));
  }
}

TEST_CASE("a value is found by its name, and is null where there is none") {
  JsonParser parser;
  const JsonValue value = *parser.Parse(R"({"a": {"b": "x", "none": null}, "number": 1.5})");
  CHECK(value.Find("a").TextOf("b") == "x");
  CHECK(value.Find("a").Has("none"));
  CHECK_FALSE(value.Find("a").Has("c"));
  CHECK(value.Find("number").Is(JsonType::kOtherNumber));
  CHECK(value.Find("number").Find("a").IsNull());
}

TEST_CASE("a text that is no JSON, is cut off, too deep or has too much in it is the same error as elsewhere") {
  for (const std::string text :
       {"{\"a\": hunter2}", "{\"items\": [1, 2", "", "{} {}", "{\"a\": \"\xff\"}", "[1,]", "\"cut"}) {
    INFO(text);
    const std::string error = ErrorOf(text);
    CHECK_FALSE(error.empty());
    CHECK(error == JsonFrom(text).status().message());
    CHECK_FALSE(absl::StrContains(error, "hunter2"));
  }
  CHECK(ErrorOf(std::string(100'000, '[')) == "is nested deeper than 64 at byte 65");
  CHECK(
      absl::StrContains(ErrorOf(absl::StrCat("[", std::string(2 * kMostJsonValues, ','), "]")), "has too many values"));
  // The one parser takes what the other does not.
  CHECK(absl::StrContains(ErrorOf("[18446744073709551616]"), "is not understood: "));
}

TEST_CASE("after an error and a release it goes on") {
  JsonParser parser;
  CHECK_FALSE(parser.Parse("{").ok());
  CHECK(parser.Parse(R"({"a": 1})")->Find("a").Integer() == 1);
  parser.Release();
  CHECK(parser.Parse(absl::StrCat(R"({"a": ")", std::string(1'000'000, 'x'), R"("})"))->TextOf("a").size() ==
        1'000'000);
}

}  // namespace
}  // namespace caliwatch
