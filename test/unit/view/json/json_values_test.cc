// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/json_values.h"

#include <nlohmann/json.hpp>

#include "test/support/catch.h"

namespace caliwatch {

TEST_CASE("what is not there is null, never an empty text") {
  CHECK(TextOrNull("").is_null());
  CHECK(TextOrNull("web") == "web");
  CHECK(ErrorOrNull(absl::OkStatus()).is_null());
  CHECK(ErrorOrNull(absl::NotFoundError("no such file")) == "no such file");
  NodeWorkloads node;
  node.blocks = absl::UnavailableError("no routes");
  CHECK(BlocksJson(node).is_null());
  node.blocks = std::vector<Prefix>();
  CHECK(BlocksJson(node) == Json::array());
}

TEST_CASE("times are of UTC, with milliseconds") {
  CHECK(When(absl::FromUnixMillis(1'500)) == "1970-01-01T00:00:01.500Z");
}

TEST_CASE("a printed document is JSON that a terminal may show, whatever its texts are") {
  const std::string printed = Printed({{"name", Text("a\x1b[2J\xff")}}, -1);
  CHECK(printed == "{\"name\":\"a\\u001b[2J\xef\xbf\xbd\"}\n");
  CHECK(Printed({{"name", "b"}}, 1) == "{\n \"name\": \"b\"\n}\n");
}

}  // namespace caliwatch
