#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is no restart of BIRD makes no episode and no finding: reconfigurations, nodes that come and go, churn of pods,
a flap, restarts of the agent."""

import signal
import time
import unittest

from calicolab import Lab
from calicolab.metrics import by, scrape
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.witness import sessions

WATCHED = "node1"


class NoEpisode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=3, pods=1, agent=CALIWATCH, agent_args=("--poll.interval=1s",))
        cls.lab.start()
        ready(cls.lab)
        eventually(lambda: not cls.elapsed())
        cls.pause(5)

    @classmethod
    def tearDownClass(cls):
        cls.lab.close()

    @classmethod
    def elapsed(cls):
        return sum(by(scrape(cls.lab, WATCHED), "caliwatch_convergence_elapsed_seconds", "family").values())

    @staticmethod
    def pause(seconds):
        time.sleep(seconds)

    def setUp(self):
        self.before = self.counted()

    def counted(self):
        text = scrape(self.lab, WATCHED)
        return {
            "episodes": by(text, "caliwatch_convergence_episodes_total", "family", "outcome"),
            "restarts": by(text, "caliwatch_bird_restarts_total", "family"),
        }

    def value(self, name):
        return by(scrape(self.lab, WATCHED), name, "family")["ipv4"]

    def quiet(self, seconds, allowed=()):
        """For so long, no episode begins and no check but the allowed finds anything. The neighbor table is shared by
        all labs of this machine."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text = scrape(self.lab, WATCHED)
            self.assertEqual(self.elapsed(), 0)
            found = {check for check, count in by(text, "caliwatch_check_findings", "check").items() if count}
            self.assertLessEqual(found, {*allowed, "neighbor_table_full"})
            time.sleep(0.3)
        self.assertEqual(self.counted(), self.before)

    def test_a_reconfiguration_is_counted_and_nothing_else(self):
        before = self.value("caliwatch_bird_reconfigurations_total")
        self.lab.reconfigure(WATCHED)
        self.quiet(5)
        self.assertEqual(self.value("caliwatch_bird_reconfigurations_total"), before + 1)

    def test_a_configuration_that_bird_refuses_is_counted(self):
        node = self.lab.node(WATCHED)
        folder = node.run(["sh", "-c", 'dirname "$CALICO_RUN_DIR"']).stdout.strip()
        pid = next(row for row in self.lab.status()["nodes"] if row["name"] == WATCHED)["bird"]["ipv4"]["pid"]
        node.run(
            ["sh", "-c", f"cp {folder}/bird.cfg {folder}/kept && echo nonsense >> {folder}/bird.cfg && kill -HUP {pid}"]
        )
        self.assertTrue(eventually(lambda: self.value("caliwatch_bird_config_errors_total") == 1))
        node.run(["sh", "-c", f"mv {folder}/kept {folder}/bird.cfg && kill -HUP {pid}"])
        self.quiet(3)

    def test_a_node_that_joins_and_leaves_for_good_is_none(self):
        self.lab.add_node("guest", 77)
        self.quiet(8)
        self.lab.remove_node("guest")
        self.quiet(8, allowed=["bgp_peer_down"])  # it goes silent before it is forgotten
        self.quiet(3)

    def test_pods_that_come_and_go_are_none(self):
        for number in range(8):
            self.lab.add_pod(WATCHED, f"default/churn{number}")
            self.quiet(0.5)
        for number in range(8):
            self.lab.delete_pod(WATCHED, f"default/churn{number}")
            self.quiet(0.5)

    def test_a_peer_that_flaps_once_is_a_flap(self):
        flaps = lambda: sum(by(scrape(self.lab, WATCHED), "caliwatch_bgp_flaps_total", "family", "kind").values())
        before = flaps()
        self.lab.restart_bird("node2", signal.SIGTERM, families=("ipv4",))
        self.assertTrue(eventually(lambda: flaps() == before + 1))
        self.assertTrue(
            eventually(lambda: all(info.startswith("Established") for _, info in sessions(self.lab, WATCHED).values()))
        )
        self.quiet(6, allowed=["bgp_peer_down", "peer_established_without_routes"])
        self.assertEqual(flaps(), before + 1)

    def test_an_agent_that_is_restarted_or_killed_is_none(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.lab.kill_agent(WATCHED, number)
            self.lab.start_agent(WATCHED)
            ready(self.lab)
            self.quiet(4)


if __name__ == "__main__":
    run_tests()
