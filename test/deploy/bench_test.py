#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `make bench` and its soak make of what they measure, and the node that they measure on: with a real BIRD, that
the peers announce, withdraw and spoil routes as they are told."""

import json
import os
import subprocess
import threading
import time
import unittest
from ipaddress import ip_network

from bench import bgp_wire, bounds, calico_node, flat, page, plan, usage
from bench.setting import SANDBOX
from harness.main import run_tests
from harness.tools import ROOT

STAT = "7 (a) program (x) S 1 7 7 0 -1 4194304 1500 20 3 4 50 60 0 0 20 0 1 0 100 1000 200 18446744073709551615"
STATUS = "Name:\ta\nVmPeak:\t 9999 kB\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\nThreads:\t3\n"
METRICS = b'# HELP a\na_total 3\na_total_of_b 9\na_now{x="1"} 2\na_now{x="2"} 1.5\n'


class Usage(unittest.TestCase):
    def test_faults_are_found_behind_any_name(self):
        self.assertEqual(usage.faults(STAT), {"minor_faults": 1500, "major_faults": 3})

    def test_memory_is_in_mebibytes(self):
        self.assertEqual(usage.memory(STATUS), {"rss_mib": 10, "peak_mib": 20, "threads": 3})

    def test_the_clock_is_that_of_the_process(self):
        before = time.process_time_ns() / 1e6
        measured = usage.cpu_ms(os.getpid())
        self.assertTrue(before <= measured <= time.process_time_ns() / 1e6)

    def test_threads_and_descriptors_are_counted(self):
        before, done = usage.usage_of(os.getpid()), threading.Event()
        thread = threading.Thread(target=done.wait)
        thread.start()
        with open("/dev/null"), open("/dev/null"):
            after = usage.usage_of(os.getpid())
        done.set()
        thread.join()
        self.assertEqual((after.threads, after.descriptors), (before.threads + 1, before.descriptors + 2))

    def test_a_metric_is_the_sum_of_its_series_and_of_no_others(self):
        self.assertEqual(usage.value(METRICS, "a_total"), 3)
        self.assertEqual(usage.value(METRICS, "a_now"), 3.5)
        self.assertIsNone(usage.value(METRICS, "a"))


class Wire(unittest.TestCase):
    def test_messages_are_cut_where_they_end(self):
        both = bgp_wire.message(bgp_wire.KEEPALIVE) + bgp_wire.message(bgp_wire.NOTIFICATION, b"\6\2")
        self.assertEqual(bgp_wire.cut(both[:-1]), ([(bgp_wire.KEEPALIVE, b"")], both[19:-1]))
        self.assertEqual(bgp_wire.cut(both)[0], [(bgp_wire.KEEPALIVE, b""), (bgp_wire.NOTIFICATION, b"\6\2")])

    def test_a_length_that_cannot_be_is_refused(self):
        with self.assertRaises(ValueError):
            bgp_wire.cut(b"\xff" * 16 + b"\0\1\4")

    def test_many_networks_go_into_messages_that_are_short_enough(self):
        nets = [ip_network((0x64400000 + 64 * number, 26)) for number in range(2_000)]
        for messages in (bgp_wire.announcements(nets, "10.0.0.1"), bgp_wire.withdrawals(nets)):
            self.assertTrue(all(len(message) <= bgp_wire.MOST for message in messages))
            self.assertEqual(sum(message.count(b"\x1a\x64") for message in messages), 2_000)


def measured(*rounds):
    return [{"cpu_ms": value, "minor_faults": 5, "major_faults": 0, "rss_mib": 9.0} for value in rounds]


def results(size="M", agent=(1, 4, 2), others=(40, 80, 10), fault=(3, 3, 3)):
    """As inside.py writes them: three rounds, in the second of which the machine was busy."""
    healthy = {
        "floor": measured(1, 2, 1),
        "caliwatch": measured(*agent),
        "node_exporter of Debian": measured(9, 9, 9),
        "node_exporter": measured(*others),
        "bird_exporter of Debian": measured(10, 20, 10),
    }
    memory = {"rss_mib": 9.0, "peak_mib": 12.0, "threads": 4, "descriptors": 17, "findings": 0}
    spoiled = {"floor": measured(1, 1, 1), "caliwatch": measured(*fault)}
    return {
        "size": size, "routes": 5_000, "wrong": 5_000, "commit": "0123456789", "build": "release", "quick": False,
        "date": "2026-01-01", "rounds": 3, "load": 0.5, "machine": "a machine", "versions": {"node_exporter": "1.2.3"},
        "1s": {
            "cpu": {"healthy": healthy, "fault": spoiled},
            "memory": {"healthy": memory, "after fault": {**memory, "rss_mib": 9.9}},
        },
        "bird": [{"idle": 1.0, "question": 2.0, "caliwatch": 2.1}, {"idle": 3.0, "question": 7.0, "caliwatch": 8.2}],
        "scrapes": [{"ms": 9.0, "polling": False}, {"ms": 3.0, "polling": True}, {"ms": 2.0, "polling": True}],
    }  # fmt: skip


class Bounds(unittest.TestCase):
    def test_a_ratio_is_the_median_of_those_of_each_round(self):
        self.assertEqual(bounds.ratio([1, 4, 3], [1, 2, 1]), 2)
        self.assertIsNone(bounds.ratio([1], None))

    def test_the_newest_exporter_of_each_kind_counts(self):
        self.assertEqual(bounds.both_exporters(results(), "1s", "healthy"), [50, 100, 20])
        self.assertEqual(bounds.over_exporters("1s")(results()), 0.04)

    def test_a_fault_is_compared_by_the_floor_of_its_own_rounds(self):
        self.assertEqual(bounds.fault_over_healthy(results()), 3 / 2)

    def test_what_bird_does_by_itself_is_no_part_of_what_it_does_for_us(self):
        self.assertAlmostEqual(bounds.bird_ratio(results()), 1.2)

    def test_where_bird_does_much_more_by_itself_nothing_is_said_of_what_it_does_for_us(self):
        busy = {"idle": 64.0, "question": 37.0, "caliwatch": 42.0}
        self.assertIsNone(bounds.bird_ratio({"bird": [busy, {"idle": 32.0, "question": 37.0, "caliwatch": 36.5}]}))

    def test_memory_after_a_fault_is_compared_with_that_before(self):
        self.assertAlmostEqual(bounds.after_over_before(results()), 1.1)

    def test_memory_while_a_fault_goes_on_is_not_taken_for_that_after_it(self):
        found = results()
        found["1s"]["memory"]["after fault"]["findings"] = 437
        self.assertIsNone(bounds.after_over_before(found))

    def test_scrapes_count_while_the_agent_polls(self):
        self.assertEqual(bounds.scrapes(results(), max), 3)
        self.assertEqual(bounds.scrapes(results(), max, polling=False), 9)
        self.assertIsNone(bounds.scrapes({"scrapes": []}, max))

    def test_each_figure_says_whether_it_holds(self):
        first = bounds.BOUNDS[0]
        self.assertEqual(bounds.cell(first, results()), "1/25.0, at most 1/20: holds")
        self.assertEqual(bounds.cell(first, results(agent=(10, 20, 4))), "1/5.0, at most 1/20: **missed**")
        self.assertEqual(bounds.cell(first, results(size="S")), "1/25.0")
        self.assertEqual(bounds.cell(first, {"size": "M"}), "–")

    def test_figures_of_a_node_that_was_not_as_meant_are_left_out(self):
        disturbed = results()
        disturbed["1s"]["memory"]["healthy"] = {"rss_mib": 9.0, "found": ['findings{check="bird_down"} 1']}
        self.assertIsNone(bounds.samples(disturbed, "1s", "healthy", "caliwatch"))
        self.assertIsNone(bounds.resident(disturbed))
        self.assertEqual(bounds.samples(disturbed, "1s", "fault", "caliwatch"), [3, 3, 3])

    def test_findings_of_the_fault_itself_disturb_nothing(self):
        spoiled = results()
        spoiled["1s"]["memory"]["fault"] = {"found": ['findings{check="route_unreachable"} 5000']}
        self.assertEqual(bounds.disturbed(spoiled, "1s", "fault"), [])
        spoiled["1s"]["memory"]["fault"]["found"].append('findings{check="bird_down"} 1')
        self.assertEqual(bounds.disturbed(spoiled, "1s", "fault"), ['findings{check="bird_down"} 1'])

    def test_what_is_missed_is_named(self):
        self.assertEqual(bounds.missed([results()]), [])
        self.assertEqual(bounds.missed([results(fault=(9, 9, 9))]), ["M: CPU with wrong routes, over that without"])


class Page(unittest.TestCase):
    def test_it_has_every_bound_and_what_could_not_be_had(self):
        text = page.document([results()])
        for bound in bounds.BOUNDS:
            self.assertIn(f"| {bound.name} |", text)
        self.assertIn("Debian's counts as the newest: bird_exporter.", text)
        self.assertIn("| caliwatch | healthy | 2 |", text)
        self.assertNotIn("@", text)
        self.assertNotIn("Left out", text)

    def test_it_says_what_was_left_out_and_why(self):
        disturbed = results()
        disturbed["1s"]["memory"]["fault"] = {**disturbed["1s"]["memory"]["healthy"], "found": ["bird_down 1"]}
        self.assertIn("- M, polls every 1s, fault: bird_down 1", page.document([disturbed]))

    def test_a_soak_that_was_ended_before_says_so(self):
        samples = [{"polls": polls, "rss_mib": 10.0, "threads": 4, "descriptors": 17} for polls in (10, 20, 30)]
        soak = {"size": "S", "asked": 100, "minutes": 1.0, "commit": "0123456789", "samples": samples}
        self.assertIn("ended before the 100 polls", page.document([results()], soak))
        self.assertNotIn("ended before", page.document([results()], {**soak, "asked": 30}))


class Flat(unittest.TestCase):
    def samples(self, *resident):
        return [
            {"polls": 10 * number, "rss_mib": each, "threads": 4, "descriptors": 17}
            for number, each in enumerate(resident, 1)
        ]

    def test_the_last_half_counts(self):
        self.assertTrue(flat.holds(self.samples(1.0, 2.0, 10.0, 10.1)))
        self.assertFalse(flat.holds(self.samples(1.0, 2.0, 10.0, 10.3)))

    def test_up_and_down_is_no_growth(self):
        self.assertEqual(flat.growth(self.samples(1.0, 1.0, 1.0, 1.0, 10.0, 11.0, 10.0, 11.0), "rss_mib"), 0)
        self.assertAlmostEqual(flat.growth(self.samples(1.0, 1.0, 10.0, 12.0), "rss_mib"), 0.2)


class Sizes(unittest.TestCase):
    def test_each_address_is_of_one_thing(self):
        for size in calico_node.SIZES.values():
            hosts = [calico_node.peer_address(number) for number in range(size.neighbors - size.pods - 1)]
            pods = [calico_node.pod_address(pod) for pod in range(size.pods)]
            every_one = [calico_node.NODE, calico_node.GATEWAY, *hosts, *pods]
            self.assertEqual(len(set(every_one)), len(every_one), size)
            self.assertEqual(len({calico_node.interface(pod) for pod in range(size.pods)}), size.pods)
            self.assertGreaterEqual(len(hosts), size.peers)

    def test_pods_are_in_the_blocks_of_their_node(self):
        for size in calico_node.SIZES.values():
            blocks = [ip_network((int(calico_node.PODS) + 64 * block, 26)) for block in range(size.blocks)]
            for pod in range(size.pods):
                self.assertTrue(any(calico_node.pod_address(pod) in block for block in blocks))

    def test_each_route_is_announced_by_one_peer(self):
        for size in calico_node.SIZES.values():
            routes = [block for peer in range(size.peers) for block in calico_node.blocks_of_peer(size, peer)]
            self.assertEqual((len(routes), len(set(routes))), (size.routes, size.routes))
            self.assertFalse(any(block.overlaps(calico_node.RACK) for block in routes[:: size.peers]))


class Time(unittest.TestCase):
    def test_what_is_left_out_takes_no_time(self):
        whole = plan.Plan("M", "agent", "floor", "results", {})
        self.assertLess(plan.seconds_of(plan.quick(whole), 2), plan.seconds_of(whole, 2) / 2)
        self.assertLess(plan.seconds_of(whole, 2), plan.seconds_of(whole, 4))


# In namespaces: what the kernel has of BIRD's routes, by their kind, after each command.
ON_A_NODE = """
import collections, json, subprocess, sys, time
from bench.calico_node import SIZES
from bench.setting import Setting

