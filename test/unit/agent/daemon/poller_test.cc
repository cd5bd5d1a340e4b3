// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/poller.h"

#include <atomic>
#include <climits>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/memory_node.h"

namespace caliwatch {
namespace {

using std::chrono::steady_clock;

// A gate that threads wait at until it is opened, and that tells how many have come.
class Gate {
 public:
  void Pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void AwaitArrival() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return arrived_ > 0; });
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
  bool open_ = false;
};

// A node whose BIRD answers only once the gate is open.
class StuckNode : public MemoryNode {
 public:
  absl::StatusOr<std::string> AskBird(BirdDaemon daemon, BirdQuestion question) override {
    gate.Pass();
    return MemoryNode::AskBird(daemon, question);
  }
  Gate gate;
};

// A node in which memory is short, so often.
class ShortNode : public MemoryNode {
 public:
  explicit ShortNode(MemoryNode node, int times) : MemoryNode(std::move(node)), left_(times) {}
  absl::StatusOr<BirdSocketInfo> IdentifyBird(BirdDaemon daemon) override {
    if (left_ > 0 && left_-- > 0) throw std::bad_alloc();
    return MemoryNode::IdentifyBird(daemon);
  }

 private:
  std::atomic<int> left_;
};

// What the poller reports, counted.
class Reports {
 public:
  Poller::OnReport Listener() {
    return [this](const Report* before, const Report& now) {
      const std::lock_guard lock(mutex_);
      had_before_.push_back(before != nullptr);
      polls_ = now.polls;
      changed_.notify_all();
    };
  }
  void AwaitPolls(uint64_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return polls_ >= count; });
  }
  std::vector<bool> had_before() {
    const std::lock_guard lock(mutex_);
    return had_before_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t polls_ = 0;
  std::vector<bool> had_before_;
};

PollOptions Every(absl::Duration interval) { return {.interval = interval, .peer_detail = PeerDetail::kAuto}; }

PublicationPtr AwaitPublication(const Poller& poller) {
  PublicationPtr latest;
  while (!(latest = poller.Latest())) std::this_thread::yield();
  return latest;
}

TEST_CASE("the first poll begins at once, and its report, metrics and compressed metrics are of one poll") {
  MemoryNode node = ReadableNode();
  Reports reports;
  const Poller poller(node, Every(absl::Hours(1)), reports.Listener());
  const PublicationPtr publication = AwaitPublication(poller);
  CHECK(publication->report.polls == 1);
  CHECK(publication->report.kernel.routes.ok());
  CHECK(absl::StrContains(*MetricsOf(*publication, false), "\ncaliwatch_polls_total 1\n"));
  CHECK(absl::StrContains(*MetricsOf(*publication, false), "\nprocess_open_fds "));
  CHECK(absl::StrContains(*MetricsOf(*publication, false), "\ncaliwatch_poll_duration_seconds_count 1\n"));
  CHECK(absl::StartsWith(*MetricsOf(*publication, true), "\x1f\x8b"));
  CHECK(reports.had_before() == std::vector<bool>{false});
}

TEST_CASE("polls go on, each reported with the one before it") {
  MemoryNode node = ReadableNode();
  Reports reports;
  const Poller poller(node, Every(absl::Milliseconds(1)), reports.Listener());
  reports.AwaitPolls(3);
  const std::vector<bool> had_before = reports.had_before();
  CHECK_FALSE(had_before[0]);
  CHECK(had_before[1]);
  CHECK(had_before[2]);
}

TEST_CASE("while a poll is stuck nothing waits for it") {
  StuckNode node;
  const Poller poller(node, Every(absl::Hours(1)), [](const Report*, const Report&) {});
  node.gate.AwaitArrival();
  CHECK(poller.Latest() == nullptr);
  CHECK(poller.IsHealthy());
  node.gate.Open();
  CHECK(AwaitPublication(poller)->report.polls == 1);
}

TEST_CASE("a poll that fails for want of memory is counted, and the next one goes on from the last good one") {
  ShortNode node(ReadableNode(), 3);
  Reports reports;
  const Poller poller(node, Every(absl::Milliseconds(1)), reports.Listener());
  const PublicationPtr publication = AwaitPublication(poller);  // never, if it were not so
  CHECK(absl::StrContains(*MetricsOf(*publication, false), "\ncaliwatch_polls_failed_total 3\n"));
  reports.AwaitPolls(2);
  CHECK_FALSE(reports.had_before()[0]);  // what failed is not taken for the poll before
  CHECK(reports.had_before()[1]);
  CHECK(poller.IsHealthy());
}

