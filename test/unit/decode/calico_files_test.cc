// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/calico_files.h"

#include <utility>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

constexpr absl::string_view kName = "k8s default%2Fmypod eth0";

// The endpoint of kName whose file holds `content`.
absl::StatusOr<Endpoint> EndpointOf(absl::string_view content) { return EndpointFrom(kName, content); }

// As kName alone tells it.
Endpoint NamedEndpoint() {
  Endpoint endpoint;
  endpoint.orchestrator = "k8s";
  endpoint.workload = "default/mypod";
  endpoint.name = "eth0";
  return endpoint;
}

}  // namespace

TEST_CASE("the CNI plugin's kubeconfig is known by when it was written") {
  CHECK(CniKubeconfigFrom("2026-11-27T12:00:00.5Z")->written ==
        absl::FromCivil(absl::CivilSecond(2026, 11, 27, 12, 0, 0), absl::UTCTimeZone()) + absl::Milliseconds(500));
  for (const absl::string_view text : {"", "yesterday", "apiVersion: v1\n"})
    CHECK(Says(CniKubeconfigFrom(text).status(), "the time of the CNI plugin's kubeconfig is none"));
}

TEST_CASE("the node's name is the one line of its file") {
  CHECK(*NodeNameFrom("node-1.example") == "node-1.example");
  CHECK(*NodeNameFrom("node-1\n") == "node-1");
}

TEST_CASE("a file without one node name is refused") {
  CHECK(Says(NodeNameFrom("").status(), "nodename is empty"));
  CHECK(Says(NodeNameFrom(" \n").status(), "nodename is empty"));
  CHECK(Says(NodeNameFrom("node-1\nnode-2\n").status(), R"(but 'node-1\nnode-2')"));
  CHECK(absl::IsInvalidArgument(NodeNameFrom(absl::string_view("node\0", 5)).status()));
}

TEST_CASE("Calico's MTU is a number of bytes") {
  CHECK(MtuFrom("1480")->bytes == 1480);
  CHECK(MtuFrom("9001\n")->bytes == 9001);
}

TEST_CASE("a file without a number is no MTU") {
  for (const absl::string_view content : {"", "-1", "1480 1500", "0x5c8", "4294967296", "abc\x01"})
    CHECK(absl::IsInvalidArgument(MtuFrom(content).status()));
  CHECK(Says(MtuFrom("abc\x01").status(), R"(mtu holds no number, but 'abc\x01')"));
}

TEST_CASE("an endpoint is what Felix wrote of it") {
  const absl::StatusOr<Endpoint> endpoint =
      EndpointOf(R"({"ifaceName":"cali12ab34cd56e","mac":"02:00:00:aB:cd:0e","ipv4Nets":["10.65.0.2/32"],)"
                 R"("ipv6Nets":["fd65::2/128","fd65::3/128"],"bgpPeerName":"tor"})");
  REQUIRE(endpoint.ok());
  Endpoint expected = NamedEndpoint();
  expected.interface = "cali12ab34cd56e";
  expected.mac = MacAddress{2, 0, 0, 0xab, 0xcd, 0x0e};
  expected.prefixes = {*Prefix::Parse("10.65.0.2/32"), *Prefix::Parse("fd65::2/128"), *Prefix::Parse("fd65::3/128")};
  expected.bgp_peer = "tor";
  CHECK(*endpoint == expected);
}

TEST_CASE("what an endpoint has not may be absent or null, and what we do not know may be there") {
  for (const absl::string_view content :
       {R"({})", R"({"ifaceName":null,"mac":null,"ipv4Nets":null,"ipv6Nets":null,"bgpPeerName":null})",
        R"({"mac":"","ipv4Nets":[],"status":{"deep":[1,2]}})"}) {
    CAPTURE(content);
    CHECK(*EndpointOf(content) == NamedEndpoint());
  }
}

TEST_CASE("an endpoint whose file is being written has nothing but its names") {
  CHECK(*EndpointOf("") == NamedEndpoint());
}

TEST_CASE("the names of an endpoint are unescaped each for itself") {
  const absl::StatusOr<Endpoint> endpoint = EndpointFrom("open%20stack a%2Fb%25c%c3%A9 %65th0", "{}");
  REQUIRE(endpoint.ok());
  CHECK(endpoint->orchestrator == "open stack");
  CHECK(endpoint->workload == "a/b%c\xc3\xa9");
  CHECK(endpoint->name == "eth0");
}

TEST_CASE("a file whose name is no endpoint's is refused by name") {
  for (const absl::string_view name : {"", "k8s", "k8s pod", "k8s a%2Fb eth0 more"}) {
    const absl::Status status = EndpointFrom(name, "{}").status();
    CHECK(absl::IsInvalidArgument(status));
    CHECK(Says(status, absl::StrCat("endpoint-status/", name, ": its name is not made of")));
  }
  for (const absl::string_view name : {"k8s pod% eth0", "k8s pod%2 eth0", "k8s pod%zz eth0", "k8s pod%+2 eth0"})
    CHECK(Says(EndpointFrom(name, "{}").status(), "a '%' in its name"));
  CHECK(Says(EndpointFrom("\xff\n", "{}").status(), R"(endpoint-status/\xff\n: )"));
}

TEST_CASE("content of another kind is refused by file and key") {
  const std::pair<absl::string_view, absl::string_view> cases[] = {
      {R"({"ifaceName":7})", "its ifaceName is no string"},
      {R"({"mac":["02:00:00:00:00:01"]})", "its mac is no string"},
      {R"({"mac":"02:00:00:00:00"})", "its mac, '02:00:00:00:00', is no MAC address"},
      {R"({"mac":"02:00:00:00:00:0g"})", "is no MAC address"},
      {R"({"mac":"02:00:00:00:00:001"})", "is no MAC address"},
      {R"({"mac":"02:00:00:00:00:01:02"})", "is no MAC address"},
      {R"({"bgpPeerName":{}})", "its bgpPeerName is no string"},
      {R"({"ipv4Nets":"10.65.0.2/32"})", "its ipv4Nets is no list"},
      {R"({"ipv4Nets":[1]})", "its ipv4Nets holds other than strings"},
      {R"({"ipv4Nets":["10.65.0.2/33"]})", "its ipv4Nets holds '10.65.0.2/33', which is no address block"},
      {R"({"ipv6Nets":["fd65::2/128","x"]})", "its ipv6Nets holds 'x'"},
      {R"([])", "it holds no JSON object"},
      {R"({"ifaceName":"cali)", "it holds no JSON object"},
      {R"({} {})", "it holds no JSON object"},
      {"\xff\xfe", "it holds no JSON object"},
      {"{\"ifaceName\":\"\xff\"}", "it holds no JSON object"},
  };
  for (const auto& [content, says] : cases) {
    const absl::Status status = EndpointOf(content).status();
    CHECK(absl::IsInvalidArgument(status));
    CHECK(Says(status, absl::StrCat("endpoint-status/", kName, ": ")));
    CHECK(Says(status, says));
  }
}

TEST_CASE("a megabyte of open brackets is refused, not followed") {
  CHECK(absl::IsInvalidArgument(EndpointOf(std::string(1 << 20, '[')).status()));
}

}  // namespace caliwatch
