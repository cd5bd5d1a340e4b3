// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/convergence/convergence.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/restarting_node.h"

namespace caliwatch {
namespace {

using Names = std::vector<std::string>;

constexpr absl::Duration kInterval = absl::Seconds(5);

// A node that has been watched while all was well.
RestartingNode Watched() {
  RestartingNode node;
  for (int poll = 0; poll < 2; ++poll) {
    node.Poll();
    node.Pass(kInterval);
  }
  return node;
}

TEST_CASE("a node on which nothing happens has no episode") {
  RestartingNode node = Watched();
  const ConvergenceStep step = node.Poll();
  CHECK(step.phase == ConvergencePhase::kConverged);
  CHECK(step.elapsed == absl::ZeroDuration());
  CHECK(node.state.counts == ConvergenceCounts{});
  CHECK(node.state.expected.peers.size() == 2);
  CHECK(node.state.expected.routes.size() == 2);
}

TEST_CASE("a restart with all peers alive takes as long as its last peer and its recovery") {
  RestartingNode node = Watched();
  node.RestartBird(absl::Milliseconds(300));
  const BootTime start = node.now;
  node.Pass(absl::Milliseconds(1200));
  node.Connect(0);
  node.Connect(1);
  node.Pass(absl::Milliseconds(900));
  node.EndRecovery();
  node.Pass(absl::Seconds(2));
  const EpisodeSummary episode = node.PollUntilEnd();
  CHECK(episode.start == start);
  CHECK(episode.duration() == absl::Milliseconds(2100));
  CHECK(episode.away == absl::Milliseconds(300));
  CHECK(episode.phases.at(ConvergencePhase::kGracefulRestart) == absl::Milliseconds(2100));
  CHECK(episode.gap == RouteGap{});
  CHECK(node.state.counts.restarts == 1);
  CHECK(node.state.counts.converged == 1);
}

TEST_CASE("while recovery lasts, the pending peers block and the time grows") {
  RestartingNode node = Watched();
  node.RestartBird();
  node.Pass(absl::Seconds(2));
  node.Connect(0);
  ConvergenceStep step = node.Poll();
  CHECK(step.phase == ConvergencePhase::kGracefulRestart);
  CHECK(step.blocking_peers == Names{"Mesh_10_39_1_36"});
  CHECK(step.elapsed == absl::Seconds(2));
  node.Pass(kInterval);
  CHECK(node.Poll().elapsed == absl::Seconds(7));
}

TEST_CASE("a peer that was dead before the restart is not waited for, but blocks recovery") {
  RestartingNode node = Watched();
  node.Disconnect(1);
  node.LoseRoute(1);
  node.SetExported(2);
  for (int poll = 0; poll < 15; ++poll) {
    CHECK(node.Poll().elapsed == absl::ZeroDuration());
    node.Pass(kInterval);
  }
  CHECK(node.state.expected.peers.size() == 1);
  node.RestartBird();
  node.Pass(absl::Seconds(1));
  node.Connect(0);
  CHECK(node.Poll().blocking_peers == Names{"Mesh_10_39_1_36"});
  node.Pass(absl::Seconds(238));
  node.EndRecovery();
  CHECK(node.PollUntilEnd().duration() == absl::Seconds(239));
}

TEST_CASE("a peer that does not come back is waited for by name, then given up") {
  RestartingNode node = Watched();
  node.RestartBird(absl::ZeroDuration(), false);
  node.Pass(absl::Seconds(15));
  node.Connect(0);
  const ConvergenceStep step = node.Poll();
  CHECK(step.phase == ConvergencePhase::kPeers);
  CHECK(step.blocking_peers == Names{"Mesh_10_39_1_36"});
  const EpisodeSummary episode = node.PollUntilEnd();
  CHECK_FALSE(episode.converged);
  CHECK(episode.blocking_peers == std::vector<WaitedFor>{{"Mesh_10_39_1_36", episode.duration()}});
  CHECK(node.state.counts.incomplete == 1);
  CHECK(node.state.counts.duration_sum == 0);
}

TEST_CASE("the last twenty episodes are kept, with the time of day at which they ended") {
  RestartingNode node = Watched();
  for (int episode = 0; episode < 22; ++episode) {
    node.RestartBird(absl::ZeroDuration(), false);
    for (size_t peer : {0, 1}) node.Connect(peer);
    node.PollUntilEnd();
  }
  REQUIRE(node.state.past.size() == kPastEpisodes);
  const EpisodeSummary &oldest = node.state.past.front(), &newest = node.state.past.back();
  CHECK(newest.ended_at - oldest.ended_at == newest.end - oldest.end);
  CHECK(newest.ended_at == node.Look().taken_at - (node.Look().boot_time - newest.end));
}

TEST_CASE("routes that were lost before the restart and come back late make the gap and the end") {
  RestartingNode node = Watched();
  node.StopBird();
  node.LoseRoute(0);
  node.Pass(absl::Seconds(1));
  node.LoseRoute(1);
  node.Pass(absl::Seconds(1));
  node.RestartBird();
  node.Pass(absl::Seconds(2));
  node.Connect(0);
  node.Connect(1);
  node.EndRecovery();
  CHECK(node.Poll().missing.size() == 2);
  node.Pass(absl::Milliseconds(500));
  node.ReturnRoute(0);
  node.ReturnRoute(1);
  const EpisodeSummary episode = node.PollUntilEnd();
  CHECK(episode.duration() == absl::Milliseconds(2500));
  CHECK(episode.gap.longest == absl::Milliseconds(4500));
  CHECK(episode.gap.prefix_time == absl::Milliseconds(8000));
  CHECK(episode.phases.at(ConvergencePhase::kProgramming) == absl::Milliseconds(500));
}

TEST_CASE("a next hop that is deleted and added within 50 ms is a change, no gap") {
  RestartingNode node = Watched();
  node.RestartBird();
  node.Pass(absl::Seconds(1));
  node.LoseRoute(0);
  node.Pass(absl::Milliseconds(1));
  node.ReturnRoute(0);
  node.Connect(0);
  node.Connect(1);
  node.EndRecovery();
  CHECK(node.PollUntilEnd().gap == RouteGap{});
}

TEST_CASE("a second restart within the first's episode keeps its start and is counted") {
  RestartingNode node = Watched();
  node.RestartBird();
  const BootTime start = node.now;
  node.Pass(absl::Seconds(3));
  node.Poll();
  node.RestartBird(absl::Seconds(1));
  node.Pass(absl::Seconds(2));
  node.Connect(0);
  node.Connect(1);
  node.EndRecovery();
  const EpisodeSummary episode = node.PollUntilEnd();
  CHECK(episode.start == start);
  CHECK(episode.duration() == absl::Seconds(6));
  CHECK(episode.restarts == 2);
  CHECK(node.state.counts.restarts == 2);
  CHECK(node.state.counts.converged == 1);
}

TEST_CASE("two restarts between two polls are both counted, and the first began it") {
  RestartingNode node = Watched();
  node.RestartBird();
  const BootTime start = node.now;
  node.Pass(absl::Seconds(2));
  node.RestartBird();
  node.Pass(absl::Seconds(1));
  node.Connect(0);
  node.Connect(1);
  node.EndRecovery();
  const EpisodeSummary episode = node.PollUntilEnd();
  CHECK(episode.start == start);
  CHECK(node.state.counts.restarts == 2);
}

TEST_CASE("an agent that comes while BIRD recovers joins at the true start") {
  RestartingNode node;
  node.RestartBird();
  const BootTime start = node.now;
  node.Pass(absl::Seconds(100));
  node.journal = {};
  CHECK(node.Poll().elapsed == absl::Seconds(100));
  node.Pass(absl::Seconds(10));
  node.EndRecovery();
  const EpisodeSummary episode = node.PollUntilEnd();
  CHECK(episode.start == start);
  CHECK(episode.duration() == absl::Seconds(110));
  CHECK(node.state.counts.restarts == 0);
}

TEST_CASE("what an agent before knew makes the restart that it missed an episode") {
  RestartingNode node = Watched();
  node.RestartBird();
  node.Pass(absl::Seconds(1));
  node.Connect(0);
  node.Connect(1);
  node.EndRecovery();
  node.journal = {};  // nobody listened
  node.Pass(absl::Seconds(20));
  const EpisodeSummary episode = node.PollUntilEnd();
  CHECK(episode.duration() <= absl::Seconds(1));
  CHECK(node.state.counts.restarts == 1);
}

TEST_CASE("an agent that comes long after a restart counts it, and claims nothing about it") {
  RestartingNode node = Watched();
  node.RestartBird(absl::ZeroDuration(), false);
  node.Connect(0);
  node.Connect(1);
  node.journal = {};
  node.Pass(absl::Hours(2));
  CHECK(node.Poll().elapsed == absl::ZeroDuration());
  CHECK(node.state.counts.restarts == 1);
  CHECK_FALSE(node.state.episode);
}

TEST_CASE("a reboot is a restart, though the clock has begun anew") {
  RestartingNode node = Watched();
  node.state.identity.reset();  // as a state file of another boot gives it
  node.state.bird_start.reset();
  node.RestartBird();
  node.LoseRoute(0);
  node.LoseRoute(1);
  node.journal = {};
  node.Pass(absl::Seconds(10));
  const ConvergenceStep step = node.Poll();
  CHECK(step.phase == ConvergencePhase::kGracefulRestart);
  CHECK(step.elapsed == absl::Seconds(10));
  CHECK(step.missing.size() == 2);
}

TEST_CASE("without journal, times are those of BIRD's answers and of polls") {
  RestartingNode node = Watched();
  node.tells_events = false;
  node.RestartBird();
  node.Pass(absl::Seconds(2));
  node.Connect(0);
  node.Connect(1);
  node.LoseRoute(0);
  node.EndRecovery();
  node.Poll();
  node.Pass(kInterval);
  node.ReturnRoute(0);
  const EpisodeSummary episode = node.PollUntilEnd();
  CHECK(episode.duration() == absl::Seconds(7));
  CHECK(episode.gap.longest == absl::Seconds(5));
}

TEST_CASE("a peer removed from the configuration is not waited for, once BIRD had the time to get it") {
  RestartingNode node = Watched();
  node.RestartBird(absl::ZeroDuration(), false);
  node.node.birds[Family::kIpv4].peers->pop_back();
  node.LoseRoute(0);
  std::erase_if(*node.node.routes, [](const Route& route) { return route.gateway == *IpAddress::Parse("10.39.1.36"); });
  node.ReturnRoute(0);
  node.SetExported(2);
  node.Pass(absl::Seconds(1));
  node.Connect(0);
  CHECK(node.Poll().blocking_peers == Names{"Mesh_10_39_1_36"});
  const EpisodeSummary episode = node.PollUntilEnd();
  CHECK(episode.converged);
  CHECK(node.state.expected.routes.size() == 1);
}

TEST_CASE("a block that moved to another node during the restart is accepted when BIRD says so") {
  RestartingNode node = Watched();
  node.RestartBird(absl::ZeroDuration(), false);
  node.Connect(0);
  node.Connect(1);
  for (Route& route : *node.node.routes)
    if (route.gateway == node.Peer(0).address) route.gateway = node.Peer(1).address;
  node.Announce(0, 0);
  node.Announce(1, 2);
  node.state.expected.peers.at(node.Peer(0).name).routes = 0;
  CHECK(node.Poll().phase == ConvergencePhase::kProgramming);
  node.Pass(kInterval);
  CHECK(node.PollUntilEnd().converged);
  for (const ExpectedRoute& route : node.state.expected.routes) CHECK(route.gateway == node.Peer(1).address);
}

TEST_CASE("while BIRD and the kernel disagree about a route, BIRD's own table is asked for and believed") {
  RestartingNode node = Watched();
  node.LoseRoute(0);
  node.Poll();
  node.Pass(kInterval);
  CHECK(node.Poll().asks_bird);
  node.Pass(kInterval);
  BirdRoute other;
  other.destination = *Prefix::Parse("192.168.36.0/26");
  other.best = true;
  other.next_hops = {{*IpAddress::Parse("10.39.1.36"), "eth0"}};
  node.node.birds[Family::kIpv4].routes = std::vector<BirdRoute>{other};
  const ConvergenceStep step = node.Poll();
  CHECK(step.missing.empty());  // withdrawn
  CHECK_FALSE(step.asks_bird);
}

TEST_CASE("of a route with two gateways, both are expected, and one alone is not all") {
  RestartingNode node;
  Route second = BlockRoute("192.168.219.0/26", "10.39.1.36");
  second.hop = 1;
  node.node.routes->push_back(second);
  node.Poll();
  CHECK(node.state.expected.routes.size() == 3);
  node.RestartBird(absl::ZeroDuration(), false);
  node.Connect(0);
  node.Connect(1);
  node.node.routes->pop_back();
  CHECK(node.Poll().phase == ConvergencePhase::kProgramming);
  node.node.routes->push_back(second);
  node.Pass(kInterval);
  CHECK(node.Poll().phase == ConvergencePhase::kConverged);
}

TEST_CASE("a route that Felix made in BIRD's place is expected like BIRD's own") {
  RestartingNode node;
  for (Route& route : *node.node.routes)
    if (route.gateway) route.protocol = 80;
  node.SetExported(1);
  node.Poll();
  CHECK(node.state.expected.routes.size() == 2);
  CHECK(node.state.expected.felix_routes);
  node.LoseRoute(0);
  node.Pass(kInterval);
  CHECK(node.Poll().missing.size() == 1);
  node.Pass(kInterval);
  CHECK(node.Poll().asks_bird);  // BIRD's counters say nothing about it
}

TEST_CASE("of two routes to one destination, the loss of one is no gap") {
  RestartingNode node;
  Route second = BlockRoute("192.168.219.0/26", "10.39.1.219");
  second.metric = 1024;
  node.node.routes->push_back(second);
  node.SetExported(4);
  node.Announce(0, 2);
  node.Poll();
  node.Pass(kInterval);
  node.node.routes->pop_back();
  node.journal.routes.push_back({node.now, second.destination, false});
  for (int poll = 0; poll < 3; ++poll) {
    node.Pass(kInterval);
    CHECK(node.Poll().missing.empty());
  }
  CHECK(node.state.gaps.open.empty());
  CHECK(node.state.gaps.closed == RouteGap{});
}

TEST_CASE("a route that came back between journal and dump is timed by the next journal") {
  RestartingNode node = Watched();
  node.LoseRoute(0);
  const BootTime lost = node.now;
  node.Pass(absl::Seconds(2));
  node.ReturnRoute(0);
  const RouteEvent returned = node.journal.routes.back();
  node.journal.routes.pop_back();
  node.Poll();
  CHECK(node.state.gaps.open.size() == 1);
  node.Pass(kInterval);
  node.journal.routes.push_back(returned);
  node.Poll();
  CHECK(node.state.gaps.closed.longest == returned.at - lost);
}

TEST_CASE("IPv4 routes that went silently with their interface are missing since its event") {
  RestartingNode node = Watched();
  node.journal.interface_changes.push_back(node.now);
  const BootTime lost = node.now;
  node.Pass(absl::Seconds(1));
  node.LoseRoute(0);
  node.journal.routes.clear();
  node.Poll();
  CHECK(node.state.gaps.open.begin()->second == lost);
}

TEST_CASE("a peer that flaps once is no episode") {
  RestartingNode node = Watched();
  node.Disconnect(0);
  node.LoseRoute(0);
  node.SetExported(2);
  CHECK(node.Poll().phase == ConvergencePhase::kConverged);
  node.Pass(kInterval);
  node.Connect(0);
  node.ReturnRoute(0);
  node.SetExported(3);
  const ConvergenceStep step = node.Poll();
  CHECK(step.phase == ConvergencePhase::kConverged);
  CHECK(step.missing.empty());
  CHECK_FALSE(node.state.episode);
}

TEST_CASE("a stopped BIRD that goes on is no restart") {
  RestartingNode node = Watched();
  const Bird bird = node.node.birds[Family::kIpv4];
  const absl::Status silent = absl::DeadlineExceededError("silence");
  node.node.birds[Family::kIpv4] = {silent, silent, silent};
  CHECK(node.Poll().phase == ConvergencePhase::kBirdDown);
  node.node.birds[Family::kIpv4] = bird;
  node.Pass(kInterval);
  CHECK(node.Poll().phase == ConvergencePhase::kConverged);
  CHECK(node.state.counts.restarts == 0);
}

TEST_CASE("a wall clock that is set is no restart") {
  for (const absl::Duration step : {absl::Hours(1), -absl::Hours(1)}) {
    RestartingNode node = Watched();
    node.node.taken_at += step;
    Snapshot look = node.Look();
    look.birds[Family::kIpv4].identity->socket_created -= step;  // the file keeps its time of then
    Advance(node.state, BirdView(look, Family::kIpv4), Journal(), node.limits);
    CHECK(node.state.counts.restarts == 0);
    CHECK_FALSE(node.state.episode);
  }
}

TEST_CASE("another process behind the same socket file is a restart, whatever became of the file") {
  RestartingNode node = Watched();
  Snapshot look = node.Look();
  ++look.birds[Family::kIpv4].identity->pid;
  Advance(node.state, BirdView(look, Family::kIpv4), Journal(), node.limits);
  CHECK(node.state.counts.restarts == 1);
}

TEST_CASE("a socket file that somebody touched is no restart") {
  RestartingNode node = Watched();
  Snapshot look = node.Look();
  look.birds[Family::kIpv4].identity->socket_created = look.taken_at;
  look.birds[Family::kIpv4].identity->pid = 0;
  node.state.identity->pid = 0;
  Advance(node.state, BirdView(look, Family::kIpv4), Journal(), node.limits);
  CHECK(node.state.counts.restarts == 0);
}

TEST_CASE(
    "a peer that is established but holds its routes back is waited for in an episode, and found outside of one") {
  RestartingNode node = Watched();
  node.RestartBird(absl::ZeroDuration(), false);
  node.Connect(0);
  node.Connect(1);
  node.Announce(1, 0);
  node.LoseRoute(1);
  node.SetExported(2);
  ConvergenceStep step = node.Poll();
  CHECK(step.phase == ConvergencePhase::kPeers);
  CHECK(step.blocking_peers == Names{"Mesh_10_39_1_36"});
  CHECK(step.silent_peers == Names{"Mesh_10_39_1_36"});
  node.Pass(absl::Seconds(120));
  node.Announce(1, 1);
  node.ReturnRoute(1);
  node.SetExported(3);
  CHECK(node.PollUntilEnd().duration() == absl::Seconds(120));
}

TEST_CASE("once all holds, the time does not grow while the second poll is awaited") {
  RestartingNode node = Watched();
  node.RestartBird(absl::ZeroDuration(), false);
  node.Pass(absl::Seconds(90));
  node.Connect(0);
  node.Connect(1);
  node.Pass(absl::Seconds(1));
  CHECK(node.Poll().elapsed == absl::ZeroDuration());
  CHECK(node.state.episode);
}

}  // namespace
}  // namespace caliwatch
