// SPDX-License-Identifier: Apache-2.0
#include "lib/read/read_snapshot.h"

#include <algorithm>
#include <new>
#include <utility>

#include <absl/strings/str_cat.h>
#include <linux/rtnetlink.h>

#include "test/support/catch.h"
#include "test/support/faulty_node.h"
#include "test/support/memory_node.h"
#include "test/support/netlink_message.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

const absl::Time kMoment = absl::FromUnixSeconds(1'800'000'000);

Snapshot ReadAt(RawNode& node, absl::Time moment = kMoment) {
  return *ReadSnapshot(node, [&] { return moment; });
}

std::vector<std::string> NamesOf(const std::vector<SourceReading>& readings) {
  std::vector<std::string> names;
  for (const SourceReading& reading : readings) names.emplace_back(reading.name);
  return names;
}

const absl::Status& StatusOf(const Snapshot& snapshot, absl::string_view source) {
  const auto named = [&](const SourceReading& reading) { return reading.name == source; };
  return std::find_if(snapshot.sources.begin(), snapshot.sources.end(), named)->status;
}

const std::vector<std::string> kAllSources = {
    "links", "addresses",  "routes",         "neighbors",      "fdb",  "netconf", "neighbor_limits",
    "rules", "link_stats", "bgp_sockets",    "pods",           "bird", "bird6",   "nodename",
    "mtu",   "felix",      "cni_kubeconfig", "endpoint_status"};

}  // namespace

TEST_CASE("a pod that could not be looked into is told as an error of the source, and hides no other") {
  MemoryNode node = ReadableNode();
  std::vector<std::string>& messages = node.messages[KernelTable::kPods];
  NetlinkMessage error(NLMSG_ERROR, nlmsgerr{});
  error.PutText(NLMSGERR_ATTR_MSG, "/run/netns/cni-1: dump routes: it holds more than is taken of it");
  messages.insert(messages.begin(), messages.front());
  messages.insert(messages.begin() + 1,
                  std::string(reinterpret_cast<const char*>(&error.get()), error.get().nlmsg_len));
  const Snapshot snapshot = ReadAt(node);
  REQUIRE(snapshot.pods.ok());
  CHECK(snapshot.pods->size() == 1);
  CHECK(snapshot.pods->front().links.size() == 1);
  CHECK(StatusOf(snapshot, "pods") ==
        absl::UnavailableError(
            "1 of 2 cannot be read: /run/netns/cni-1: dump routes: it holds more than is taken of it"));
}

TEST_CASE("a table for which there is not enough memory is an error, and the others are read") {
  class ShortNode : public MemoryNode {
   public:
    explicit ShortNode(MemoryNode node) : MemoryNode(std::move(node)) {}
    absl::Status Dump(KernelTable table, OnMessage on_message) override {
      if (table == KernelTable::kRoutes) throw std::bad_alloc();
      return MemoryNode::Dump(table, on_message);
    }
  } node(ReadableNode());
  const Snapshot snapshot = ReadAt(node);
  CHECK(absl::IsResourceExhausted(snapshot.routes.status()));
  CHECK(Says(StatusOf(snapshot, "routes"), "not enough memory for the kernel's routes"));
  CHECK(snapshot.neighbors.ok());
  CHECK(snapshot.birds[Family::kIpv4].status.ok());
}

