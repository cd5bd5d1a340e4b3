#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A Felix that is away while pods come and go: one finding that tells of all of it, and none of a pod. And what is no
fault: a restart of calico-node with a drain, another version and back, a datastore that is away for a while."""

import concurrent.futures
import contextlib
import json
import time
import unittest

from calicolab import Lab
from calicolab.metrics import scrape
from calicolab.waiting import eventually
from detection.felix_fault_findings import AWAY
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.side_by_side import side_by_side
from harness.waiting import ready
from harness.watch import AGENT_ARGS, Watch

AWAY_AS = {"node1": "felix-hung", "node2": "felix-dead", "node3": "felix-not-ready"}
FOUND = {
    ("node1", "felix_down", "Felix"),
    ("node2", "felix_down", "Felix"),
    ("node3", "felix_not_ready", "Felix"),
}
RESTART = 20  # seconds that calico-node takes for it, as seen on slow machines
DATASTORE = 40


@contextlib.contextmanager
def watched(**options):
    with Lab(agent=CALIWATCH, agent_args=AGENT_ARGS, families=("ipv4",), **options) as lab:
        ready(lab)
        with contextlib.closing(Watch(lab)) as watch:
            eventually(lambda: not watch.now)
            watch.rest(polls=2)
            watch.forget()
            yield lab, watch


def drain(lab, node):
    """A pod ends, and one of another name starts. Returns (interface of the one, of the other)."""
    ended = {row["name"]: row["pods"] for row in lab.status()["nodes"]}[node][-1]
    lab.delete_pod(node, ended["name"])
    return ended["interface"], lab.add_pod(node, f"default/{node}-later")["interface"]


# Knows nothing of what the agent has seen.
_STRANGER = f"exec {CALIWATCH} check --output json --calico.run-dir=$CALICO_RUN_DIR --calico.lib-dir=$CALICO_LIB_DIR"


def check(lab, node, command="caliwatch check --output json"):
    done = lab.node(node).run(["sh", "-c", command], check=False)
    return {(row["check"], row["severity"]): row["detail"] for row in json.loads(done.stdout)["findings"]}


@side_by_side
class FelixAway(unittest.TestCase):
    def test_while_felix_is_away_it_is_what_is_found_and_nothing_of_pods(self):
        with watched(nodes=3, pods=2) as (lab, watch):
            for node, fault in AWAY_AS.items():
                lab.fault(fault, node)
            changed = {node: drain(lab, node) for node in AWAY_AS}
            self.assertTrue(eventually(lambda: watch.seen >= FOUND, timeout=AWAY), watch.seen)
            watch.rest(polls=3)
            self.assertEqual(watch.seen, FOUND)
            for node, (ended, started) in changed.items():
                ((name, severity), detail), *more = check(lab, node).items()
                self.assertEqual((severity, more), ("warning", []))
                self.assertIn(name, ("felix_down", "felix_not_ready"))
                if name == "felix_down":  # one that only is not ready follows the interfaces
                    self.assertIn(f"1 file names an interface that is gone ({ended} of pod", detail)
                self.assertIn(f"1 interface has a pod's route and no file ({started})", detail)
            # Who has never heard of Felix knows of one that is frozen, or says so itself, and not of one that is gone.
            alone = {node: {name for name, _ in check(lab, node, _STRANGER)} for node in AWAY_AS}
            self.assertEqual([alone["node1"], alone["node3"]], [{"felix_down"}, {"felix_not_ready"}])
            self.assertNotIn("felix_down", alone["node2"])
            lab.heal()
            self.assertTrue(eventually(lambda: not watch.now, timeout=10), watch.now)
            watch.rest(polls=35)
            self.assertEqual(watch.seen, FOUND)

    def test_a_restart_during_a_drain_and_a_datastore_that_is_away_are_no_faults(self):
        with watched(nodes=2, pods=3) as (lab, watch):
            lab.fault("felix-dead", "node1")
            lab.fault("felix-not-ready", "node2")
            for node in ("node1", "node2"):
                drain(lab, node)
            time.sleep(RESTART)
            lab.heal("felix-dead")
            time.sleep(DATASTORE - RESTART)
            lab.heal()
            watch.rest(polls=35)
            self.assertEqual(watch.seen, set())

    def test_another_version_and_back_is_no_fault(self):
        with watched(nodes=2, pods=2, calico="3.33") as (lab, watch):
            for node in ("node1", "node2"):
                lab.fault("roll-back", node)
                watch.rest(polls=35)
                lab.heal()
                watch.rest(polls=3)
            self.assertEqual(watch.seen, set())

    def test_with_an_older_calico_the_folder_is_deleted_and_the_agent_restarted(self):
        with watched(nodes=1, pods=3) as (lab, watch):
            lab.fault("stale-files", "node1")
            found = {("node1", "endpoint_files_stale", "endpoint-status")}
            self.assertTrue(eventually(lambda: watch.seen >= found, timeout=50), watch.seen)
            self.assertEqual(watch.seen, found)
            lab.node("node1").run(["sh", "-c", "rm -r $CALICO_RUN_DIR/endpoint-status"])
            lab.kill_agent("node1")
            lab.start_agent("node1")
            ready(lab)
            watch.forget()
            self.assertTrue(eventually(lambda: not watch.now, timeout=10), watch.now)
            watch.rest(polls=35)
            self.assertEqual(watch.now, set())
            self.assertEqual(check(lab, "node1"), {})
            self.assertIn('caliwatch_workload_interfaces{state="up"} 3', scrape(lab, "node1"))

    def test_a_check_between_two_ends_knows_of_those_before(self):
        with watched(nodes=2, pods=1) as (lab, watch):
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                felix = pool.submit(self.kill_felix, lab, watch)
                for _ in range(3):
                    lab.restart_bird("node2", families=("ipv4",))
                    lab.wait_for_bgp()
                    watch.rest(polls=3)
                felix.result()
            watch.rest(polls=3)
            steady = {("node1", "felix_restarts_often", "Felix"), ("node2", "bird_restarts_often", "BIRD ipv4")}
            self.assertLessEqual(steady, watch.now)
            self.assertIn(("felix_restarts_often", "warning"), check(lab, "node1"))
            self.assertIn(("bird_restarts_often", "warning"), check(lab, "node2"))
            for _ in range(10):
                watch.rest(polls=1)
                self.assertLessEqual(steady, watch.now)

    def kill_felix(self, lab, watch):
        for _ in range(3):
            lab.fault("felix-dead", "node1")
            watch.rest(polls=3)
            lab.heal("felix-dead")
            watch.rest(polls=3)


if __name__ == "__main__":
    run_tests()
