// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/prefix_set.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

Prefix Net(absl::string_view text) { return *Prefix::Parse(text); }
IpAddress Host(absl::string_view text) { return *IpAddress::Parse(text); }

TEST_CASE("a prefix is shortened to the network of its first bits") {
  CHECK(Shortened(Net("10.39.1.231/32"), 24) == Net("10.39.1.0/24"));
  CHECK(Shortened(Net("10.39.1.231/32"), 28) == Net("10.39.1.224/28"));
  CHECK(Shortened(Net("10.39.1.231/32"), 32) == Net("10.39.1.231/32"));
  CHECK(Shortened(Net("fd39::1/128"), 0) == Net("::/0"));
}

TEST_CASE("the hull of two prefixes is the smallest network around both") {
  CHECK(HullOf(Net("192.168.1.0/26"), Net("192.168.1.64/26")) == Net("192.168.1.0/25"));
  CHECK(HullOf(Net("192.168.1.0/24"), Net("192.168.1.64/26")) == Net("192.168.1.0/24"));
  CHECK(HullOf(Net("10.0.0.0/8"), Net("192.168.1.64/26")) == Net("0.0.0.0/0"));
  CHECK(HullOf(Net("fd39::/122"), Net("fd39::40/122")) == Net("fd39::/121"));
}

TEST_CASE("two families have no hull, and no length makes the search for one go on for ever") {
  CHECK(HullOf(Net("192.168.1.0/26"), Net("fd39::/122")) == Net("192.168.1.0/26"));
  CHECK(HullOf(Net("::/0"), Net("0.0.0.0/0")) == Net("::/0"));
  CHECK(HullOf({Host("10.39.1.231"), 200}, {Host("10.39.1.231"), 255}) == Net("10.39.1.231/32"));
}

TEST_CASE("a set of networks holds the addresses in any of them") {
  PrefixSet set;
  CHECK_FALSE(set.Hold(Host("10.39.1.1")));
  for (absl::string_view text : {"10.39.1.0/24", "10.39.1.128/25", "192.168.7.1/32", "fd39::/122"})
    set.Insert(Net(text));
  set.Insert({Host("10.40.1.9"), 24});  // with bits of a host
  for (absl::string_view text : {"10.39.1.1", "10.39.1.200", "192.168.7.1", "fd39::3f", "10.40.1.1"})
    CHECK(set.Hold(Host(text)));
  for (absl::string_view text : {"10.39.2.1", "192.168.7.2", "fd39::40", "10.40.2.1"})
    CHECK_FALSE(set.Hold(Host(text)));
}

TEST_CASE("a default route holds all of its family") {
  PrefixSet set;
  set.Insert(Net("0.0.0.0/0"));
  CHECK(set.Hold(Host("10.39.1.1")));
  CHECK_FALSE(set.Hold(Host("fd39::1")));
}

}  // namespace
}  // namespace caliwatch
