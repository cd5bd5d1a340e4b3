#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A workload that is to speak BGP is given ten minutes to begin with it."""

import time
import unittest

from calicolab import Lab
from calicolab.options import Peer
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.watch import AGENT_ARGS, Watch

WORKLOAD = "192.168.11.1"
GIVEN = 600  # seconds


class LocalPeer(unittest.TestCase):
    def test_it_is_found_once_its_time_is_over_and_breaks_nothing_else(self):
        peer = Peer(WORKLOAD, kind="Local_Workload", node="node1", passive=True, remote_as=65001)
        options = {"nodes": 2, "pods": 1, "families": ("ipv4",), "peers": [peer], "graceful_restart_wait": 5}
        with Lab(agent=CALIWATCH, agent_args=AGENT_ARGS, wait=False, **options) as lab:
            ready(lab)
            watch = Watch(lab)
            self.addCleanup(watch.close)
            begin = time.monotonic()
            eventually(lambda: watch.seen, GIVEN - 30)
            self.assertEqual(watch.seen, set())
            self.assertTrue(eventually(lambda: watch.now, 60))
            self.assertGreater(time.monotonic() - begin, GIVEN - 30)
            watch.rest(polls=3)
            self.assertEqual(watch.seen, {("node1", "local_workload_peer_down", WORKLOAD)})


if __name__ == "__main__":
    run_tests()
