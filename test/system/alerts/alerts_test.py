#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Outages that happened, made again in labs, and what of them reaches a webhook by way of a real Prometheus and a real
Alertmanager with the shipped rules, routes and inhibitions: the alert that names each cause, nothing beside it, and its
end. All waits are shortened; sessions are given up after 6 s instead of 240. The labs run side by side."""

import concurrent.futures
import contextlib
import time
import unittest

from calicolab import Lab
from calicolab.metrics import by, scrape
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.monitoring import ALERTMANAGER, PROMETHEUS, Monitoring, rules
from harness.program import CALIWATCH
from harness.waiting import ready

FASTER = 20  # than the shipped rules
SLOW = 10  # seconds, for the minute of a slow convergence
QUIET = 20  # seconds; more than it takes until a session that is down would be told of, too
DEAD = "10.39.1.101"
NODES = {f"10.39.2.{10 + number}:10179": f"node{number}" for number in range(1, 5)}
OPTIONS = {
    "nodes": 4,
    "pods": 1,
    "hold_time": 6,
    "agent": CALIWATCH,
    "agent_args": ("--poll.interval=1s", "--check.pods"),
}


class Outcome:
    """What one scenario brought about, as {(alert, node)}."""

    def __init__(self, news, broken):
        self.broken = told(broken, "firing")
        self.ever, self.resolved = told(news, "firing"), told(news, "resolved")
        self.alerts = [alert for _, _, alert in news]


def told(news, status):
    return {
        (alert["labels"]["alertname"], NODES.get(alert["labels"].get("instance")))
        for _, is_now, alert in news
        if is_now == status
    }


class Watched:
    """A lab with Prometheus and Alertmanager. Nodes are scraped by addresses that are not those of their sessions: a
    node that lost one of these still tells so."""

    def __init__(self, stack, faster=FASTER, **options):
        self.lab = stack.enter_context(Lab(**{**OPTIONS, **options}))
        self.lab.node("monitor").run(["ip", "address", "add", "10.39.2.2/24", "dev", "eth0"])
        for target, node in NODES.items():
            self.lab.node(node).run(["ip", "address", "add", target.replace(":10179", "/24"), "dev", "eth0"])
        ready(self.lab)
        self._faster = faster
        self._stack = stack

    def watch(self):
        self.monitoring = self._stack.enter_context(
            contextlib.closing(Monitoring(self.lab, list(NODES), rules(self._faster, SLOW), self._faster))
        )
        eventually(lambda: len((self.monitoring.ask("query?query=up==1") or {}).get("result", [])) == len(NODES))

    def outcome(self, break_it, expected, heal=lambda: None, timeout=90):
        before = len(self.monitoring.notifications())
        news = lambda: self.monitoring.notifications()[before:]
        break_it()
        eventually(lambda: expected <= told(news(), "firing"), timeout)
        time.sleep(QUIET)
        broken = news()
        heal()
        eventually(lambda: expected <= told(news(), "resolved"), timeout)
        return Outcome(news(), broken)


def alone(alert, node):
    return {(f"Caliwatch{alert}", node)}


PATH = alone("BgpPathOneWay", "node1")
ADDRESS = alone("NodeAddressWrong", "node3")
OUT_OF_STEP = alone("WorkloadCutOff", "node1") | alone("DuplicateIp", "node2") | alone("LeftoverInterfaces", "node3")
CUT_OFF = alone("WorkloadCutOff", "node1")
DEAD_PEER = alone("BgpPeerDown", "node1")
LATE = alone("RouteConvergenceSlow", "node1")
GONE = alone("NodeLost", "node4")


def of_sessions(stack):
    """No session is lost three times here, for then it flaps."""
    watched = Watched(stack)
    lab = watched.lab

    def heal():
        lab.heal()
        lab.wait_for_bgp(60)

    watched.watch()
    yield "path", watched.outcome(lambda: lab.fault("cut", "node1", "node2"), PATH, heal)
    yield "address", watched.outcome(lambda: lab.fault("remove-address", "node3"), ADDRESS, heal)


def of_workloads(stack):
    watched = Watched(stack)
    lab = watched.lab

    def update():
        for node in NODES.values():
            lab.restart_bird(node)
            lab.wait_for_bgp(60)

    def fall_out_of_step():
        lab.fault("lost-veth", "node1")
        lab.fault("duplicate-ip", "node2")
        lab.fault("stale-veths", "node3", "2")

    watched.watch()
    yield "update", watched.outcome(update, set())
    yield "out of step", watched.outcome(fall_out_of_step, OUT_OF_STEP, lab.heal)
    yield "cut off", watched.outcome(lambda: lab.fault("cut-off-pod", "node1"), CUT_OFF, lab.heal)


def of_restarts(stack):
    """A peer of node1 alone is dead from the beginning, and BIRD waits for it 30 s instead of 240."""
    dead = {"address": DEAD, "dead": "silent", "node": "node1"}
    watched = Watched(stack, faster=10, families=("ipv4",), peers=[dead], graceful_restart_wait=30, wait=False)
    lab = watched.lab
    lab.restart_bird("node1", recover=False)  # or the dead peer would hold up the beginning, too
    lab.wait_for_bgp(60)
    eventually(lambda: by(scrape(lab, "node1"), "caliwatch_convergence_elapsed_seconds", "family")["ipv4"] == 0)
    watched.watch()
    yield "dead peer", watched.outcome(lambda: None, DEAD_PEER, timeout=60)
    yield "late", watched.outcome(lambda: lab.restart_bird("node1"), LATE)


def of_nodes(stack):
    watched = Watched(stack, families=("ipv4",))
    watched.watch()
    yield "gone", watched.outcome(lambda: watched.lab.fault("kill-node", "node4"), GONE, watched.lab.heal)


def run(lab):
    with contextlib.ExitStack() as stack:
        return dict(lab(stack))


class EachOutage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            of_labs = pool.map(run, (of_sessions, of_workloads, of_restarts, of_nodes))
            cls.outcomes = {name: outcome for outcomes in of_labs for name, outcome in outcomes.items()}

    def assert_told(self, name, expected, resolved=True):
        outcome = self.outcomes[name]
        self.assertEqual(outcome.broken, expected)
        self.assertEqual(outcome.ever, expected, "nothing comes when it is healed")
        self.assertEqual(outcome.resolved, expected if resolved else set())
        return outcome.alerts

    def test_routes_that_come_late_are_told_with_the_peer_that_they_wait_for(self):
        self.assert_told("dead peer", DEAD_PEER, resolved=False)
        (first, *_) = self.assert_told("late", LATE)
        self.assertIn(f"It waits for: {DEAD}.", first["annotations"]["description"])

    def test_a_node_without_power_is_told_once_by_its_name_and_not_by_all_who_miss_it(self):
        alerts = self.assert_told("gone", GONE)
        self.assertEqual({alert["labels"]["peer"] for alert in alerts}, {"10.39.1.14"})

    def test_a_path_that_is_cut_one_way_is_told_by_the_side_that_hears(self):
        alerts = self.assert_told("path", PATH)
        self.assertTrue(all("10.39.1.12" in alert["annotations"]["description"] for alert in alerts))

    def test_an_address_that_left_its_node_is_told_by_that_node_alone(self):
        alerts = self.assert_told("address", ADDRESS)
        self.assertIn("10.39.1.13", alerts[0]["annotations"]["description"])

    def test_pods_and_interfaces_out_of_step_are_told_by_kind(self):
        self.assert_told("out of step", OUT_OF_STEP)

    def test_a_pod_that_is_cut_off_is_told_once(self):
        self.assert_told("cut off", CUT_OFF)

    def test_an_update_that_restarts_every_bird_pages_nobody(self):
        self.assertEqual(self.outcomes["update"].alerts, [])

    def test_what_is_critical_goes_to_the_pager_and_the_rest_to_the_tickets(self):
        ways = {
            (alert["labels"]["severity"], alert["receiver"])
            for outcome in self.outcomes.values()
            for alert in outcome.alerts
        }
        self.assertEqual(ways, {("critical", "pager"), ("warning", "tickets")})


if __name__ == "__main__":
    run_tests(PROMETHEUS, ALERTMANAGER)
