// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/endpoint_files.h"

#include <algorithm>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

constexpr char kFirst[] = "cali12ab34cd56e", kSecond[] = "calif0f0f0f0f0f";  // of HealthyNode()

EndpointFiles FilesOn(const Snapshot& node) {
  const absl::StatusOr<EndpointFiles> files = EndpointFilesOf(node.endpoints, node.links, HostRoutes(*node.routes));
  REQUIRE(files.ok());
  return *files;
}

void Unplug(Snapshot& node, absl::string_view name) {
  const auto link =
      std::find_if(node.links->begin(), node.links->end(), [&](const Link& one) { return one.name == name; });
  std::erase_if(*node.routes, [&](const Route& route) { return route.link == link->index; });
  node.links->erase(link);
}

using Doubts = std::map<std::string, FileDoubt>;

TEST_CASE("a healthy node's files are in no doubt") {
  const EndpointFiles files = FilesOn(HealthyNode());
  CHECK(files.doubts.empty());
  CHECK(files.with_interface == 2);
}

TEST_CASE("a file whose interface is gone is that of a pod that has ended") {
  Snapshot node = HealthyNode();
  Unplug(node, kFirst);
  CHECK(FilesOn(node).doubts == Doubts{{kFirst, FileDoubt::kNoInterface}});
  SECTION("the last of all, too") {
    node.endpoints->pop_back();
    Unplug(node, kSecond);
    CHECK(FilesOn(node).doubts == Doubts{{kFirst, FileDoubt::kNoInterface}});
  }
}

TEST_CASE("an interface with routes and without a file is that of a pod that has started") {
  Snapshot node = HealthyNode();
  node.links->push_back(WorkloadLink(9, "cali00000000009"));
  SECTION("with a route") {
    node.routes->push_back(WorkloadRoute("192.168.231.9", 9));
    CHECK(FilesOn(node).doubts == Doubts{{"cali00000000009", FileDoubt::kNoFile}});
  }
  SECTION("one that does not run has no file by right") {
    node.routes->push_back(WorkloadRoute("192.168.231.9", 9));
    node.links->back().running = false;
    CHECK(FilesOn(node).doubts.empty());
  }
  SECTION("without any route nothing tells that it is a pod's") { CHECK(FilesOn(node).doubts.empty()); }
  SECTION("the address of another pod's file proves nothing of the files") {
    node.routes->push_back(WorkloadRoute("192.168.231.1", 9));
    CHECK(FilesOn(node).doubts.empty());
  }
  SECTION("but that of a file whose pod has ended was given to this one") {
    node.routes->push_back(WorkloadRoute("192.168.231.1", 9));
    Unplug(node, kFirst);
    CHECK(FilesOn(node).doubts == Doubts{{"cali00000000009", FileDoubt::kNoFile}, {kFirst, FileDoubt::kNoInterface}});
  }
  SECTION("a route by way of a pod leads on") {
    node.routes->push_back(WorkloadRoute("192.168.231.9", 9));
    node.routes->back().gateway = *IpAddress::Parse("192.168.231.1");
    CHECK(FilesOn(node).doubts.empty());
  }
}

TEST_CASE("an interface that leads to other addresses than its file has is that of a pod that was made anew") {
  Snapshot node = HealthyNode();
  SECTION("other addresses alone") {
    std::erase_if(*node.routes, [](const Route& route) { return route.link == 5; });
    node.routes->push_back(WorkloadRoute("192.168.231.9", 5));
    CHECK(FilesOn(node).doubts == Doubts{{kFirst, FileDoubt::kOtherAddress}});
  }
  SECTION("beside its own, another one is no doubt") {
    node.routes->push_back(WorkloadRoute("192.168.231.9", 5));
    CHECK(FilesOn(node).doubts.empty());
  }
  SECTION("no route at all is a route that is missing") {
    std::erase_if(*node.routes, [](const Route& route) { return route.link == 5; });
    CHECK(FilesOn(node).doubts.empty());
  }
}

TEST_CASE("without files, or with empty ones, nothing is in doubt") {
  Snapshot node = HealthyNode();
  Unplug(node, kFirst);
  SECTION("no folder") { node.endpoints = absl::NotFoundError("no folder"); }
  SECTION("no file") { node.endpoints->clear(); }
  SECTION("empty files") {
    for (Endpoint& endpoint : *node.endpoints) endpoint.interface.clear();
  }
  CHECK(FilesOn(node).doubts.empty());
  CHECK(FilesOn(node).with_interface == 0);
}

TEST_CASE("while a file names no interface, as one that cannot be read, no interface lacks a file") {
  Snapshot node = HealthyNode();
  node.endpoints->front().interface.clear();
  node.endpoints->front().prefixes.clear();
  CHECK(FilesOn(node).doubts.empty());
  node.endpoints->erase(node.endpoints->begin());
  CHECK(FilesOn(node).doubts.size() == 1);
}

TEST_CASE("under VPP the kernel has none of the interfaces, and nothing is in doubt") {
  Snapshot node = HealthyNode();
  Unplug(node, kFirst);
  Unplug(node, kSecond);
  CHECK(FilesOn(node).doubts.empty());
  CHECK(FilesOn(node).with_interface == 2);
}

TEST_CASE("metrics of pods' IPv4 routes show a Calico that writes files") {
  Snapshot node = HealthyNode();
  CHECK_FALSE(FilesOn(node).has_metrics);
  SECTION("an IPv6 route always has one") {
    node.routes->push_back(WorkloadRoute("fd00::1", 5));
    node.routes->back().metric = 1024;
    CHECK_FALSE(FilesOn(node).has_metrics);
  }
  SECTION("an IPv4 route") {
    for (Route& route : *node.routes)
      if (route.link == 5) route.metric = 1024;
    CHECK(FilesOn(node).has_metrics);
  }
}

TEST_CASE("what could not be read says so") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  const Snapshot node = HealthyNode();
  CHECK(EndpointFilesOf(gone, node.links, HostRoutes(*node.routes)).status() == gone);
  CHECK(EndpointFilesOf(node.endpoints, gone, HostRoutes(*node.routes)).status() == gone);
  CHECK(EndpointFilesOf(node.endpoints, node.links, gone).status() == gone);
}

}  // namespace
}  // namespace caliwatch
