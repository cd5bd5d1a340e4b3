// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/json_items.h"

#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "test/support/catch.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

struct Read {
  std::vector<Json> items;
  absl::StatusOr<Json> rest;
};

Read ReadFrom(std::istream& in) {
  Read read{{}, absl::UnknownError("")};
  read.rest = ReadJsonItems(in, {"items"},
                            [&](const Json&, const std::string&, Json item) { read.items.push_back(std::move(item)); });
  return read;
}

Read ReadFrom(const std::string& text) {
  std::istringstream in(text);
  return ReadFrom(in);
}

TEST_CASE("items are given one by one, and the rest is what is around them") {
  const Read read =
      ReadFrom(R"({"kind": "List", "items": [{"a": [1, {"items": [2]}]}, 3], "metadata": {"items": [4]}})");
  CHECK(read.items == std::vector<Json>{Json::parse(R"({"a": [1, {"items": [2]}]})"), 3});
  CHECK(*read.rest == Json::parse(R"({"kind": "List", "metadata": {"items": [4]}})"));
}

TEST_CASE("an item comes with what was read before it") {
  std::istringstream in(R"({"kind": "PodList", "items": [1], "apiVersion": "v1"})");
  Json seen;
  CHECK(ReadJsonItems(in, {"items"}, [&](const Json& before, const std::string& list, Json) {
          CHECK(list == "items");
          seen = before;
        }).ok());
  CHECK(seen == Json({{"kind", "PodList"}}));
}

TEST_CASE("one object after another is read, and then nothing more") {
  std::istringstream in("{\"a\": 1}\n{\"items\": [2]}{}  \n");
  CHECK(*ReadFrom(in).rest == Json({{"a", 1}}));
  CHECK(ReadFrom(in).items == std::vector<Json>{2});
  CHECK(ReadFrom(in).rest->empty());
  CHECK(absl::IsNotFound(ReadFrom(in).rest.status()));
}

TEST_CASE("what is cut off, is no JSON or no object is an error") {
  CHECK(absl::IsDataLoss(ReadFrom(R"({"items": [{"a": 1}, {"b")").rest.status()));
  CHECK(ReadFrom(R"({"items": [{"a": 1}, {"b")").items.size() == 1);
  CHECK(Says(ReadFrom(R"({"items": [}]})").rest.status(), "no JSON from byte 12 on"));
  CHECK(Says(ReadFrom("[1]").rest.status(), "it is no JSON object"));
  CHECK(Says(ReadFrom("7 ").rest.status(), "it is no JSON object"));
  CHECK(absl::IsInvalidArgument(ReadFrom("apiVersion: v1\n").rest.status()));
}

TEST_CASE("an item that is too large or too deep is refused, and many small ones are not") {
  const std::string large(17 << 20, 'x');
  CHECK(Says(ReadFrom("{\"items\": [\"" + large + "\"]}").rest.status(), "larger than any of Kubernetes"));
  CHECK(Says(ReadFrom("{\"items\": [" + std::string(200, '[')).rest.status(), "nested deeper"));
  std::string many = "{\"items\": [0";
  for (int i = 0; i < 9; ++i) many += ",\"" + large.substr(0, 2 << 20) + "\"";
  CHECK(ReadFrom(many + "]}").items.size() == 10);
}

}  // namespace
}  // namespace caliwatch
