// SPDX-License-Identifier: Apache-2.0
#include "lib/read/link_roles.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

constexpr char kEni[] = "eni0123456789a";

Link Veth(std::string name, int index = 9) { return WorkloadLink(index, std::move(name)); }

LinkRole RoleAmong(const Link& link, const Table<Endpoint>& endpoints,
                   const Table<Route>& routes = std::vector<Route>{}, const Table<Link>* before = nullptr) {
  std::vector<Link> links = {link};
  AssignRoles(links, endpoints, routes, before);
  return links.front().role;
}

const Table<Endpoint> kNoFolder = absl::NotFoundError("there is no endpoint-status");

TEST_CASE("a link that endpoint-status names is a workload's, whatever its prefix") {
  const Table<Endpoint> endpoints = std::vector<Endpoint>{EndpointRow("default/a", "eni12ab34cd56e", "10.0.0.1"),
                                                          EndpointRow("default/b", "port-b", "10.0.0.2")};
  CHECK(RoleAmong(Veth("port-b"), endpoints) == LinkRole::kWorkload);
  CHECK(RoleAmong(Veth("eni12ab34cd56e"), endpoints) == LinkRole::kWorkload);
  SECTION("and so is one that has no file, but a name of the same form") {
    CHECK(RoleAmong(Veth(kEni), endpoints) == LinkRole::kWorkload);
    CHECK(RoleAmong(Veth("eniother"), endpoints) == LinkRole::kHost);
    CHECK(RoleAmong(Veth("veth0123456789a"), endpoints) == LinkRole::kHost);
  }
}

TEST_CASE("what connects no workload is none, though a file may name it") {
  const Table<Endpoint> endpoints = std::vector<Endpoint>{EndpointRow("default/a", "eth0", "10.0.0.1")};
  Link eth0 = Veth("eth0");
  eth0.kind = "";
  CHECK(RoleAmong(eth0, endpoints) == LinkRole::kHost);
  CHECK(RoleAmong(Veth("tunl0"), std::vector<Endpoint>{EndpointRow("default/a", "tunl0", "10.0.0.1")}) ==
        LinkRole::kTunnel);
}

TEST_CASE("cali… is a workload's by its name alone") {
  CHECK(RoleAmong(Veth("cali12ab34cd56e"), kNoFolder) == LinkRole::kWorkload);
}

TEST_CASE("without endpoint-status, a platform's interface that a host route leads to is a workload's") {
  const Table<Route> routes = std::vector<Route>{WorkloadRoute("10.0.0.1", 9)};
  CHECK(RoleAmong(Veth(kEni), kNoFolder, routes) == LinkRole::kWorkload);
  CHECK(RoleAmong(Veth(kEni), std::vector<Endpoint>{Endpoint{}}, routes) == LinkRole::kWorkload);  // markers only
  CHECK(RoleAmong(Veth(kEni, 8), kNoFolder, routes) == LinkRole::kHost);
  CHECK(RoleAmong(Veth("veth0123456789a"), kNoFolder, routes) == LinkRole::kHost);
  CHECK(RoleAmong(Veth(kEni), kNoFolder, absl::UnavailableError("gone")) == LinkRole::kHost);
}

TEST_CASE("a workload's interface remains one when its file goes, as long as it is the same interface") {
  Link before = Veth("port-b");
  before.role = LinkRole::kWorkload;
  const Table<Link> links = std::vector<Link>{before};
  const Table<Endpoint> others = std::vector<Endpoint>{EndpointRow("default/a", "cali12ab34cd56e", "192.168.231.1")};
  CHECK(RoleAmong(Veth("port-b"), others, std::vector<Route>{}, &links) == LinkRole::kWorkload);
  CHECK(RoleAmong(Veth("port-c"), others, std::vector<Route>{}, &links) == LinkRole::kHost);
  CHECK(RoleAmong(Veth("port-b", 8), others, std::vector<Route>{}, &links) == LinkRole::kHost);
}

}  // namespace
}  // namespace caliwatch
