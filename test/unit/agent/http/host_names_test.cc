// SPDX-License-Identifier: Apache-2.0
#include "agent/http/host_names.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("addresses, names without a dot, the node's name and those allowed are this node's own") {
  for (const char* host : {"", "10.0.0.1", "10.0.0.1:10179", "[fd00::1]", "[fd00::1]:10179", "localhost:10179", "node1",
                           "ip-10-0-0-1.ec2.internal:10179", "IP-10-0-0-1.EC2.internal.", "watch.example.com"}) {
    INFO(host);
    CHECK(IsOwnHost(host, "ip-10-0-0-1.ec2.internal", {"other.example.com", "Watch.example.com"}));
  }
}

TEST_CASE("a name that others may own is not, however like an own one it looks") {
  for (const char* host :
       {"evil.example", "evil.example:10179", "10.0.0.1.evil.example", "node1.evil.example:80",
        "node1.example.com.evil.example", "xnode1.example.com", "[evil.example]:10179", "evil.example:"}) {
    INFO(host);
    CHECK_FALSE(IsOwnHost(host, "node1.example.com", {}));
  }
  CHECK_FALSE(IsOwnHost("evil.example", "", {}));  // a node whose name nobody knows
}

}  // namespace
}  // namespace caliwatch
