// SPDX-License-Identifier: Apache-2.0
#include "lib/node/pod_namespaces.h"

#include <algorithm>
#include <fstream>
#include <new>
#include <string>

#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <linux/neighbour.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <unistd.h>

#include "lib/node/kernel_socket.h"
#include "test/support/kernel_decoding.h"
#include "test/support/own_namespace.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

// A network namespace that a process holds, with a file that leads to it.
struct Netns {
  Netns(const std::string& folder, const std::string& name) {
    // Its output closed, or the shell that prints its number would wait for it.
    pid = OutputOf("unshare --net sleep 60 >/dev/null 2>&1 & echo $!");
    pid.erase(pid.find_last_not_of('\n') + 1);
    const std::string link = absl::StrCat("/proc/", pid, "/ns/net");
    Run(absl::StrCat("for i in $(seq 100); do [ $(readlink ", link,
                     ") != $(readlink /proc/$$/ns/net) ] && break; sleep 0.02; done; ln -s ", link, " ", folder, "/",
                     name));
  }
  ~Netns() { End(); }
  void End() {
    if (!pid.empty()) Run(absl::StrCat("kill ", pid));
    pid.clear();
  }
  std::string In(const std::string& command) const { return absl::StrCat("nsenter -t ", pid, " -n ", command, "; "); }

  std::string pid;
};

void MakePod(const Netns& netns, const std::string& veth) {
  Run(absl::StrCat("ip link add ", veth, " type veth peer name eth0 netns ", netns.pid, "; ip link set ", veth, " up; ",
                   netns.In("ip link set eth0 up"), netns.In("ip address add 10.65.0.2/32 dev eth0"),
                   netns.In("ip route add 169.254.1.1 dev eth0 scope link"),
                   netns.In("ip route add default via 169.254.1.1 dev eth0"),
                   netns.In("ip neighbor add 169.254.1.1 lladdr ee:ee:ee:ee:ee:ee dev eth0 nud permanent")));
}

// What could be read of all pods, why the others could not, and how it ended.
struct Looked {
  std::vector<PodNetwork> pods;
  std::vector<absl::Status> unread;
  absl::Status status;
};

Looked LookInto(const std::string& folder) {
  Looked looked;
  looked.status = DumpPods(folder, [&](const nlmsghdr& message) {
    const absl::Status appended = AppendRow(message, looked.pods);
    if (!appended.ok()) looked.unread.push_back(appended);
  });
  return looked;
}

std::vector<PodNetwork> PodsIn(const std::string& folder) {
  Looked looked = LookInto(folder);
  REQUIRE(looked.status == absl::OkStatus());
  REQUIRE(looked.unread.empty());
  return std::move(looked.pods);
}

std::vector<Link> LinksHere() {
  std::vector<Link> links;
  REQUIRE((*KernelSocket::Open())->Dump(KernelTable::kLinks, [&](const nlmsghdr& message) {
    REQUIRE(AppendRow(message, links).ok());
  }) == absl::OkStatus());
  return links;
}

TEST_CASE("a pod's network is read from inside, under the id that its veth names") {
  if (!InOwnNamespace()) return;
  const TemporaryFolder folder;
  const Netns netns(folder.path(), "cni-1");
  MakePod(netns, "cali1");
  const std::vector<PodNetwork> pods = PodsIn(folder.path());
  REQUIRE(pods.size() == 1);
  CHECK(pods[0].netns_id == LinksHere().back().peer_netns_id);
  CHECK(pods[0].links.size() == LinksHere().size());  // here the other end, there eth0
  CHECK(pods[0].links.back().name == "eth0");
  CHECK(std::any_of(pods[0].routes.begin(), pods[0].routes.end(), [](const Route& route) {
    return route.destination.IsDefault() && route.gateway == IpAddress::Parse("169.254.1.1").value();
  }));
  const auto gateway = std::find_if(pods[0].neighbors.begin(), pods[0].neighbors.end(),
                                    [](const PodNeighbor& each) { return each.state == NUD_PERMANENT; });
  REQUIRE(gateway != pods[0].neighbors.end());
  CHECK(ToString(*gateway->mac) == "ee:ee:ee:ee:ee:ee");
}

TEST_CASE("the thread that asks stays where it is") {
  if (!InOwnNamespace()) return;
  const TemporaryFolder folder;
  const Netns netns(folder.path(), "cni-1");
  MakePod(netns, "cali1");
  const std::string before = OutputOf("ip -oneline link");
  PodsIn(folder.path());
  CHECK(OutputOf("ip -oneline link") == before);
}

TEST_CASE("files that are no namespace, are gone, or lead to one without an interface of ours are passed over") {
  if (!InOwnNamespace()) return;
  const TemporaryFolder folder;
  const Netns stranger(folder.path(), "stranger"), pod(folder.path(), "pod");
  MakePod(pod, "cali1");
  std::ofstream(folder / "a-file") << "not a namespace";
  Run(absl::StrCat("ln -s /proc/0/ns/net ", folder.path(), "/gone"));
  CHECK(PodsIn(folder.path()).size() == 1);
}