TEST_CASE("a snapshot holds what every source says") {
  MemoryNode node = ReadableNode();
  const Snapshot snapshot = ReadAt(node);
  CHECK(snapshot.taken_at == kMoment);
  CHECK(snapshot.links->at(1).name == "cali12ab34cd56e");
  CHECK(snapshot.addresses->at(0).address == *IpAddress::Parse("10.39.1.231"));
  CHECK(snapshot.routes->at(0).destination == *Prefix::Parse("10.65.0.2/32"));
  CHECK(snapshot.neighbors->at(1).address == *IpAddress::Parse("fd65::2"));
  CHECK(snapshot.fdb->at(0).destination == *IpAddress::Parse("10.39.1.219"));
  CHECK(snapshot.netconf->at(0).forwarding == 1);
  CHECK(snapshot.neighbor_limits->at(1).family == Family::kIpv6);
  CHECK(snapshot.rules->at(0).priority == 99);
  CHECK(snapshot.link_stats->at(1).link == 7);
  CHECK(snapshot.birds[Family::kIpv4].status->version == "1.6.8");
  CHECK(snapshot.birds[Family::kIpv4].peers->at(0).name == "Mesh_10_39_1_219");
  CHECK(snapshot.birds[Family::kIpv4].protocols->at(0).type != "BGP");
  CHECK(snapshot.birds[Family::kIpv6].peers->at(0).name == "Mesh_fd39_1__219");
  CHECK(*snapshot.node_name == "node-1");
  CHECK(snapshot.calico_mtu->bytes == 1480);
  CHECK(snapshot.endpoints->at(1).workload == "default/web-1");
  CHECK(snapshot.felix->ready);
}

TEST_CASE("every source is accounted for, and asked no more than it must be") {
  MemoryNode node = ReadableNode();
  const Snapshot snapshot = ReadAt(node);
  CHECK(NamesOf(snapshot.sources) == kAllSources);
  for (const SourceReading& reading : snapshot.sources) CHECK(reading.status == absl::OkStatus());
  CHECK(node.asked == std::vector<std::string>{"links",
                                               "addresses",
                                               "routes",
                                               "neighbors",
                                               "fdb",
                                               "netconf",
                                               "neighbor_limits",
                                               "rules",
                                               "link_stats",
                                               "bgp_sockets",
                                               "pods",
                                               "bird: show status",
                                               "bird: show protocols all",
                                               "bird6: show status",
                                               "bird6: show protocols all",
                                               "nodename",
                                               "mtu",
                                               "felix",
                                               "cni_kubeconfig",
                                               "endpoint-status"});
}

TEST_CASE("how long each source took is told by the clock that the caller gave") {
  MemoryNode node = ReadableNode();
  absl::Time now = kMoment;
  const Snapshot snapshot = *ReadSnapshot(node, [&] { return now += absl::Seconds(1); });
  for (const SourceReading& reading : snapshot.sources) CHECK(reading.took == absl::Seconds(1));
}

TEST_CASE("a source that fails takes nothing with it, and comes back by itself") {
  MemoryNode readable = ReadableNode();
  const Snapshot whole = ReadAt(readable);
  FaultyNode node(readable);
  for (const std::string& source : kAllSources) {
    CAPTURE(source);
    const absl::Status error = absl::UnavailableError("broken on purpose");
    node.Fail(source, error);
    const Snapshot snapshot = ReadAt(node);
    CHECK(DifferentSources(snapshot, whole) == std::vector<std::string>{source});
    for (const SourceReading& reading : snapshot.sources)
      CHECK(reading.status == (reading.name == source ? error : absl::OkStatus()));

    node.Heal();
    CHECK(DifferentSources(ReadAt(node), whole).empty());
  }
}

TEST_CASE("a source that sends something broken takes nothing with it and names itself") {
  MemoryNode readable = ReadableNode();
  const Snapshot whole = ReadAt(readable);
  FaultyNode node(readable);
  for (const std::string source :
       {"links", "addresses", "routes", "neighbors", "fdb", "netconf", "neighbor_limits", "rules", "link_stats"}) {
    node.Truncate(source);
    const Snapshot snapshot = ReadAt(node);
    CHECK(DifferentSources(snapshot, whole) == std::vector<std::string>{source});
    CHECK(absl::IsInvalidArgument(StatusOf(snapshot, source)));
    CHECK(Says(StatusOf(snapshot, source), "cannot understand the kernel's " + source + ": "));
    node.Heal();
  }
  for (const std::string source : {"bird", "bird6", "endpoint_status"}) {
    node.Truncate(source);
    const Snapshot snapshot = ReadAt(node);
    CHECK(DifferentSources(snapshot, whole) == std::vector<std::string>{source});
    CHECK(absl::IsInvalidArgument(StatusOf(snapshot, source)));
    node.Heal();
  }
  CHECK(DifferentSources(ReadAt(node), whole).empty());
}

