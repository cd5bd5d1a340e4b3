// SPDX-License-Identifier: Apache-2.0
#include "lib/node/live_node.h"

#include <filesystem>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/support/catch.h"
#include "test/support/fake_bird.h"
#include "test/support/fake_felix.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

// A node whose Calico files are in a folder of their own; endpoint-status is there and empty.
struct Files {
  Files() { std::filesystem::create_directory(endpoints); }

  TemporaryFolder folder;
  std::string endpoints = folder / "endpoint-status";
  LiveNode node = LiveNode({.run_dir = folder.path(), .lib_dir = folder.path()});
};

std::vector<std::string> NamesOf(const std::vector<NamedFile>& files) {
  std::vector<std::string> names;
  for (const NamedFile& file : files) names.push_back(file.name);
  return names;
}

// Runs `read` as a user who may read no file of mode 0 (root may read all).
template <class Read>
auto AsNobody(Read read) {
  const uid_t us = geteuid();
  if (us == 0) REQUIRE(seteuid(65534) == 0);
  auto result = read();
  if (us == 0) REQUIRE(seteuid(us) == 0);
  return result;
}

}  // namespace

TEST_CASE("Calico's files are read as they are") {
  Files files;
  Write(files.folder / "nodename", "node-1\n");
  Write(files.folder / "mtu", std::string("14\0 80", 6));
  CHECK(*files.node.ReadText(TextSource::kNodeName) == "node-1\n");
  CHECK(*files.node.ReadText(TextSource::kMtu) == std::string("14\0 80", 6));
  Write(files.folder / "mtu", "1480");
  CHECK(*files.node.ReadText(TextSource::kMtu) == "1480");
}

