// SPDX-License-Identifier: Apache-2.0
#include "lib/model/fnv_hash.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("FNV-1a has the values of its publication, and is that of all that was added") {
  const auto hash = [](absl::string_view text) {
    FnvHash whole;
    whole.Add(text);
    return whole.value();
  };
  CHECK(hash("") == 0xcbf29ce484222325);
  CHECK(hash("a") == 0xaf63dc4c8601ec8c);
  CHECK(hash("foobar") == 0x85944171f73967e8);
  FnvHash parts;
  parts.Add("foo");
  parts.Add(uint8_t{'b'});
  parts.Add("ar");
  CHECK(parts.value() == hash("foobar"));
}

}  // namespace
}  // namespace caliwatch
