// SPDX-License-Identifier: Apache-2.0
#include "lib/node/bird_connection.h"

#include <filesystem>

#include <unistd.h>

#include "test/support/catch.h"
#include "test/support/fake_bird.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

using Client = FakeBird::Client;

constexpr BirdLimits kPatient{.greeting = absl::Seconds(30), .answer = absl::Seconds(30)};
constexpr BirdLimits kHasty{.greeting = absl::Milliseconds(100), .answer = absl::Milliseconds(100)};

}  // namespace

TEST_CASE("BIRD hears `restrict` first, and then the questions alone") {
  FakeNode node(Answering("0000 \n"));
  BirdConnection connection(node.socket, kPatient);
  for (const BirdQuestion question : {BirdQuestion::kStatus, BirdQuestion::kProtocols, BirdQuestion::kProtocolsAll,
                                      BirdQuestion::kRoutes, BirdQuestion::kWithheldRoutes})
    CHECK(connection.Ask(question).ok());
  CHECK(node.bird.lines() == std::vector<std::string>{"restrict", "show status", "show protocols", "show protocols all",
                                                      "show route", "show route noexport kernel1"});
  CHECK(node.bird.connections() == 1);
}

TEST_CASE("silence after the connection was accepted is named as that") {
  FakeNode node([](Client& client, int) { client.WaitForHangUp(); });
  const absl::Status status = BirdConnection(node.socket, kHasty).Ask(BirdQuestion::kStatus).status();
  CHECK(absl::IsDeadlineExceeded(status));
  CHECK(Says(status, "nothing of its greeting within 100ms"));
  CHECK(Says(status, node.socket));
  CHECK(Says(status, "restart calico-node"));
}

TEST_CASE("a BIRD that hangs up on a new connection is not there") {
  FakeNode node([](Client&, int) {});
  CHECK(absl::IsUnavailable(BirdConnection(node.socket, kPatient).Ask(BirdQuestion::kStatus).status()));
  CHECK(node.bird.connections() == 1);
}

TEST_CASE("when the BIRD of a kept connection hung up, the question goes to the one that listens now") {
  FakeNode node([](Client& client, int number) {
    client.Welcome();
    client.ReadLine();
    client.Send(number == 0 ? "0013 old\n" : "0013 new\n");
    if (number == 0) client.ReadLine();  // the second question, which it hears and does not answer
  });
  BirdConnection connection(node.socket, kPatient);
  CHECK(*connection.Ask(BirdQuestion::kStatus) == "0013 old\n");
  CHECK(*connection.Ask(BirdQuestion::kStatus) == "0013 new\n");
  CHECK(node.bird.connections() == 2);
}

TEST_CASE("a BIRD that hangs up on a kept connection and on the one after it is not there") {
  FakeNode node([](Client& client, int number) {
    if (number > 0) return;
    client.Welcome();
    client.ReadLine();
    client.Send("0013 Daemon is up and running\n");
  });
  BirdConnection connection(node.socket, kPatient);
  CHECK(connection.Ask(BirdQuestion::kStatus).ok());
  CHECK(absl::IsUnavailable(connection.Ask(BirdQuestion::kStatus).status()));
  CHECK(node.bird.connections() == 2);
}

TEST_CASE("who does not greet as BIRD is asked nothing") {
  FakeNode node([](Client& client, int) {
    client.Send("220 \x1b[2Jmail.example ESMTP\n0220 \n");
    client.WaitForHangUp();
  });
  const absl::Status status = BirdConnection(node.socket, kPatient).Ask(BirdQuestion::kStatus).status();
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(Says(status, R"(it says '220 \x1b[2Jmail)"));
  CHECK(node.bird.lines().empty());
}

