// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/event_listener.h"

#include <csignal>
#include <new>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include "agent/daemon/boot_clock.h"
#include "lib/node/unique_fd.h"
#include "test/support/catch.h"
#include "test/support/fake_bird.h"
#include "test/support/own_namespace.h"
#include "test/support/real_bird.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

// Journals one after the other until `enough` says so of all of them together; for ever, if it never does.
template <class Enough>
Journal TakeUntil(EventListener& listener, Enough enough) {
  Journal all;
  while (!enough(all)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const Journal some = listener.Take();
    all.routes.insert(all.routes.end(), some.routes.begin(), some.routes.end());
    all.routes_complete = some.routes_complete;
    for (const Family family : kFamilies) {
      BirdJournal& bird = all.birds[family];
      const BirdJournal& more = some.birds[family];
      bird.events.insert(bird.events.end(), more.events.begin(), more.events.end());
      bird.complete = more.complete;
    }
  }
  return all;
}

TEST_CASE("the death of a real BIRD and the start of the next are told with their moments, and wake") {
  if (const std::string why_not = RealBird::WhyNot("bird"); !why_not.empty()) {
    WARN("skipped: " << why_not);
    return;
  }
  TemporaryFolder folder;
  RealBird bird("bird", folder.path());
  bird.Start();
  EventListener listener(folder.path());
  std::atomic<int> woken = 0;
  listener.SetWakeup([&] { ++woken; });
  TakeUntil(listener, [](const Journal& all) { return all.birds[Family::kIpv4].complete; });

  const BootTime before = BootNow();
  bird.Signal(SIGKILL);
  bird.Start();
  const Journal journal =
      TakeUntil(listener, [](const Journal& all) { return all.birds[Family::kIpv4].events.size() >= 2; });
  const std::vector<BirdEvent>& events = journal.birds[Family::kIpv4].events;
  CHECK(events[0].kind == BirdEventKind::kDied);
  CHECK(events[1].kind == BirdEventKind::kStarted);
  CHECK(before - absl::Milliseconds(10) <= events[0].at);  // a file's time is that of the kernel's last tick
  CHECK(events[0].at <= events[1].at);
  CHECK(events[1].at <= BootNow());
  CHECK(woken >= 2);
  listener.SetWakeup(nullptr);
}

// How many times a quarter of a second has gone by.
size_t QuartersSince(BootTime start) { return static_cast<size_t>((BootNow() - start) / absl::Milliseconds(250)); }