TEST_CASE("of the CNI plugin's kubeconfig the age is told, and nothing is read") {
  Files files;
  const std::string path = files.folder / "calico-kubeconfig";
  LiveNode node({.cni_kubeconfig = path});
  CHECK(absl::IsNotFound(node.ReadText(TextSource::kCniKubeconfig).status()));
  Write(path, "token: secret");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  std::filesystem::permissions(files.folder.path(), std::filesystem::perms::all);
  const timespec times[] = {{1'800'000'000, 0}, {1'800'000'000, 0}};
  REQUIRE(utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  CHECK(AsNobody([&] { return *node.ReadText(TextSource::kCniKubeconfig); }) == "2027-01-15T08:00:00+00:00");
  SECTION("in a folder that we may not enter, it is not there for us") {
    std::filesystem::permissions(files.folder.path(), std::filesystem::perms::none);
    const absl::Status denied = AsNobody([&] { return node.ReadText(TextSource::kCniKubeconfig).status(); });
    std::filesystem::permissions(files.folder.path(), std::filesystem::perms::all);
    CHECK(absl::IsNotFound(denied));
    CHECK(Says(denied, "Permission denied"));
  }
  SECTION("and without a path nothing is looked at") {
    CHECK(absl::IsNotFound(LiveNode().ReadText(TextSource::kCniKubeconfig).status()));
  }
}

TEST_CASE("Felix is asked where it was said to be, and not at all without that") {
  const FakeFelix felix([](FakeFelix::Client& client, const std::string&) { client.Send(HttpAnswer("200 OK")); });
  CHECK(absl::IsNotFound(LiveNode().ReadText(TextSource::kFelix).status()));
  CHECK(felix.server.connections() == 0);
  const absl::StatusOr<std::string> text =
      LiveNode(LivePaths{.felix_health = {felix.address}}).ReadText(TextSource::kFelix);
  REQUIRE(text.ok());
  CHECK(absl::StartsWith(*text, absl::StrCat("http://", felix.address, "/readiness\nHTTP/1.0 200 OK")));
}

TEST_CASE("a file that Calico does not write is not found") {
  Files files;
  const absl::Status status = files.node.ReadText(TextSource::kMtu).status();
  CHECK(absl::IsNotFound(status));
  CHECK(Says(status, files.folder / "mtu"));
  CHECK(Says(status, "No such file"));
}

TEST_CASE("what is no regular file is refused and never waited for") {
  Files files;
  const std::string path = files.folder / "mtu";
  SECTION("a FIFO without a writer") { REQUIRE(mkfifo(path.c_str(), 0600) == 0); }
  SECTION("an endless device") { std::filesystem::create_symlink("/dev/zero", path); }
  SECTION("a folder") { std::filesystem::create_directory(path); }
  const absl::Status status = files.node.ReadText(TextSource::kMtu).status();
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(Says(status, absl::StrCat(path, ": it is not a regular file")));
}

TEST_CASE("a file of a megabyte is read, a larger one refused") {
  Files files;
  Write(files.folder / "mtu", std::string(1 << 20, '1'));
  CHECK(files.node.ReadText(TextSource::kMtu)->size() == 1 << 20);
  Write(files.folder / "mtu", std::string((1 << 20) + 1, '1'));
  const absl::Status status = files.node.ReadText(TextSource::kMtu).status();
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(Says(status, "larger than 1048576 bytes"));
}

TEST_CASE("a file that we may not read says which and why") {
  Files files;
  std::filesystem::permissions(files.folder.path(), std::filesystem::perms::all);
  Write(files.folder / "mtu", "1480");
  std::filesystem::permissions(files.folder / "mtu", std::filesystem::perms::none);
  const absl::Status status = AsNobody([&] { return files.node.ReadText(TextSource::kMtu).status(); });
  CHECK(absl::IsPermissionDenied(status));
  CHECK(Says(status, absl::StrCat("cannot read ", files.folder / "mtu", ": Permission denied")));
}

TEST_CASE("endpoint files come in the order of their names, whatever bytes these hold") {
  Files files;
  const std::vector<std::string> names = {"\n", "k8s default%2Fweb-0 eth0", "k8s default%2Fweb-1 eth0", "\xff\xfe"};
  for (const std::string& name : names) Write(absl::StrCat(files.endpoints, "/", name), "content of " + name);
  const absl::StatusOr<std::vector<NamedFile>> read = files.node.ReadEndpointFiles();
  REQUIRE(read.ok());
  CHECK(NamesOf(*read) == names);
  for (const NamedFile& file : *read) CHECK(*file.content == "content of " + file.name);
}

TEST_CASE("endpoint files are told as they are, however often they are read, and whatever changes in between") {
  Files files;
  const auto told = [&] {
    std::string all;
    const std::vector<NamedFile> read = files.node.ReadEndpointFiles().value();
    for (const NamedFile& file : read) absl::StrAppend(&all, file.name, "=", file.content.value(), ";");
    return all;
  };
  CHECK(told().empty());
  Write(files.endpoints + "/a", "one");
  CHECK(told() == "a=one;");
  CHECK(told() == "a=one;");
  Write(files.endpoints + "/a", "two");
  Write(files.endpoints + "/b", "");
  CHECK(told() == "a=two;b=;");
  std::filesystem::rename(files.endpoints + "/a", files.endpoints + "/b");
  CHECK(told() == "b=two;");
  std::filesystem::remove_all(files.endpoints);
  CHECK(absl::IsNotFound(files.node.ReadEndpointFiles().status()));
  std::filesystem::create_directory(files.endpoints);
  CHECK(told().empty());
}

TEST_CASE("an endpoint file that cannot be read carries its error, and the others are read") {
  Files files;
  REQUIRE(mkfifo((files.endpoints + "/a").c_str(), 0600) == 0);
  Write(files.endpoints + "/b", "{}");
  const absl::StatusOr<std::vector<NamedFile>> read = files.node.ReadEndpointFiles();
  REQUIRE(read.ok());
  CHECK(NamesOf(*read) == std::vector<std::string>{"a", "b"});
  CHECK(absl::IsFailedPrecondition(read->at(0).content.status()));
  CHECK(Says(read->at(0).content.status(), files.endpoints + "/a"));
  CHECK(*read->at(1).content == "{}");
}

TEST_CASE("endpoint files are read up to bounds for one and for all, and each that is beyond them says so") {
  Files files;
  Write(files.endpoints + "/a", std::string(kMostEndpointFileBytes + 1, ' '));
  Write(files.endpoints + "/b", "{}");
  absl::StatusOr<std::vector<NamedFile>> read = files.node.ReadEndpointFiles();
  REQUIRE(read.ok());
  CHECK(Says(read->at(0).content.status(), files.endpoints + "/a: it is larger than 65536 bytes"));
  CHECK(*read->at(1).content == "{}");
  for (int i = 0; i < 70; ++i)
    Write(absl::StrCat(files.endpoints, "/c", i + 10), std::string(kMostEndpointFileBytes, ' '));
  read = files.node.ReadEndpointFiles();
  REQUIRE(read.ok());
  REQUIRE(read->size() == 72);
  size_t bytes = 0;
  for (const NamedFile& file : *read) bytes += file.content.ok() ? file.content->size() : 0;
  CHECK(bytes <= kMostEndpointBytes + kMostEndpointFileBytes);
  CHECK(bytes >= kMostEndpointBytes);
  CHECK(
      Says(read->back().content.status(), absl::StrCat("did not read ", files.endpoints, "/c79: the files before it")));
}

TEST_CASE("folders beside endpoint files are no endpoints, nor is a file that vanished after it was listed") {
  Files files;
  std::filesystem::create_directory(files.endpoints + "/policy");
  // Listed, and not there when it is opened.
  std::filesystem::create_symlink("vanished", files.endpoints + "/a");
  Write(files.endpoints + "/b", "{}");
  CHECK(NamesOf(*files.node.ReadEndpointFiles()) == std::vector<std::string>{"b"});
}

TEST_CASE("no folder of endpoint files is told from an empty one, and from one that we may not list") {
  Files files;
  CHECK(files.node.ReadEndpointFiles()->empty());

  std::filesystem::permissions(files.folder.path(), std::filesystem::perms::all);
  std::filesystem::permissions(files.endpoints, std::filesystem::perms::none);
  const absl::Status denied = AsNobody([&] { return files.node.ReadEndpointFiles().status(); });
  CHECK(absl::IsPermissionDenied(denied));
  CHECK(Says(denied, files.endpoints));

  std::filesystem::remove(files.endpoints);
  CHECK(absl::IsNotFound(files.node.ReadEndpointFiles().status()));
  Write(files.endpoints, "a file in its place");
  CHECK(absl::IsFailedPrecondition(files.node.ReadEndpointFiles().status()));
}

TEST_CASE("more endpoint files than a node can have are refused") {
  Files files;
  for (int i = 0; i < 4096; ++i) Write(absl::StrCat(files.endpoints, "/", i), "");
  CHECK(files.node.ReadEndpointFiles()->size() == 4096);
  Write(files.endpoints + "/more", "");
  CHECK(absl::IsResourceExhausted(files.node.ReadEndpointFiles().status()));
}

TEST_CASE("each BIRD has a socket of its own below the run folder") {
  Files files;
  const FakeBird bird6(files.folder / "bird6.ctl", Answering("0013 I am bird6\n"));
  CHECK(*files.node.AskBird(BirdDaemon::kBird6, BirdQuestion::kStatus) == "0013 I am bird6\n");
  CHECK(absl::IsNotFound(files.node.AskBird(BirdDaemon::kBird, BirdQuestion::kStatus).status()));
  const FakeBird bird(files.folder / "bird.ctl", Answering("0013 I am bird\n"));
  CHECK(*files.node.AskBird(BirdDaemon::kBird, BirdQuestion::kStatus) == "0013 I am bird\n");
}

TEST_CASE("the kernel's links are delivered as messages") {
  Files files;
  int links = 0;
  const absl::Status dumped = files.node.Dump(
      KernelTable::kLinks, [&](const nlmsghdr& message) { links += message.nlmsg_type == RTM_NEWLINK ? 1 : 0; });
  CHECK(dumped == absl::OkStatus());
  const auto interfaces = std::filesystem::directory_iterator("/sys/class/net");
  CHECK(links == std::distance(begin(interfaces), end(interfaces)));
}

}  // namespace caliwatch