TEST_CASE("an interrupted dump is asked for again, and counts once") {
  MemoryNode readable = ReadableNode();
  const Snapshot whole = ReadAt(readable);
  FaultyNode node(readable);
  for (const std::string table :
       {"links", "addresses", "routes", "neighbors", "fdb", "netconf", "neighbor_limits", "rules", "link_stats"}) {
    node.Interrupt(table, 4);
    CHECK(DifferentSources(ReadAt(node), whole).empty());
  }
}

TEST_CASE("a dump that is interrupted each time is given up, as interrupted") {
  MemoryNode readable = ReadableNode();
  FaultyNode node(readable);
  node.Interrupt("routes", 1000);
  readable.asked.clear();
  CHECK(absl::IsAborted(ReadAt(node).routes.status()));
  CHECK(std::count(readable.asked.begin(), readable.asked.end(), "routes") == 5);
}

TEST_CASE("a broken message of an interrupted dump does not outlive it") {
  struct : MemoryNode {
    absl::Status Dump(KernelTable table, OnMessage on_message) override {
      if (table != KernelTable::kLinks || std::exchange(interrupted, true)) return MemoryNode::Dump(table, on_message);
      nlmsghdr cut{};
      cut.nlmsg_len = sizeof cut;
      cut.nlmsg_type = RTM_NEWLINK;
      on_message(cut);
      return absl::AbortedError("the table changed meanwhile");
    }
    bool interrupted = false;
  } node;
  node.messages = ReadableNode().messages;
  CHECK(ReadAt(node).links->size() == 2);
}

TEST_CASE("routes come in the order of their keys, however the kernel ordered its tables") {
  MemoryNode node = ReadableNode();
  auto& messages = node.messages[KernelTable::kRoutes];
  messages.clear();
  for (const absl::string_view destination : {"fd65::2/128", "10.65.0.9/32", "10.65.0.2/32", "10.0.0.0/8"})
    messages.push_back(RouteMessage(*Prefix::Parse(destination), 7));
  // Of two with one key, the link decides.
  messages.push_back(RouteMessage(*Prefix::Parse("10.65.0.9/32"), 5));
  const Snapshot snapshot = ReadAt(node);
  std::vector<std::string> seen;
  for (const Route& route : *snapshot.routes)
    seen.push_back(absl::StrCat(route.destination.ToString(), " ", route.link));
  CHECK(seen == std::vector<std::string>{"10.0.0.0/8 7", "10.65.0.2/32 7", "10.65.0.9/32 5", "10.65.0.9/32 7",
                                         "fd65::2/128 7"});
}

TEST_CASE("a node without BIRD says so in all its tables, and is asked once") {
  MemoryNode node = ReadableNode();
  node.answers.clear();
  const Snapshot snapshot = ReadAt(node);
  for (const Family family : kFamilies) {
    CHECK(absl::IsNotFound(snapshot.birds[family].status.status()));
    CHECK(absl::IsNotFound(snapshot.birds[family].protocols.status()));
    CHECK(absl::IsNotFound(snapshot.birds[family].peers.status()));
  }
  CHECK(absl::IsNotFound(StatusOf(snapshot, "bird")));
  CHECK(std::count(node.asked.begin(), node.asked.end(), "bird: show protocols all") == 0);
}

TEST_CASE("a BIRD that does not answer the first question is spared the second") {
  MemoryNode node = ReadableNode();
  const absl::Status silence = absl::DeadlineExceededError("nothing within 5s");
  node.answers[{BirdDaemon::kBird, BirdQuestion::kStatus}] = silence;
  const Snapshot snapshot = ReadAt(node);
  CHECK(snapshot.birds[Family::kIpv4].status.status() == silence);
  CHECK(snapshot.birds[Family::kIpv4].peers.status() == silence);
  CHECK(StatusOf(snapshot, "bird") == silence);
  CHECK(std::count(node.asked.begin(), node.asked.end(), "bird: show protocols all") == 0);
}