TEST_CASE("a namespace that was looked into goes with its last process, and takes the veth along") {
  if (!InOwnNamespace()) return;
  const TemporaryFolder folder;
  Netns netns(folder.path(), "cni-1");
  MakePod(netns, "cali1");
  REQUIRE(PodsIn(folder.path()).size() == 1);
  netns.End();
  bool there = true;
  for (int i = 0; i < 100 && there; ++i) {
    usleep(50'000);
    there = LinksHere().back().name == "cali1";
  }
  CHECK_FALSE(there);
}

TEST_CASE("a pod that gives its interface hundreds of names is read as any other") {
  if (!InOwnNamespace()) return;
  const TemporaryFolder folder;
  const Netns hostile(folder.path(), "cni-1"), other(folder.path(), "cni-2");
  MakePod(hostile, "cali1");
  MakePod(other, "cali2");
  Run("for i in $(seq 300); do echo link property add dev eth0 altname $(printf 'a%0120d' $i); done | " +
      hostile.In("ip -batch -"));
  CHECK(PodsIn(folder.path()).size() == 2);
}

TEST_CASE("a pod that holds more than its share is an error of its own, and the others are read") {
  if (!InOwnNamespace()) return;
  const TemporaryFolder folder;
  const Netns hostile(folder.path(), "cni-1"), other(folder.path(), "cni-2");
  MakePod(hostile, "cali1");
  MakePod(other, "cali2");
  Run("seq 6000 | awk '{print \"route add blackhole 10.0.\" int($1/256) \".\" $1%256}' | " + hostile.In("ip -batch -"));
  const Looked looked = LookInto(folder.path());
  CHECK(looked.status == absl::OkStatus());
  REQUIRE(looked.pods.size() == 1);
  CHECK(looked.pods[0].netns_id == LinksHere().back().peer_netns_id);
  REQUIRE(looked.unread.size() == 1);
  CHECK(absl::IsUnavailable(looked.unread[0]));
  CHECK(Says(looked.unread[0], folder.path() + "/cni-1: dump routes: it holds more than is taken of it"));
}

TEST_CASE("where no pod at all can be looked into, the first one's error is that of all") {
  if (!InOwnNamespace()) return;
  const TemporaryFolder folder;
  const Netns hostile(folder.path(), "cni-1");
  MakePod(hostile, "cali1");
  Run("seq 6000 | awk '{print \"route add blackhole 10.0.\" int($1/256) \".\" $1%256}' | " + hostile.In("ip -batch -"));
  const Looked looked = LookInto(folder.path());
  CHECK(absl::IsResourceExhausted(looked.status));
  CHECK(Says(looked.status, folder.path() + "/cni-1: dump routes"));
}

TEST_CASE("want of memory while pods are looked into is an error of that look alone") {
  if (!InOwnNamespace()) return;
  const TemporaryFolder folder;
  const Netns netns(folder.path(), "cni-1");
  MakePod(netns, "cali1");
  CHECK(absl::IsResourceExhausted(DumpPods(folder.path(), [](const nlmsghdr&) { throw std::bad_alloc(); })));
  CHECK(PodsIn(folder.path()).size() == 1);
}

TEST_CASE("a folder that is not there is an error that names the setting") {
  const absl::Status status = DumpPods("/nonexistent", [](const nlmsghdr&) {});
  CHECK(absl::IsUnavailable(status));
  CHECK(Says(status, "/nonexistent"));
  CHECK(Says(status, "--netns.dir"));
}

TEST_CASE("the messages of a pod follow its name, and none comes before") {
  const NetlinkMessage link = std::move(NetlinkMessage(RTM_NEWLINK, ifinfomsg{}).PutText(IFLA_IFNAME, "eth0"));
  std::vector<PodNetwork> pods;
  CHECK(absl::IsInvalidArgument(AppendRow(link.get(), pods)));
  REQUIRE(AppendRow(NetlinkMessage(RTM_NEWNSID, rtgenmsg{}).Put(NETNSA_NSID, 4).get(), pods).ok());
  nda_cacheinfo times{};
  times.ndm_updated = 250;
  REQUIRE(AppendRow(link.get(), pods).ok());
  REQUIRE(AppendRow(NetlinkMessage(RTM_NEWNEIGH, ndmsg{AF_INET, 0, 0, 2, NUD_FAILED, 0, 0})
                        .PutAddress(NDA_DST, "169.254.1.1")
                        .Put(NDA_CACHEINFO, times)
                        .get(),
                    pods)
              .ok());
  REQUIRE(pods.size() == 1);
  CHECK(pods[0].netns_id == 4);
  CHECK(pods[0].links.size() == 1);
  CHECK(pods[0].neighbors.front().unchanged_for == absl::Milliseconds(2500));
}

}  // namespace
}  // namespace caliwatch
