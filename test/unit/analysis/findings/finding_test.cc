// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/finding.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

Finding About(Thing subject, std::optional<Family> family = std::nullopt) { return {std::move(subject), family, ""}; }

TEST_CASE("a subject reads as the field writes it, with its family where that belongs to it") {
  CHECK(SubjectText(About(*IpAddress::Parse("10.39.1.12"), Family::kIpv4)) == "10.39.1.12");
  CHECK(SubjectText(About(*Prefix::Parse("192.168.5.0/26"))) == "192.168.5.0/26");
  CHECK(SubjectText(About(*Prefix::Parse("192.168.5.1/32"))) == "192.168.5.1/32");
  CHECK(SubjectText(About(InterfaceName{"cali12ab34cd56e"})) == "cali12ab34cd56e");
  CHECK(SubjectText(About(PodName{"default/web-1"}, Family::kIpv6)) == "default/web-1 ipv6");
  CHECK(SubjectText(About(ProtocolName{"Mesh_10_39_1_12"}, Family::kIpv4)) == "Mesh_10_39_1_12");
  CHECK(SubjectText(About(FamilyWide::kBird, Family::kIpv6)) == "BIRD ipv6");
  CHECK(SubjectText(About(FamilyWide::kForwarding, Family::kIpv4)) == "all IPv4");
  CHECK(SubjectText(About(FamilyWide::kNeighborTable, Family::kIpv6)) == "IPv6");
}

TEST_CASE("what else a finding is about reads without a family") {
  CHECK(ThingText(PodName{"default/web-1"}) == "default/web-1");
  CHECK(ThingText(InterfacesOf({"cali1"}).front()) == "cali1");
  CHECK(ThingText(ThingsOf({*IpAddress::Parse("fd00::1")}).front()) == "fd00::1");
}

TEST_CASE("an address and a prefix have a family by themselves") {
  CHECK(FamilyOf(Thing(*IpAddress::Parse("fd00::1"))) == Family::kIpv6);
  CHECK(FamilyOf(Thing(*Prefix::Parse("10.0.0.0/8"))) == Family::kIpv4);
  CHECK(FamilyOf(Thing(InterfaceName{"eth0"})) == std::nullopt);
}

TEST_CASE("names of different kinds are different things") {
  CHECK(Thing(InterfaceName{"x"}) != Thing(PodName{"x"}));
  CHECK(Thing(*Prefix::Parse("10.0.0.1/32")) != Thing(*IpAddress::Parse("10.0.0.1")));
}

}  // namespace
}  // namespace caliwatch