TEST_CASE("a BIRD that answers the first question alone keeps its status") {
  MemoryNode node = ReadableNode();
  const absl::Status half = absl::DeadlineExceededError("only a part within 5s");
  node.answers[{BirdDaemon::kBird, BirdQuestion::kProtocolsAll}] = half;
  const Snapshot snapshot = ReadAt(node);
  CHECK(snapshot.birds[Family::kIpv4].status->version == "1.6.8");
  CHECK(snapshot.birds[Family::kIpv4].protocols.status() == half);
  CHECK(snapshot.birds[Family::kIpv4].peers.status() == half);
  CHECK(StatusOf(snapshot, "bird") == half);
}

TEST_CASE("a BIRD that ended between the two questions is not there") {
  MemoryNode node = ReadableNode();
  node.answers.erase({BirdDaemon::kBird, BirdQuestion::kProtocolsAll});
  const Snapshot snapshot = ReadAt(node);
  CHECK(absl::IsNotFound(snapshot.birds[Family::kIpv4].status.status()));
  CHECK(absl::IsNotFound(StatusOf(snapshot, "bird")));
}

TEST_CASE("an endpoint file of no use makes its endpoint unknown, the source unread, and hides no other endpoint") {
  MemoryNode node = ReadableNode();
  const Table<Endpoint> good = ReadAt(node).endpoints;
  REQUIRE(good->size() > 1);
  Endpoint unknown;
  std::tie(unknown.orchestrator, unknown.workload, unknown.name) =
      std::tie(good->back().orchestrator, good->back().workload, good->back().name);
  for (const absl::StatusOr<std::string>& content : std::vector<absl::StatusOr<std::string>>{
           absl::PermissionDeniedError("cannot read web-1"), absl::NotFoundError("lost"), std::string("{"),
           std::string("[[[["), std::string("\0", 1), std::string("{\"ifaceName\":\"\xff\"}"),
           std::string("{\"ifaceName\":2.2e75}"), std::string("{\"ipv4Nets\":[\"10.0.0.1\\u0000/8\"]}")}) {
    node.endpoint_files->back().content = content;
    const Snapshot read = ReadAt(node);
    REQUIRE(read.endpoints.ok());
    CHECK(read.endpoints->size() == good->size());
    CHECK(read.endpoints->front() == good->front());
    CHECK(read.endpoints->back() == unknown);
    CHECK_FALSE(StatusOf(read, "endpoint_status").ok());
    CHECK_FALSE(absl::IsNotFound(StatusOf(read, "endpoint_status")));  // which would say that this node has none
    CHECK(Says(StatusOf(read, "endpoint_status"),
               absl::StrCat("1 of ", good->size(), " files in endpoint-status are of no use")));
  }
  CHECK(
      Says(StatusOf(ReadAt(node), "endpoint_status"), "endpoint-status/k8s default%2Fweb-1 eth0: its ipv4Nets holds"));
}

TEST_CASE("a file in endpoint-status whose name is no endpoint's is told and leaves the table as it is") {
  MemoryNode node = ReadableNode();
  const Table<Endpoint> good = ReadAt(node).endpoints;
  node.endpoint_files->push_back({"README\n\xff", std::string("{}")});
  CHECK(ReadAt(node).endpoints == good);
  CHECK(Says(StatusOf(ReadAt(node), "endpoint_status"), R"(endpoint-status/README\n\xff: its name)"));
}