TEST_CASE("what failed is not taken for progress") {
  ShortNode node(ReadableNode(), INT_MAX);
  std::atomic<int> begun = 0;
  PollerParts parts;
  parts.begin = [&] { ++begun; };
  const Poller poller(
      node, Every(absl::Milliseconds(1)), [](const Report*, const Report&) {}, parts);
  while (begun < 3) std::this_thread::yield();  // for ever, if the first one ended the thread
  CHECK(poller.Latest() == nullptr);
}

TEST_CASE("another interval counts from the poll that was last, without waiting out the old one") {
  MemoryNode node = ReadableNode();
  Reports reports;
  Poller poller(node, Every(absl::Hours(1)), reports.Listener());
  reports.AwaitPolls(1);
  poller.Configure(Every(absl::Milliseconds(1)));
  reports.AwaitPolls(3);  // for ever, if it were not so
  CHECK(poller.IsHealthy());
}

TEST_CASE("another detail of peers shows in the next poll") {
  MemoryNode node = ReadableNode();
  Reports reports;
  Poller poller(node, Every(absl::Hours(1)), reports.Listener());
  CHECK(absl::StrContains(*MetricsOf(*AwaitPublication(poller), false), "\ncaliwatch_bgp_peer_up{"));
  poller.Configure({.interval = absl::Milliseconds(1), .peer_detail = PeerDetail::kNone});
  reports.AwaitPolls(3);
  CHECK_FALSE(absl::StrContains(*MetricsOf(*poller.Latest(), false), "\ncaliwatch_bgp_peer_up{"));
}

TEST_CASE("another list of watched routes is followed from the next poll on") {
  MemoryNode node = ReadableNode();
  Reports reports;
  Poller poller(node, Every(absl::Hours(1)), reports.Listener());
  CHECK(AwaitPublication(poller)->report.watched_routes->empty());
  poller.Configure({.interval = absl::Milliseconds(1), .watched_routes = {*Prefix::Parse("198.51.100.0/24")}});
  reports.AwaitPolls(3);
  REQUIRE(poller.Latest()->report.watched_routes->size() == 1);
  CHECK_FALSE(poller.Latest()->report.watched_routes->front().present);
}

TEST_CASE("it ends while it waits for the next poll, without waiting that out") {
  MemoryNode node = ReadableNode();
  Reports reports;
  { const Poller poller(node, Every(absl::Hours(1)), reports.Listener()); }  // for an hour, if it were not so
  CHECK(reports.had_before().size() <= 1);
}

TEST_CASE("who wakes it gets a look before the next regular one, and the findings of both count as one") {
  MemoryNode node = ReadableNode();
  node.endpoint_files->front().content =
      R"({"ifaceName":"cali12ab34cd56e","ipv4Nets":["10.65.0.2/32","10.65.0.9/32"]})";
  Reports reports;
  Poller poller(node, Every(absl::Hours(1)), reports.Listener());
  // One of a workload's addresses has no route, which counts from the second poll on.
  const auto* none_yet = "\ncaliwatch_check_findings{check=\"workload_route_missing\",severity=\"critical\"} 0\n";
  CHECK(absl::StrContains(*MetricsOf(*AwaitPublication(poller), false), none_yet));
  poller.Wake();
  reports.AwaitPolls(2);  // for an hour, if it were not so
  while (poller.Latest()->report.polls < 2) std::this_thread::yield();
  CHECK(absl::StrContains(*MetricsOf(*poller.Latest(), false), none_yet));
  poller.Configure({.interval = absl::Milliseconds(1)});
  reports.AwaitPolls(4);
  CHECK_FALSE(absl::StrContains(*MetricsOf(*poller.Latest(), false), none_yet));
}

TEST_CASE(
    "each poll begins, takes the journal, reads the node, what it remembers is saved before it is told, it ends") {
  MemoryNode node = ReadableNode();
  std::atomic<int> begun = 0, taken = 0, saved = 0, ended = 0;
  PollerParts parts;
  parts.begin = [&] {
    CHECK(node.asked.empty());
    ++begun;
  };
  parts.take_journal = [&] {
    ++taken;
    return Journal();
  };
  parts.remember = [&](const PersistentState&) {
    ++saved;
    return absl::UnavailableError("the disk is full");
  };
  std::atomic<int> saved_when_told = 0, told = 0, told_at_end = 0;
  parts.end = [&] {
    told_at_end = told.load();
    ++ended;
  };
  const auto tell = [&](const Report*, const Report&) {
    saved_when_told = saved.load();
    ++told;
  };
  const Poller poller(node, Every(absl::Hours(1)), tell, parts);
  const PublicationPtr publication = AwaitPublication(poller);
  while (ended == 0) std::this_thread::yield();
  CHECK(told_at_end == 1);
  CHECK(begun == 1);
  CHECK(taken == 1);
  CHECK(saved_when_told == 1);
  CHECK(absl::StrContains(*MetricsOf(*publication, false), "\ncaliwatch_state_file_errors_total 1\n"));
}