def kinds():
    rows = json.loads(subprocess.run(["ip", "-json", "route", "show", "proto", "bird"], stdout=subprocess.PIPE).stdout)
    return collections.Counter(row.get("type", "unicast") for row in rows)

def eventually(wanted):
    end = time.monotonic() + 60
    while (found := kinds()) != wanted and time.monotonic() < end:
        time.sleep(0.2)
    return found

setting, block = Setting(SIZES["S"], lambda text: None), {"blackhole": 1}
found = {"healthy": eventually({"unicast": 100, **block})}
setting.peers.tell("wrong 60")
# The rack's own route is one more.
found["wrong"] = eventually({"unicast": 41, "unreachable": 60, **block})
setting.peers.tell("wrong 0")
found["right"] = eventually({"unicast": 100, **block})
setting.peers.tell("churn 40")
time.sleep(3)
told = setting.peers.tell("churn 0")
found["churned"] = eventually({"unicast": 100, **block})
print(json.dumps({**found, "told": told}))
"""


class Node(unittest.TestCase):
    def test_bird_follows_what_the_peers_are_told(self):
        folders = f"{ROOT}/test{os.pathsep}{ROOT}/test/lab"
        code = f"import sys; sys.path[:0] = {folders.split(os.pathsep)!r}\n{ON_A_NODE}"
        done = subprocess.run(
            [*SANDBOX, "/usr/bin/python3", "-B", "-c", code], capture_output=True, text=True, timeout=400
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)
        healthy = {"unicast": 100, "blackhole": 1}
        self.assertEqual(found["healthy"], healthy)
        self.assertEqual(found["wrong"], {"unicast": 41, "unreachable": 60, "blackhole": 1})
        self.assertEqual(found["right"], healthy)
        self.assertEqual(found["churned"], healthy)
        self.assertEqual(found["told"]["established"], 100)
        self.assertGreater(found["told"]["changed"], 40)


if __name__ == "__main__":
    run_tests()
