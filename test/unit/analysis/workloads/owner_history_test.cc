// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/owner_history.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

using Former = OwnerHistory::Former;

struct Follower {
  const Former& Poll(absl::Duration passed = absl::Seconds(5)) {
    now += passed;
    return history.Follow(node.endpoints, node.links, now);
  }
  void RemoveFile() { node.endpoints->erase(node.endpoints->begin()); }
  void RemoveLink() {
    std::erase_if(*node.links, [](const Link& link) { return link.name == "cali12ab34cd56e"; });
  }

  Snapshot node = HealthyNode();
  BootTime now = absl::Hours(1);
  OwnerHistory history;
};

const Former kPod1 = {{"cali12ab34cd56e", "pod default/pod-1"}};

TEST_CASE("whose an interface was is known while it lives on without a file") {
  Follower follower;
  CHECK(follower.Poll().empty());
  follower.RemoveFile();
  CHECK(follower.Poll() == kPod1);
  CHECK(follower.Poll(absl::Hours(5)) == kPod1);
  SECTION("and for ten minutes after it went") {
    follower.RemoveLink();
    CHECK(follower.Poll(absl::Minutes(9)) == kPod1);
    CHECK(follower.Poll(absl::Minutes(2)).empty());
  }
  SECTION("and no longer once another pod has it") {
    follower.node.endpoints->push_back(EndpointRow("default/new", "cali12ab34cd56e", "192.168.231.9"));
    CHECK(follower.Poll().empty());
  }
}

TEST_CASE("a workload whose file can no longer be read has not lost its interface") {
  Follower follower;
  follower.Poll();
  follower.node.endpoints->front().interface.clear();
  CHECK(follower.Poll().empty());
  CHECK(follower.history.standing().empty());
  follower.RemoveFile();
  CHECK(follower.Poll() == kPod1);
}

TEST_CASE("a process that goes on from what another one left knows whose interfaces were that are still there") {
  Follower before;
  before.Poll();
  before.RemoveFile();
  before.Poll();
  CHECK(before.history.standing() == kPod1);
  Follower after;
  after.RemoveFile();
  after.history = OwnerHistory(before.history.standing());
  SECTION("it is there") { CHECK(after.Poll() == kPod1); }
  SECTION("it has gone") {
    after.RemoveLink();
    CHECK(after.Poll().empty());
    CHECK(after.history.standing().empty());
  }
}

TEST_CASE("an interface that comes after the first poll is a newcomer until a file names it") {
  Follower follower;
  follower.node.links->push_back(WorkloadLink(8, "cali00000000008"));
  follower.Poll();
  CHECK(follower.history.newcomers().empty());  // who knows since when it has been there
  follower.node.links->push_back(WorkloadLink(9, "cali00000000009"));
  follower.node.links->push_back(WorkloadLink(10, "veth0"));
  follower.Poll();
  const std::set<std::string> newcomer = {"cali00000000009"};
  CHECK(follower.history.newcomers() == newcomer);
  SECTION("unread files change nothing, and without any there is none") {
    const Table<Endpoint> files = follower.node.endpoints;
    follower.node.endpoints = absl::UnavailableError("gone");
    follower.Poll();
    CHECK(follower.history.newcomers() == newcomer);
    follower.node.endpoints = absl::NotFoundError("no folder");
    follower.Poll();
    CHECK(follower.history.newcomers().empty());
  }
  SECTION("one that has had a file is none any more, with or without it") {
    follower.node.endpoints->push_back(EndpointRow("default/new", "cali00000000009", "192.168.231.9"));
    follower.Poll();
    CHECK(follower.history.newcomers().empty());
    follower.node.endpoints->pop_back();
    follower.Poll();
    CHECK(follower.history.newcomers().empty());
  }
}

TEST_CASE("files that all go at once, with their folder, are remembered; unread ones change nothing") {
  Follower follower;
  follower.Poll();
  follower.RemoveFile();
  follower.Poll();
  const Table<Endpoint> files = follower.node.endpoints;
  follower.node.endpoints = absl::UnavailableError("gone");
  CHECK(follower.Poll() == kPod1);
  follower.node.endpoints = absl::NotFoundError("no folder");
  CHECK(follower.Poll().size() == 2);
  follower.node.endpoints = files;
  CHECK(follower.Poll() == kPod1);
}

}  // namespace
}  // namespace caliwatch
