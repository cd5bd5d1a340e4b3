#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A convergence that a dead peer holds up reaches a webhook by way of a real Prometheus and Alertmanager while it lasts, and
is resolved when it is over. Scaled down: ten seconds for the rule's minute, 30 s of graceful restart wait for BIRD's 240."""

import os
import sys
import unittest

from agents import CALIWATCH, by, ready, scrape
from monitoring import ALERTMANAGER, PROMETHEUS, RULES, Monitoring
from witness import eventually, run_tests

from calicolab import Lab
from calicolab.errors import EXIT_SKIP

DEAD = "10.39.1.101"
SLOW, BLOCKED = "CaliwatchRouteConvergenceSlow", "CaliwatchGracefulRestartBlocked"


class ShortAlert(unittest.TestCase):
    def setUp(self):
        self.lab = Lab(
            nodes=3, pods=1, families=("ipv4",), agent=CALIWATCH, agent_args=("--poll.interval=1s",), wait=False,
            peers=[{"address": DEAD, "dead": "silent", "node": "node1"}], graceful_restart_wait=30,
        )  # fmt: skip
        self.addCleanup(self.lab.close)
        self.lab.start()
        self.lab.restart_bird("node1", recover=False)  # or the dead peer would hold up the beginning, too
        self.lab.wait_for_bgp(60)
        ready(self.lab)

    def scaled_rules(self):
        with open(RULES) as file:
            rules = file.read()
        self.assertEqual(rules.count("} > 60\n"), 1)
        return rules.replace("} > 60\n", "} > 10\n").replace("for: 30s", "for: 5s")

    def test_it_fires_while_it_lasts_and_is_resolved_after(self):
        monitoring = Monitoring(self.lab, [f"10.39.1.{octet}:10179" for octet in (11, 12, 13)], self.scaled_rules())
        self.addCleanup(monitoring.close)
        is_over = lambda: by(scrape(self.lab, "node1"), "caliwatch_convergence_elapsed_seconds", "family")["ipv4"] == 0  # noqa: E731
        self.assertTrue(eventually(is_over))
        for number in (2, 3):  # a rolling update of healthy nodes pages nobody
            self.lab.restart_bird(f"node{number}", families=("ipv4",))
        self.lab.restart_bird("node1", families=("ipv4",))

        def got(name, status):
            return [alert for _, is_now, alert in monitoring.notifications() if alert["labels"]["alertname"] == name and is_now == status]

        self.assertTrue(eventually(lambda: got(SLOW, "firing") and got(BLOCKED, "firing"), timeout=40))
        self.assertFalse(is_over(), "while it lasts")
        self.assertIn(f"It waits for: {DEAD}.", got(SLOW, "firing")[0]["annotations"]["description"])
        self.assertTrue(eventually(lambda: got(SLOW, "resolved") and got(BLOCKED, "resolved"), timeout=60))
        alerts = {(alert["labels"]["alertname"], alert["labels"]["instance"]) for _, _, alert in monitoring.notifications()}
        self.assertEqual(alerts, {(SLOW, "10.39.1.11:10179"), (BLOCKED, "10.39.1.11:10179")})


if __name__ == "__main__":
    for needed in (PROMETHEUS, ALERTMANAGER):
        if not os.path.exists(needed):
            print(f"skipped: {needed} is missing; `make deps` unpacks it")
            sys.exit(EXIT_SKIP)
    run_tests()