TEST_CASE("routes are dumped when one may have changed since the poll before, and else they stay") {
  MemoryNode node = ReadableNode();
  const auto with = [](bool complete, bool moved) {
    Journal journal;
    journal.routes_complete = complete;
    journal.routes_moved = moved;
    return journal;
  };
  const Journal quiet = with(true, false), moved = with(true, true), lost = with(false, false);
  const std::vector<Journal> journals = {lost, quiet, moved, quiet, quiet, lost, quiet, quiet, quiet};
  const std::vector<int> expected = {0, 1, 1, 2, 2, 2, 3, 3, 3};
  std::vector<int> dumps;  // before each poll
  PollerParts parts;
  parts.take_journal = [&] {
    dumps.push_back(static_cast<int>(std::count(node.asked.begin(), node.asked.end(), "routes")));
    return dumps.size() <= journals.size() ? journals[dumps.size() - 1] : quiet;
  };
  Reports reports;
  {
    const Poller poller(node, Every(absl::Milliseconds(1)), reports.Listener(), parts);
    reports.AwaitPolls(journals.size());
    CHECK(poller.Latest()->report.kernel.routes.ok());
  }
  dumps.resize(expected.size());
  CHECK(dumps == expected);
}

TEST_CASE("a poll that failed took its journal with it: the next one dumps routes") {
  struct : MemoryNode {
    absl::StatusOr<BirdSocketInfo> IdentifyBird(BirdDaemon daemon) override {
      if (++times == 3) throw std::bad_alloc();  // two a poll: in the second
      return MemoryNode::IdentifyBird(daemon);
    }
    int times = 0;
  } node;
  static_cast<MemoryNode&>(node) = ReadableNode();
  Journal quiet;
  quiet.routes_complete = true;
  PollerParts parts;
  parts.take_journal = [&] { return quiet; };
  Reports reports;
  {
    const Poller poller(node, Every(absl::Milliseconds(1)), reports.Listener(), parts);
    reports.AwaitPolls(3);
  }
  CHECK(std::count(node.asked.begin(), node.asked.end(), "routes") == 2);
}

TEST_CASE("it goes on from what a process before remembered") {
  MemoryNode node = ReadableNode();
  PollerParts parts;
  parts.state.convergence[Family::kIpv4].counts.restarts = 41;
  const Poller poller(
      node, Every(absl::Hours(1)), [](const Report*, const Report&) {}, parts);
  CHECK(absl::StrContains(*MetricsOf(*AwaitPublication(poller), false),
                          "\ncaliwatch_bird_restarts_total{family=\"ipv4\"} 41\n"));
}

TEST_CASE("a configuration that was read, and one that was refused since, show in the metrics of the next poll") {
  MemoryNode node = ReadableNode();
  Reports reports;
  PollOptions options = Every(absl::Milliseconds(1));
  options.config_reload = {.successful = true, .last_success = absl::FromUnixSeconds(1'800'000'000)};
  Poller poller(node, options, reports.Listener());
  const auto* when = "\ncaliwatch_config_last_reload_success_timestamp_seconds 1800000000\n";
  const PublicationPtr first = AwaitPublication(poller);
  CHECK(absl::StrContains(*MetricsOf(*first, false), "\ncaliwatch_config_last_reload_successful 1\n"));
  CHECK(absl::StrContains(*MetricsOf(*first, false), when));
  poller.ReportRefusedConfig();
  // The poll under way may have begun before that.
  reports.AwaitPolls(first->report.polls + 3);
  const PublicationPtr refused = poller.Latest();
  CHECK(absl::StrContains(*MetricsOf(*refused, false), "\ncaliwatch_config_last_reload_successful 0\n"));
  CHECK(absl::StrContains(*MetricsOf(*refused, false), when));
}

TEST_CASE("starts lie one interval apart, however long a poll takes, and missed ones are skipped") {
  const steady_clock::time_point start{};
  const auto after = [&](int64_t ms) { return start + std::chrono::milliseconds(ms); };
  const auto next = [&](int64_t now_ms) { return Poller::NextStart(start, after(now_ms), absl::Seconds(5)); };
  CHECK(next(0) == after(5000));
  CHECK(next(4999) == after(5000));
  CHECK(next(5000) == after(10000));
  CHECK(next(17000) == after(20000));
}

}  // namespace
}  // namespace caliwatch
