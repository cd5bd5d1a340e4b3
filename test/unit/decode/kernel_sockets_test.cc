// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <string>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/node/kernel_socket.h"
#include "lib/node/unique_fd.h"
#include "test/support/kernel_decoding.h"
#include "test/support/own_namespace.h"

namespace caliwatch {
namespace {

using Lines = std::multiset<std::string>;

sockaddr_in Ipv4(const char* address, uint16_t port) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  inet_pton(AF_INET, address, &place.sin_addr);
  return place;
}

UniqueFd Listening(uint16_t port, int backlog) {
  UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in place = Ipv4("0.0.0.0", port);
  REQUIRE(bind(listener.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0);
  REQUIRE(listen(listener.get(), backlog) == 0);
  return listener;
}

// Under way where nobody answers.
UniqueFd Calling(const char* address, uint16_t port) {
  UniqueFd caller(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const sockaddr_in place = Ipv4(address, port);
  connect(caller.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place);
  return caller;
}

std::vector<BgpSocket> Sockets(const std::vector<uint16_t>& ports = {kBgpPort}) {
  std::vector<BgpSocket> sockets;
  const auto kernel = KernelSocket::Open();
  REQUIRE(kernel.ok());
  (*kernel)->ChooseBgpPorts(ports);
  absl::Status decoded;
  const absl::Status dumped = (*kernel)->Dump(
      KernelTable::kBgpSockets, [&](const nlmsghdr& message) { decoded.Update(AppendRow(message, sockets)); });
  REQUIRE(dumped == absl::OkStatus());
  REQUIRE(decoded == absl::OkStatus());
  return sockets;
}

Lines OursAsLines() {
  Lines lines;
  for (const BgpSocket& socket : Sockets()) {
    const char* state = socket.state == TcpState::kListen        ? "LISTEN"
                        : socket.state == TcpState::kEstablished ? "ESTAB"
                        : socket.state == TcpState::kSynSent     ? "SYN-SENT"
                                                                 : "other";
    const std::string remote = socket.remote_port == 0 ? "*" : absl::StrCat(socket.remote_port);
    lines.insert(absl::StrCat(state, " ", socket.receive_queue, " ", socket.send_queue, " ", socket.local.ToString(),
                              ":", socket.local_port, " ", socket.remote.ToString(), ":", remote));
  }
  return lines;
}

Lines AsSsTells() {
  Lines lines;
  for (absl::string_view line : absl::StrSplit(OutputOf("ss -tanH '( sport = :179 or dport = :179 )'"), '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.size() >= 5)
      lines.insert(absl::StrCat(words[0], " ", words[1], " ", words[2], " ", words[3], " ", words[4]));
  }
  return lines;
}

constexpr char kNobody[] =
    "ip link set lo up; ip link add one type veth peer name two; ip address add 10.9.0.1/24 dev one;"
    "ip link set one up; ip link set two up; ip neighbor add 10.9.0.2 lladdr 02:00:00:00:00:09 dev one";

TEST_CASE("the sockets of port 179, and no others, are what ss tells of them") {
  if (!InOwnNamespace()) return;
  Run(kNobody);
  CHECK(Sockets().empty());
  const UniqueFd bgp = Listening(179, 8), other = Listening(180, 8), below = Listening(178, 8);
  const UniqueFd waiting = Calling("127.0.0.1", 179), elsewhere = Calling("127.0.0.1", 180);
  const UniqueFd calling = Calling("10.9.0.2", 179);
  usleep(50'000);
  const Lines ours = OursAsLines();
  CHECK(ours == AsSsTells());
  CHECK(ours.size() == 4);  // who listens, both ends of one session, and one call
  CHECK(ours.count("LISTEN 1 8 0.0.0.0:179 0.0.0.0:*") == 1);
}

TEST_CASE("a call that nobody answers counts how often it was sent again") {
  if (!InOwnNamespace()) return;
  Run(kNobody);
  const UniqueFd calling = Calling("10.9.0.2", 179);
  sleep(2);  // the kernel waits for one
  REQUIRE(Sockets().size() == 1);
  CHECK(Sockets().front().state == TcpState::kSynSent);
  CHECK(Sockets().front().retransmits >= 1);
}

TEST_CASE("sockets that are ending are not told: anyone can leave as many as he likes") {
  if (!InOwnNamespace()) return;
  Run(kNobody);
  const UniqueFd bgp = Listening(179, 8);
  for (int i = 0; i < 50; ++i) {
    const UniqueFd calling = Calling("127.0.0.1", 179);
    usleep(1000);
    const UniqueFd answered(accept(bgp.get(), nullptr, nullptr));
    REQUIRE(answered.is_open());
  }
  usleep(50'000);
  CHECK(OutputOf("ss -tanH state time-wait '( sport = :179 or dport = :179 )' | wc -l") != "0\n");
  CHECK(Sockets().size() == 1);  // who listens
}

TEST_CASE("more sockets than any BGP speaker has are an error, not a table without an end") {
  inet_diag_msg header{};
  header.idiag_family = AF_INET;
  header.idiag_state = 1;
  header.id.idiag_dport = htons(179);
  const NetlinkMessage message(SOCK_DIAG_BY_FAMILY, header);
  std::vector<BgpSocket> sockets;
  absl::Status status;
  for (int i = 0; i < 20'000 && status.ok(); ++i) status = AppendRow(message.get(), sockets);
  CHECK(absl::IsResourceExhausted(status));
  CHECK(sockets.size() == 16'384);
}

TEST_CASE("of the ports of several sessions, and of all, the sockets that send as BIRD does are told") {
  if (!InOwnNamespace()) return;
  Run(kNobody);
  const UniqueFd bgp = Listening(179, 8), moved = Listening(1179, 8), third = Listening(2179, 8);
  const UniqueFd session = Calling("127.0.0.1", 1179), other = Calling("127.0.0.1", 2179);
  const int network_control = 0xc0;
  for (const int socket : {moved.get(), session.get()})
    REQUIRE(setsockopt(socket, IPPROTO_IP, IP_TOS, &network_control, sizeof network_control) == 0);
  usleep(50'000);
  const auto ports = [](const std::vector<uint16_t>& wanted) {
    std::multiset<uint16_t> found;
    for (const BgpSocket& socket : Sockets(wanted)) found.insert(std::min(socket.local_port, socket.remote_port));
    found.erase(0);
    return found;
  };
  CHECK(ports({179}).empty());
  CHECK(ports({179, 1179}) == std::multiset<uint16_t>{1179});  // the other end is not BIRD's
  CHECK(ports({1179, 179, 2179}) == std::multiset<uint16_t>{1179});
  CHECK(ports({2179}).empty());
  CHECK(ports({}) == std::multiset<uint16_t>{1179});
  CHECK(OutputOf("ss -tnOH --tos state established '( dport = :1179 )'").find("tos:0xc0") != std::string::npos);
}

inet_diag_msg Established() {
  inet_diag_msg header{};
  header.id.idiag_dport = htons(kBgpPort);
  header.idiag_family = AF_INET;
  header.idiag_state = static_cast<uint8_t>(TcpState::kEstablished);
  header.idiag_retrans = 4;
  return header;
}

TEST_CASE("what TCP knows of a session is taken from kernels that know less or more than ours") {
  // Offsets of struct tcp_info in linux/tcp.h, which has only ever grown at its end.
  std::array<uint8_t, 400> info{};
  info[2] = 2;  // retransmits
  const auto put = [&](size_t offset, uint32_t value) { std::memcpy(&info[offset], &value, sizeof value); };
  put(52, 40'000);  // last_data_recv, ms
  put(60, 1450);    // pmtu
  put(68, 1500);    // rtt, µs
  put(140, 77);     // segs_in
  put(396, ~uint32_t{0});
  const auto of_size = [&](size_t size) {
    return Decoded<BgpSocket>(
        NetlinkMessage(SOCK_DIAG_BY_FAMILY, Established()).PutBytes(INET_DIAG_INFO, info.data(), size));
  };
  const auto whole = of_size(240);
  CHECK(whole.front().retransmits == 2);
  CHECK(whole.front().rtt == absl::Microseconds(1500));
  CHECK(whole.front().last_received == absl::Seconds(40));
  CHECK(whole.front().segments_received == 77);
  CHECK(whole.front().path_mtu == 1450);
  CHECK(of_size(400) == whole);
  CHECK(of_size(104).front().segments_received == 0);
  CHECK(of_size(104).front().rtt == absl::Microseconds(1500));
}

TEST_CASE("a socket's message that is cut short is an error, and none is looked at beyond its end") {
  const NetlinkMessage whole =
      std::move(NetlinkMessage(SOCK_DIAG_BY_FAMILY, Established()).Put(INET_DIAG_INFO, std::array<uint8_t, 104>{}));
  for (uint32_t size = whole.get().nlmsg_len - 1; size >= sizeof(nlmsghdr); --size) {
    const std::vector<char> bytes = BytesOf(whole.get());
    const std::unique_ptr<char[]> exact(new char[size]);
    std::memcpy(exact.get(), bytes.data(), size);
    auto& message = *reinterpret_cast<nlmsghdr*>(exact.get());
    message.nlmsg_len = size;
    std::vector<BgpSocket> rows;
    const absl::Status status = AppendRow(message, rows);
    INFO(size);
    CHECK(status.ok() == (rows.size() == 1));
    CHECK(status.ok() == (whole.ends().count(size) != 0));
  }
}

TEST_CASE("a session that is being opened has no round-trip time, and counts by its timer") {
  inet_diag_msg header = Established();
  header.idiag_state = static_cast<uint8_t>(TcpState::kSynReceived);
  const auto rows = Decoded<BgpSocket>(NetlinkMessage(SOCK_DIAG_BY_FAMILY, header));
  CHECK(rows.front().retransmits == 4);
  CHECK_FALSE(rows.front().rtt);
  CHECK_FALSE(rows.front().path_mtu);
}

}  // namespace
}  // namespace caliwatch
