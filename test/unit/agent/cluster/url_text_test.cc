// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/url_text.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("what a query could mistake is escaped") {
  CHECK(UrlEscaped("eyJ2-._~9") == "eyJ2-._~9");
  CHECK(UrlEscaped("a+b/c=&d e\xff\n") == "a%2bb%2fc%3d%26d%20e%ff%0a");
}

}  // namespace
}  // namespace caliwatch