void WaitForLines(const FakeBird& bird, size_t lines) {
  while (bird.lines().size() < lines) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

// Says of its log that it may be followed, and never has anything to say.
void AnswerPokes(FakeBird::Client& client, int) {
  client.Send("0001 BIRD 1.6.8 ready.\n");
  for (std::string line; !(line = client.ReadLine()).empty();)
    client.Send(line == "restrict" ? "0016 Access restricted\n" : "0000 \n");
}

TEST_CASE("a BIRD that may recover is nudged four times a second, and not by its own answers") {
  TemporaryFolder folder;
  FakeBird bird(folder / "bird.ctl", AnswerPokes);
  const BootTime start = BootNow();
  EventListener listener(folder.path());
  WaitForLines(bird, 6);
  CHECK(bird.connections() == 1);
  CHECK(bird.lines().size() <= QuartersSince(start) + 3);
}

TEST_CASE("a BIRD is nudged while polls see it recover, and not otherwise") {
  TemporaryFolder folder;
  FakeBird bird(folder / "bird.ctl", AnswerPokes);
  EventListener listener(folder.path());
  WaitForLines(bird, 3);
  listener.FollowRecovery(Family::kIpv4, false);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // one may be on its way
  const size_t lines = bird.lines().size();
  std::this_thread::sleep_for(std::chrono::seconds(1));  // four times what lies between two
  CHECK(bird.lines().size() == lines);
  listener.FollowRecovery(Family::kIpv4, true);
  WaitForLines(bird, lines + 3);  // for ever, if it were not so
}

TEST_CASE(
    "a BIRD that refuses to be followed is left alone: it is not asked again soon, and nobody polls more for it") {
  TemporaryFolder folder;
  FakeBird bird(folder / "bird.ctl", Answering("9001 no such command\n"));
  EventListener listener(folder.path());
  std::atomic<int> woken = 0;
  listener.SetWakeup([&] { ++woken; });
  WaitForLines(bird, 1);
  std::this_thread::sleep_for(std::chrono::seconds(1));  // four times what one that has ended is left alone for
  CHECK(bird.connections() == 1);
  CHECK(woken == 0);
  CHECK(listener.Take().birds[Family::kIpv4].events.empty());
  listener.SetWakeup(nullptr);
}

TEST_CASE("a journal is complete only when all of its time was listened to") {
  TemporaryFolder folder;
  EventListener listener(folder.path());
  CHECK_FALSE(listener.Take().routes_complete);  // what was before it listened, it cannot know
  const Journal second = listener.Take();
  CHECK(second.routes_complete);
  CHECK_FALSE(second.birds[Family::kIpv4].complete);  // there is none
}

TEST_CASE("a link that goes down wakes, and a workload's link does not") {
  if (!InOwnNamespace()) return;
  Run("ip link add eth0 type veth peer name other; ip link set eth0 up; ip link add cali1 type veth peer name "
      "calipeer");
  TemporaryFolder folder;
  EventListener listener(folder.path());
  std::atomic<int> woken = 0;
  listener.SetWakeup([&] { ++woken; });
  Run("ip link set cali1 up; ip link del cali1");
  Run("ip route add blackhole 192.168.3.0/26 proto bird");
  CHECK(woken == 0);
  Run("ip link set eth0 down");
  while (woken == 0) std::this_thread::yield();  // for ever, if it were not so
  listener.SetWakeup(nullptr);
}

TEST_CASE("whatever may take a route away, or bring one, is in the journal that is taken right after it") {
  if (!InOwnNamespace()) return;
  Run("ip link add eth0 type veth peer name other; ip link set other up; ip link set eth0 up");
  TemporaryFolder folder;
  EventListener listener(folder.path());
  listener.Take();
  Run("ip neigh add 10.39.1.2 lladdr 02:00:00:00:00:01 dev eth0; ip rule add from 10.39.1.1 table 7");
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  while (listener.Take().routes_moved) std::this_thread::yield();  // IPv6 settles down
  for (const char* change : {"ip addr add 10.39.1.1/24 dev eth0", "ip route add 192.168.2.0/26 via 10.39.1.2",
                             "ip route flush 192.168.2.0/26", "ip route add unreachable 192.168.3.0/26 table 7",
                             "ip -6 route add unreachable fd00::/64", "ip addr del 10.39.1.1/24 dev eth0",
                             "ip link set eth0 down", "ip link del eth0"}) {
    Run(change);
    INFO(change);
    const Journal journal = listener.Take();
    CHECK(journal.routes_moved);
    CHECK(journal.routes_complete);
    while (listener.Take().routes_moved) std::this_thread::yield();
  }
}

TEST_CASE("once the kernel cannot be heard any more it is listened to anew, and the journal of the gap is incomplete") {
  if (!InOwnNamespace()) return;
  Run("ip link add eth0 type veth peer name other; ip addr add 10.39.1.1/24 dev eth0; ip link set eth0 up; "
      "ip link set other up");
  TemporaryFolder folder;
  const int next_fd = dup(STDERR_FILENO);
  close(next_fd);
  EventListener listener(folder.path());  // its socket to the kernel comes first
  listener.Take();
  REQUIRE(listener.Take().routes_complete);
  const UniqueFd no_socket(open("/dev/null", O_RDONLY | O_CLOEXEC));  // and there is always something to read
  REQUIRE(dup2(no_socket.get(), next_fd) == next_fd);
  while (listener.Take().routes_complete) std::this_thread::yield();  // for ever, if it were not so
  TakeUntil(listener, [](const Journal& all) { return all.routes_complete; });
  Run("ip route add 192.168.2.0/26 via 10.39.1.2 proto bird");
  const Journal journal = TakeUntil(listener, [](const Journal& all) { return !all.routes.empty(); });
  CHECK(journal.routes.front().destination == Prefix::Parse("192.168.2.0/26").value());
}

TEST_CASE("an exception on its thread costs events, and no more") {
  if (!InOwnNamespace()) return;
  Run("ip link add eth0 type veth peer name other; ip link set eth0 up");
  TemporaryFolder folder;
  EventListener listener(folder.path());
  std::atomic<int> woken = 0;
  listener.SetWakeup([&] {
    if (++woken == 1) throw std::bad_alloc();
  });
  Run("ip link set eth0 down");
  while (woken == 0) std::this_thread::yield();
  Run("ip link set eth0 up");
  while (woken < 2) std::this_thread::yield();  // for ever, if it were not so
  listener.SetWakeup(nullptr);
  TakeUntil(listener, [](const Journal& all) { return all.routes_complete; });
}

TEST_CASE("a stopped BIRD holds up nothing: routes are heard all the same") {
  if (!InOwnNamespace()) return;
  if (!RealBird::WhyNot("bird").empty()) return;
  Run("ip link add eth0 type veth peer name other; ip addr add 10.39.1.1/24 dev eth0; ip link set eth0 up; "
      "ip link set other up");
  TemporaryFolder folder;
  RealBird bird("bird", folder.path());
  bird.Start();
  bird.Signal(SIGSTOP);
  EventListener listener(folder.path());
  Run("ip route add 192.168.1.0/26 via 10.39.1.2 proto bird");
  CHECK(TakeUntil(listener, [](const Journal& all) { return !all.routes.empty(); }).routes.front().added);
  bird.Signal(SIGCONT);
}

}  // namespace
}  // namespace caliwatch
