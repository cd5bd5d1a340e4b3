#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A source that fails is told, alone; the scrape goes on answering, and all returns by itself."""

import signal
import unittest

from calicolab import Lab
from calicolab.metrics import by, samples, scrape
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready

RUN = "/run/lab/node1/run"


class ASourceThatFails(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=2, pods=1, agent=CALIWATCH, agent_args=("--poll.interval=1s",))
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)

    def down(self):
        return {
            source for source, up in by(scrape(self.lab, "node1"), "caliwatch_source_up", "source").items() if up == 0
        }

    def becomes(self, sources):
        eventually(lambda: self.down() == sources, timeout=40)
        self.assertEqual(self.down(), sources)

    def shell(self, command):
        self.lab.node("node1").run(["sh", "-c", command])

    def damage(self, make):
        """An endpoint file that `make` makes fails its source alone."""
        broken = f"{RUN}/endpoint-status/'k8s default%2Fbroken eth0'"
        self.addCleanup(self.shell, f"rm {broken}")
        self.shell(f"{make} {broken}")
        self.becomes({"endpoint_status"})

    def setUp(self):
        self.becomes(set())
        self.addCleanup(self.becomes, set())  # all returns by itself

    def test_a_frozen_bird(self):
        self.lab.stop_bird("node1", families=("ipv4",))
        self.addCleanup(self.lab.continue_bird, "node1")
        self.becomes({"bird"})
        text = scrape(self.lab, "node1")
        self.assertEqual(by(text, "caliwatch_bird_up", "family"), {"ipv4": 0, "ipv6": 1})
        self.assertEqual(by(text, "caliwatch_check_judged", "check")["bgp_peer_down"], 0)
        # One failed poll makes no gap; with the second, its series are gone, and those of the other BIRD stay.
        families = lambda: {
            family for family, _ in by(scrape(self.lab, "node1"), "caliwatch_bgp_peer_up", "family", "peer")
        }
        self.assertTrue(eventually(lambda: families() == {"ipv6"}, timeout=40))

    def test_a_killed_bird(self):
        self.lab.kill_bird("node1", signal.SIGKILL)
        self.becomes({"bird", "bird6"})
        self.lab.start_bird("node1")
        self.lab.wait_for_bgp()

    def test_a_bird_that_ended_cleanly(self):
        self.lab.kill_bird("node1", signal.SIGTERM, families=("ipv6",))
        self.becomes({"bird6"})
        self.lab.start_bird("node1", families=("ipv6",))
        self.lab.wait_for_bgp()

    def test_a_socket_directory_that_is_gone(self):
        self.shell(f"mv {RUN} {RUN}.away")
        self.becomes({"bird", "bird6", "endpoint_status"})
        self.shell(f"mv {RUN}.away {RUN}")

    def test_an_endpoint_file_that_is_no_json(self):
        self.damage("echo nonsense >")

    def test_an_endpoint_file_that_cannot_be_opened(self):
        self.damage("ln -s 'k8s default%2Fbroken eth0'")  # a link to itself

    def test_an_endpoint_file_whose_reader_would_wait_for_ever(self):
        self.damage("mkfifo")

    def test_polls_go_on_while_bird_is_frozen(self):
        self.lab.stop_bird("node1")
        self.addCleanup(self.lab.continue_bird, "node1")
        self.becomes({"bird", "bird6"})
        polls = lambda: samples(scrape(self.lab, "node1"), "caliwatch_polls_total")[0].value
        before = polls()
        self.assertTrue(eventually(lambda: polls() >= before + 2, timeout=40))


if __name__ == "__main__":
    run_tests()
