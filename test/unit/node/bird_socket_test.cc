// SPDX-License-Identifier: Apache-2.0
// How BIRD's bytes become whole answers, or an error that says what is missing.
#include <unistd.h>

#include "lib/node/bird_connection.h"
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

TEST_CASE("an answer ends with the line whose code is followed by a blank, and with no other") {
  const auto answer = GENERATE(
      as<std::string>(), "1000-BIRD 1.6.8\n1011-Router ID is 10.39.1.231\n 0013 is not its end\n0013 Daemon is up\n",
      "1006-0000 is text\n0000-\n \n0000 \n", "9001 syntax error\n", "8003 No protocols match\n",
      "+Mesh_10_39_1_219: State changed to up\n1000-BIRD\n+0000 is a log line\n0013 Daemon is up\n",
      "1007-\t\n12345 \n123 4\nabcd \n0000 \n");
  FakeNode node(Answering(answer));
  BirdConnection connection(node.socket, kPatient);
  CHECK(*connection.Ask(BirdQuestion::kStatus) == answer);
  CHECK(*connection.Ask(BirdQuestion::kStatus) == answer);
  CHECK(node.bird.connections() == 1);
}

TEST_CASE("an answer is the same when it comes byte by byte") {
  const std::string answer = "1000-BIRD 1.6.8\n1011-Router ID is 10.39.1.231\n0013 Daemon is up and running\n";
  FakeNode node([&](Client& client, int) {
    client.Welcome();
    client.ReadLine();
    for (const char byte : answer) {
      client.Send({&byte, 1});
      usleep(100);
    }
    client.WaitForHangUp();
  });
  CHECK(*BirdConnection(node.socket, kPatient).Ask(BirdQuestion::kStatus) == answer);
}

TEST_CASE("a log line between two answers belongs to the later one") {
  FakeNode node([](Client& client, int) {
    client.Welcome();
    client.ReadLine();
    client.Send("0013 Daemon is up and running\n+Reconfigured\n");
    client.ReadLine();
    client.Send("0000 \n");
    client.WaitForHangUp();
  });
  BirdConnection connection(node.socket, kPatient);
  CHECK(*connection.Ask(BirdQuestion::kStatus) == "0013 Daemon is up and running\n");
  CHECK(*connection.Ask(BirdQuestion::kProtocols) == "+Reconfigured\n0000 \n");
}

TEST_CASE("half an answer is named as that, and its other half never mixes with the next answer") {
  FakeNode node([](Client& client, int number) {
    client.Welcome();
    client.ReadLine();
    client.Send(number == 0 ? "1000-BIRD 1.6.8\n1011-Router" : "0013 Daemon is up and running\n");
    client.WaitForHangUp();
    client.Send(" ID is 10.39.1.231\n0013 late\n");
  });
  BirdConnection connection(node.socket, kHasty);
  const absl::Status status = connection.Ask(BirdQuestion::kStatus).status();
  CHECK(absl::IsDeadlineExceeded(status));
  CHECK(Says(status, "only a part of its answer to 'show status'"));
  CHECK(*connection.Ask(BirdQuestion::kStatus) == "0013 Daemon is up and running\n");
}

TEST_CASE("an answer that goes on for ever is cut by the deadline") {
  FakeNode node([](Client& client, int) {
    client.Welcome();
    client.ReadLine();
    // Without a pause, so that there is always something to read.
    while (client.Send(std::string(4095, 'x') + "\n")) continue;
  });
  BirdLimits limits = kHasty;
  limits.greeting = kPatient.greeting;
  limits.answer_bytes = size_t{1} << 30;
  CHECK(absl::IsDeadlineExceeded(BirdConnection(node.socket, limits).Ask(BirdQuestion::kRoutes).status()));
}

TEST_CASE("an answer without measure is cut at the limit") {
  FakeNode node([](Client& client, int) {
    client.Welcome();
    client.ReadLine();
    while (client.Send(std::string(4096, 'x'))) {
    }
  });
  BirdLimits limits = kPatient;
  limits.answer_bytes = 1 << 20;
  const absl::Status status = BirdConnection(node.socket, limits).Ask(BirdQuestion::kRoutes).status();
  CHECK(absl::IsResourceExhausted(status));
  CHECK(Says(status, "more than 1048576 bytes as its answer to 'show route'"));
}

TEST_CASE("what is short with any BIRD is cut sooner: a greeting, a status, and after 12 MB all protocols") {
  for (const auto& [question, bound] : {std::pair(BirdQuestion::kStatus, "65536"),
                                        {BirdQuestion::kProtocols, "12582912"},
                                        {BirdQuestion::kProtocolsAll, "12582912"}}) {
    FakeNode node([](Client& client, int) {
      client.Welcome();
      client.ReadLine();
      while (client.Send(std::string(4096, 'x'))) {
      }
    });
    CHECK(Says(BirdConnection(node.socket, kPatient).Ask(question).status(), absl::StrCat("more than ", bound)));
  }
  FakeNode greeter([](Client& client, int) {
    while (client.Send(std::string(4096, 'x'))) {
    }
  });
  CHECK(Says(BirdConnection(greeter.socket, kPatient).Ask(BirdQuestion::kStatus).status(), "more than 65536 bytes"));
}

TEST_CASE("an answer of many megabytes comes whole") {
  std::string answer;
  while (answer.size() < 9'000'000)
    answer += "1007-192.168.2.128/26 via 10.39.1.219 on eth0 [Mesh_10_39_1_219 18:33:02] * (100/0) [i]\n";
  answer += "0000 \n";
  FakeNode node(Answering(answer));
  CHECK((*BirdConnection(node.socket, kPatient).Ask(BirdQuestion::kRoutes) == answer));
}

TEST_CASE("a BIRD that hangs up in the middle of an answer lost data, and is asked anew next time") {
  FakeNode node([](Client& client, int number) {
    client.Welcome();
    client.ReadLine();
    client.Send(number == 0 ? "1000-BIRD 1.6.8\n" : "0013 Daemon is up and running\n");
  });
  BirdConnection connection(node.socket, kPatient);
  const absl::Status status = connection.Ask(BirdQuestion::kStatus).status();
  CHECK(absl::IsDataLoss(status));
  CHECK(Says(status, "in the middle of its answer to 'show status'"));
  CHECK(*connection.Ask(BirdQuestion::kStatus) == "0013 Daemon is up and running\n");
}

}  // namespace caliwatch