TEST_CASE("where no endpoint file is of any use, the endpoints are unread") {
  MemoryNode node = ReadableNode();
  for (NamedFile& file : *node.endpoint_files) file.content = absl::PermissionDeniedError("cannot read it");
  CHECK(absl::IsPermissionDenied(ReadAt(node).endpoints.status()));
  CHECK(ReadAt(node).endpoints.status() == StatusOf(ReadAt(node), "endpoint_status"));
}

TEST_CASE("a node without endpoint files is told from one without endpoints") {
  MemoryNode node = ReadableNode();
  node.endpoint_files = std::vector<NamedFile>{};
  CHECK(ReadAt(node).endpoints->empty());
  node.endpoint_files = absl::NotFoundError("no endpoint-status here");
  CHECK(absl::IsNotFound(ReadAt(node).endpoints.status()));
}

TEST_CASE("files that are empty, as of Calico 3.28, tell as little as none, and are no failure") {
  MemoryNode node = ReadableNode();
  const std::string told = *node.endpoint_files->front().content;
  for (NamedFile& file : *node.endpoint_files) file.content = "";
  const Snapshot markers = ReadAt(node);
  CHECK(absl::IsNotFound(markers.endpoints.status()));
  for (const SourceReading& reading : markers.sources)
    if (reading.name == "endpoint_status") CHECK(reading.status.ok());
  node.endpoint_files->front().content = told;
  CHECK(ReadAt(node).endpoints->size() == node.endpoint_files->size());
}

TEST_CASE("routes of which nothing was announced are those of the last dump, and are not asked for") {
  MemoryNode node = ReadableNode();
  const SnapshotPtr last = ReadSnapshot(node, [] { return kMoment; });
  node.asked.clear();
  node.messages[KernelTable::kRoutes].clear();
  const SnapshotPtr kept = ReadSnapshot(node, [] { return kMoment; }, {.unmoved = last.get()});
  CHECK(kept->routes == last->routes);
  CHECK(HaveSameRoutes(*kept, *last));
  CHECK(NamesOf(kept->sources) == kAllSources);
  CHECK(std::count(node.asked.begin(), node.asked.end(), "routes") == 0);
  const SnapshotPtr dumped = ReadSnapshot(node, [] { return kMoment; });
  CHECK(dumped->routes->empty());
  CHECK_FALSE(HaveSameRoutes(*dumped, *last));
}

TEST_CASE("routes that end by themselves, or that could not be read, are asked for each time") {
  MemoryNode node = ReadableNode();
  Snapshot last = ReadAt(node);
  SECTION("a router advertised one") {
    rta_cacheinfo lifetime{};
    lifetime.rta_expires = 30 * 100;
    rtmsg header{};
    header.rtm_family = AF_INET6;
    header.rtm_table = RT_TABLE_MAIN;
    NetlinkMessage message(RTM_NEWROUTE, header);
    message.Put(RTA_CACHEINFO, lifetime);
    node.messages[KernelTable::kRoutes].emplace_back(reinterpret_cast<const char*>(&message.get()),
                                                     message.get().nlmsg_len);
    last = ReadAt(node);
    REQUIRE(last.routes->size() == 3);
  }
  SECTION("there was no dump") { last.routes_edition = Snapshot().routes_edition; }
  node.asked.clear();
  const SnapshotPtr next = ReadSnapshot(node, [] { return kMoment; }, {.unmoved = &last});
  CHECK_FALSE(HaveSameRoutes(*next, last));
  CHECK(std::count(node.asked.begin(), node.asked.end(), "routes") == 1);
}

TEST_CASE("the poll before changes nothing but the room that is made") {
  MemoryNode node = ReadableNode();
  Snapshot before = ReadAt(node);
  before.routes->resize(1600);
  before.links = absl::UnavailableError("was not read");
  const SnapshotPtr snapshot = ReadSnapshot(node, [] { return kMoment; }, {.before = &before});
  CHECK(DifferentSources(*snapshot, ReadAt(node)).empty());
  CHECK(snapshot->routes->capacity() >= 1600);
  CHECK(snapshot->routes->capacity() < 2 * 1600);
}

}  // namespace caliwatch
