// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/json_value.h"

#include <limits>
#include <string>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

TEST_CASE("a value of a tree is of one type, and says what it holds") {
  const Json tree = Json::parse(R"({"null": null, "flag": true, "below": -3, "above": 18446744073709551615,
                                    "other": 1.5, "text": "x", "list": [1, "b"], "object": {"b": 2, "a": 1}})");
  const JsonValue value = tree;
  CHECK(value.Is(JsonType::kObject));
  CHECK(value.Find("null").IsNull());
  CHECK(value.Find("flag").Flag());
  CHECK(value.Find("below").Integer() == -3);
  CHECK(value.Find("above").Integer() == absl::int128(std::numeric_limits<uint64_t>::max()));
  CHECK(value.Find("other").Is(JsonType::kOtherNumber));
  CHECK(value.Find("text").Text() == "x");
  const auto items = value.Find("list").Items();
  REQUIRE(items.size() == 2);
  CHECK(items[0].Integer() == 1);
  CHECK(items[1].Text() == "b");
  std::string members;
  value.Find("object").ForEachMember([&](absl::string_view name, JsonValue member) {
    absl::StrAppend(&members, name, static_cast<int>(member.Integer()));
  });
  CHECK(members == "a1b2");
}

TEST_CASE("what has no members or items has none, and null is not absent") {
  const Json tree = Json::parse(R"({"null": null, "text": "x"})");
  const JsonValue value = tree;
  CHECK(value.Has("null"));
  CHECK_FALSE(value.Has("absent"));
  CHECK(value.Find("absent").IsNull());
  CHECK(value.Find("text").Find("x").IsNull());
  CHECK(value.Find("absent").Find("x").IsNull());
  CHECK(value.Items().empty());
  CHECK(JsonValue().IsNull());
  CHECK(JsonValue().Items().empty());
  value.Find("text").ForEachMember([](absl::string_view, JsonValue) { FAIL("a text has no members"); });
  CHECK(value.TextOf("text") == "x");
  CHECK(value.TextOf("null").empty());
  CHECK(value.TextOf("absent").empty());
}

}  // namespace
}  // namespace caliwatch
