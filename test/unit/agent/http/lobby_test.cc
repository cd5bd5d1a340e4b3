// SPDX-License-Identifier: Apache-2.0
#include "agent/http/lobby.h"

#include <chrono>
#include <list>
#include <string>
#include <thread>
#include <vector>

#include <absl/strings/string_view.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include "lib/node/unique_fd.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

constexpr char kRequest[] = "GET / HTTP/1.1\r\n\r\n";

sockaddr_in Loopback(int last, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = port;
  address.sin_addr.s_addr = htonl((INADDR_LOOPBACK & ~255U) | static_cast<uint32_t>(last));
  return address;
}

struct HandedOut {
  UniqueFd socket;
  int number;
  int address;  // its last byte
};

// A lobby with its door, and the thread that would accept.
class Door {
 public:
  explicit Door(LobbyLimits limits) : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), lobby(limits) {
    sockaddr_in any = Loopback(1, 0);
    socklen_t length = sizeof any;
    REQUIRE(bind(listener_.get(), reinterpret_cast<sockaddr*>(&any), sizeof any) == 0);
    REQUIRE(listen(listener_.get(), 64) == 0);
    REQUIRE(getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&any), &length) == 0);
    port_ = any.sin_port;
    lobby.Open();
  }

  // A client at 127.0.0.`last` who says `text`, and has been looked at.
  int Come(int last, absl::string_view text) {
    UniqueFd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in own = Loopback(last, 0), server = Loopback(1, port_);
    REQUIRE(bind(client.get(), reinterpret_cast<sockaddr*>(&own), sizeof own) == 0);
    REQUIRE(connect(client.get(), reinterpret_cast<sockaddr*>(&server), sizeof server) == 0);
    REQUIRE(send(client.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    clients_.push_back(std::move(client));
    SomebodyIsNext(1);
    return clients_.back().get();
  }

  bool SomebodyIsNext(int milliseconds = 100) {
    pollfd listener{.fd = listener_.get(), .events = POLLIN, .revents = 0};
    return lobby.Poll(&listener, 1, milliseconds) == 1;
  }

  // Who comes next; the test fails where nobody does.
  HandedOut Take() {
    REQUIRE(SomebodyIsNext());
    sockaddr_in peer{};
    socklen_t length = sizeof peer;
    HandedOut taken{
        .socket = UniqueFd(lobby.Accept(reinterpret_cast<sockaddr*>(&peer), &length)), .number = 0, .address = 0};
    REQUIRE(taken.socket.is_open());
    taken.number = ntohs(peer.sin_port);
    taken.address = static_cast<int>(ntohl(peer.sin_addr.s_addr) & 255);
    return taken;
  }

 private:
  UniqueFd listener_;
  in_port_t port_ = 0;
  std::list<UniqueFd> clients_;

 public:
  Lobby lobby;
};

bool IsCutOff(int client) {
  char byte = 0;
  return recv(client, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

void Say(int client, absl::string_view text) {
  REQUIRE(send(client, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
}

TEST_CASE("a connection is handed out when the head of its request is whole, and not before") {
  Door door({});
  const int client = door.Come(2, "GET / HTTP/1.1\r\n");
  CHECK_FALSE(door.SomebodyIsNext());
  sockaddr_storage peer{};
  socklen_t length = sizeof peer;
  CHECK(door.lobby.Accept(reinterpret_cast<sockaddr*>(&peer), &length) == -1);
  CHECK(errno == EAGAIN);
  Say(client, "\r\n");
  const HandedOut taken = door.Take();
  CHECK(taken.address == 2);
  char head[64];
  CHECK(recv(taken.socket.get(), head, sizeof head, 0) == sizeof kRequest - 1);  // all of it is still there
}

TEST_CASE("what civetweb is to refuse is handed out, too: a head too large, bare newlines, bytes that are no text") {
  Door door({});
  for (const std::string& head : {"GET / " + std::string(20000, 'a'), std::string("GET /\n\n"), std::string("\x01")}) {
    door.Come(2, head);
    CHECK(door.Take().address == 2);
  }
}

TEST_CASE("the address with the fewest answers comes first, and no address gets more than half of them") {
  Door door({.answers = 4});
  std::vector<HandedOut> taken;
  for (int i = 0; i < 4; ++i) door.Come(2, kRequest);
  for (int i = 0; i < 2; ++i) CHECK(taken.emplace_back(door.Take()).address == 2);
  CHECK_FALSE(door.SomebodyIsNext());
  door.Come(3, kRequest);
  CHECK(taken.emplace_back(door.Take()).address == 3);
  CHECK_FALSE(door.SomebodyIsNext());
  door.lobby.Done(taken.front().number);
  CHECK(door.Take().address == 2);
}

TEST_CASE("while all are busy, who has most answers loses his oldest for another address, and for none of his own") {
  Door door({.answers = 4, .undisturbed = std::chrono::milliseconds(0)});
  std::vector<HandedOut> taken;
  const auto answered = [&](int address) {
    const int client = door.Come(address, kRequest);
    taken.push_back(door.Take());
    return client;
  };
  const int other = answered(3), oldest = answered(2), second = answered(2), last = answered(4);
  door.Come(2, kRequest);
  CHECK_FALSE(door.SomebodyIsNext());
  CHECK_FALSE(IsCutOff(oldest));
  door.Come(5, kRequest);
  CHECK(IsCutOff(oldest));
  for (const int client : {other, second, last}) CHECK_FALSE(IsCutOff(client));
  door.lobby.Done(taken[1].number);
  CHECK(door.Take().address == 5);
}

TEST_CASE("of addresses with equally many answers under way, the one that had one longest ago comes first") {
  Door door({.answers = 2});
  door.Come(2, kRequest);
  const HandedOut first = door.Take();
  for (const int address : {2, 2, 3}) door.Come(address, kRequest);
  const HandedOut second = door.Take();
  CHECK(second.address == 3);
  door.Come(4, kRequest);
  door.lobby.Done(first.number);
  CHECK(door.Take().address == 4);
}

TEST_CASE("when too many wait, the address with the most of them loses its oldest") {
  Door door({.waiting = 4});
  const int scraper = door.Come(3, "GET /metr");
  std::vector<int> crowd;
  for (int i = 0; i < 6; ++i) crowd.push_back(door.Come(2, "GET /metr"));
  CHECK_FALSE(IsCutOff(scraper));
  for (size_t i = 0; i < crowd.size(); ++i) CHECK(IsCutOff(crowd[i]) == (i < 3));
}

TEST_CASE("who takes too long is cut off: with a head, for a turn, with an answer") {
  constexpr std::chrono::milliseconds kShort{1}, kLong{60'000};
  Door heads({.head = kShort});
  const int silent = heads.Come(2, "GET");
  CHECK_FALSE(heads.SomebodyIsNext());
  CHECK(IsCutOff(silent));

  Door answers({.answers = 1, .turn = kLong, .answer = kShort});
  const int slow = answers.Come(2, kRequest);
  const HandedOut taken = answers.Take();
  CHECK_FALSE(answers.SomebodyIsNext());
  CHECK(IsCutOff(slow));

  Door turns({.answers = 1, .turn = std::chrono::milliseconds(50)});
  turns.Come(2, kRequest);
  const HandedOut busy = turns.Take();
  const int waiting = turns.Come(2, kRequest);
  CHECK_FALSE(turns.SomebodyIsNext());
  CHECK(IsCutOff(waiting));
}

TEST_CASE("a head that has come counts, however late it is looked at") {
  constexpr std::chrono::milliseconds kHead{500};
  Door door({.head = kHead});
  const int client = door.Come(2, "GET / HTTP/1.1\r\n");
  std::this_thread::sleep_for(kHead);
  REQUIRE(send(client, "\r\n", 2, 0) == 2);
  CHECK(door.SomebodyIsNext());
}

TEST_CASE("who goes before he has asked is forgotten, and who only has nothing more to say is answered") {
  Door door({});
  const int leaver = door.Come(2, "GET /");
  shutdown(leaver, SHUT_WR);
  CHECK_FALSE(door.SomebodyIsNext());
  CHECK(IsCutOff(leaver));
  shutdown(door.Come(3, kRequest), SHUT_WR);
  CHECK(door.Take().address == 3);
}

TEST_CASE("nobody is handed out before the lobby is open") {
  Lobby closed;
  sockaddr_storage peer{};
  socklen_t length = sizeof peer;
  CHECK(closed.Accept(reinterpret_cast<sockaddr*>(&peer), &length) == -1);
}

}  // namespace
}  // namespace caliwatch
