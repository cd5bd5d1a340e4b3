// SPDX-License-Identifier: Apache-2.0
#include "lib/node/bird_stream.h"

#include <csignal>
#include <thread>
#include <vector>

#include <poll.h>

#include "test/support/catch.h"
#include "test/support/fake_bird.h"
#include "test/support/real_bird.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

using Client = FakeBird::Client;

// Hears lines until the stream has nothing more to say for `patience`; its last word.
absl::Status Listen(BirdStream& stream, std::vector<std::string>& lines, int patience_ms = 30'000) {
  for (;;) {
    pollfd readable{.fd = stream.fd(), .events = POLLIN, .revents = 0};
    if (poll(&readable, 1, patience_ms) <= 0) return absl::OkStatus();
    absl::Status heard = stream.Receive([&](absl::string_view line) { lines.emplace_back(line); });
    if (!heard.ok()) return heard;
  }
}

TEST_CASE("a stream sends two constant lines, and hands over what BIRD logs") {
  FakeNode node([](Client& client, int) {
    client.Welcome();
    client.ReadLine();
    client.Send("0000 \n+Mesh_10_39_1_219: State changed to up\n<3 messages lost>\n+Reconf");
    client.Send("igured\n+half of a line");
  });
  absl::StatusOr<BirdStream> stream = BirdStream::Connect(node.socket);
  REQUIRE(stream.ok());
  std::vector<std::string> lines;
  CHECK(absl::IsUnavailable(Listen(*stream, lines)));
  CHECK(stream->is_listening());
  CHECK(lines ==
        std::vector<std::string>{"Mesh_10_39_1_219: State changed to up", "<3 messages lost>", "Reconfigured"});
  CHECK(node.bird.lines() == std::vector<std::string>{"restrict", "echo all 65536"});
}

TEST_CASE("a nudge is answered, and its answer is no log line") {
  FakeNode node([](Client& client, int) {
    client.Welcome();
    client.ReadLine();
    client.Send("0000 \n");
    client.ReadLine();
    client.Send("0016 Access restricted\n+Reconfigured\n");
  });
  absl::StatusOr<BirdStream> stream = BirdStream::Connect(node.socket);
  REQUIRE(stream.ok());
  std::vector<std::string> lines;
  while (!stream->is_listening()) REQUIRE(Listen(*stream, lines, 100).ok());
  CHECK(stream->Poke().ok());
  CHECK(absl::IsUnavailable(Listen(*stream, lines)));
  CHECK(lines == std::vector<std::string>{"Reconfigured"});
}

TEST_CASE("who does not let itself be restricted, or is no BIRD, is not followed") {
  for (const char* says : {"0001 BIRD 1.6.8 ready.\n9001 syntax error\n", "HTTP/1.1 400 Bad Request\n"}) {
    FakeNode node([says](Client& client, int) {
      client.Send(says);
      client.WaitForHangUp();
    });
    absl::StatusOr<BirdStream> stream = BirdStream::Connect(node.socket);
    REQUIRE(stream.ok());
    std::vector<std::string> lines;
    const absl::Status status = Listen(*stream, lines);
    CHECK(absl::IsFailedPrecondition(status));
    CHECK(Says(status, "does not let its log be followed"));
    CHECK_FALSE(stream->is_listening());
  }
}

TEST_CASE("nobody at the socket's place is what it is for questions") {
  TemporaryFolder folder;
  CHECK(absl::IsNotFound(BirdStream::Connect(folder / "bird.ctl").status()));
}

TEST_CASE("a real BIRD lets its log be followed, and its death is the end of the stream") {
  const auto package = GENERATE(as<std::string>(), "bird", "bird2");
  if (const std::string why_not = RealBird::WhyNot(package); !why_not.empty()) {
    WARN("skipped: " << why_not);
    return;
  }
  TemporaryFolder folder;
  RealBird bird(package, folder.path());
  bird.Start();
  absl::StatusOr<BirdStream> stream = BirdStream::Connect(bird.socket());
  REQUIRE(stream.ok());
  std::vector<std::string> lines;
  while (!stream->is_listening()) REQUIRE(Listen(*stream, lines, 100).ok());
  const BirdSocketInfo facts = stream->Facts();
  bird.Signal(SIGKILL);
  CHECK(absl::IsUnavailable(Listen(*stream, lines)));
  bird.Start();
  CHECK(BirdStream::Connect(bird.socket())->Facts().created > facts.created);
}

}  // namespace
}  // namespace caliwatch