TEST_CASE("a BIRD that refuses to be restricted is asked nothing more") {
  FakeNode node([](Client& client, int) {
    client.Send("0001 BIRD 0.1 ready.\n");
    while (!client.ReadLine().empty()) client.Send("9001 syntax error\n");
  });
  const absl::Status status = BirdConnection(node.socket, kPatient).Ask(BirdQuestion::kStatus).status();
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(Says(status, "answers 'restrict' with '9001 syntax error'"));
  CHECK(node.bird.lines() == std::vector<std::string>{"restrict"});
}

TEST_CASE("a full queue of connections is told from silence") {
  const TemporaryFolder folder;
  const UniqueFd listener = ListenAt(folder / "bird.ctl", 0);
  const absl::StatusOr<BirdSocket> first_in_queue = BirdSocket::Connect(folder / "bird.ctl");
  REQUIRE(first_in_queue.ok());
  const absl::Status status = BirdConnection(folder / "bird.ctl", kPatient).Ask(BirdQuestion::kStatus).status();
  CHECK(absl::IsResourceExhausted(status));
  CHECK(Says(status, "queue of connections"));
  CHECK(Says(status, "is full"));
}

TEST_CASE("without a socket there is no BIRD, and with a stale one nobody listens") {
  const TemporaryFolder folder;
  BirdConnection connection(folder / "bird.ctl", kPatient);
  CHECK(absl::IsNotFound(connection.Ask(BirdQuestion::kStatus).status()));
  ListenAt(folder / "bird.ctl", 8);
  CHECK(absl::IsUnavailable(connection.Ask(BirdQuestion::kStatus).status()));
}

TEST_CASE("a socket that is not ours to open says whose it is") {
  FakeNode node(Answering("0000 \n"));
  std::filesystem::permissions(node.socket, std::filesystem::perms::none);
  // Root may open everything; nobody may not, but must be able to reach it.
  std::filesystem::permissions(node.folder.path(), std::filesystem::perms::all);
  const uid_t us = geteuid();
  if (us == 0) REQUIRE(seteuid(65534) == 0);
  const absl::Status status = BirdConnection(node.socket, kPatient).Ask(BirdQuestion::kStatus).status();
  if (us == 0) REQUIRE(seteuid(us) == 0);
  CHECK(absl::IsPermissionDenied(status));
  CHECK(Says(status, "run as uid 0 or gid 0"));
}

TEST_CASE("what is in the socket's place and none, or where none can be, is said") {
  const TemporaryFolder folder;
  Write(folder / "bird.ctl", "text");
  const absl::Status plain = BirdConnection(folder / "bird.ctl", kPatient).Ask(BirdQuestion::kStatus).status();
  CHECK(absl::IsFailedPrecondition(plain));
  CHECK(Says(plain, "but no socket"));

  const absl::Status below = BirdConnection(folder / "bird.ctl/bird.ctl", kPatient).Ask(BirdQuestion::kStatus).status();
  CHECK(absl::IsFailedPrecondition(below));

  const std::string longest = folder / std::string(107 - folder.path().size() - 1, 'x');
  CHECK(absl::IsNotFound(BirdConnection(longest, kPatient).Ask(BirdQuestion::kStatus).status()));
  CHECK(absl::IsInvalidArgument(BirdConnection(longest + "x", kPatient).Ask(BirdQuestion::kStatus).status()));
}

TEST_CASE("a connection does not outlive its socket's file: what stands there now is asked") {
  const TemporaryFolder folder;
  const std::string socket = folder / "bird.ctl";
  const FakeBird before(socket, Answering("0013 before\n"));
  BirdConnection connection(socket, kPatient);
  CHECK(*connection.Ask(BirdQuestion::kStatus) == "0013 before\n");

  std::filesystem::remove(socket);
  CHECK(absl::IsNotFound(connection.Ask(BirdQuestion::kStatus).status()));
  const FakeBird after(socket, Answering("0013 after\n"));
  CHECK(*connection.Ask(BirdQuestion::kStatus) == "0013 after\n");
}

}  // namespace caliwatch
