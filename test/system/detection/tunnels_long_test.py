#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A tunnel that sends and never receives: it takes minutes of traffic until that means something."""

import unittest

from calicolab.waiting import eventually
from detection.fault_run import watched
from harness.main import run_tests
from harness.program import built

FOUND_WITHIN = 180  # seconds: two minutes, and the polls before and after


class SilentTunnel(unittest.TestCase):
    def test_a_tunnel_that_receives_nothing_is_found_and_gone_when_it_does(self):
        built()
        with watched("vxlan", nodes=3, pods=1) as (lab, watch, scene):
            lab.fault("silence-tunnel", "node1", "node2")
            wanted = {("node1", "tunnel_unanswered", device) for device in scene.tunnel_devices()}
            eventually(lambda: wanted <= watch.seen, FOUND_WITHIN)
            self.assertEqual(watch.seen, wanted)
            lab.heal()
            eventually(lambda: not watch.now)
            self.assertEqual(watch.now, set())


if __name__ == "__main__":
    run_tests()
