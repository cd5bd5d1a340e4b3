#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Four minutes without routes after a restart, with BIRD's own graceful restart wait, one dead peer and an emptied
kernel table: the agent names the dead peer within two polls, and the alert reaches a webhook while it lasts."""

import time
import unittest

from calicolab import Lab
from calicolab.metrics import by, scrape
from calicolab.truth import Witness
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.monitoring import ALERTMANAGER, PROMETHEUS, Monitoring, rules
from harness.program import CALIWATCH
from harness.waiting import ready

DEAD = "10.39.1.101"
NODE = "10.39.1.11:10179"
INTERVAL = 5  # seconds between polls, the default


class SlowConvergence(unittest.TestCase):
    def setUp(self):
        self.lab = Lab(
            nodes=4,
            pods=1,
            families=("ipv4",),
            agent=CALIWATCH,
            peers=[{"address": DEAD, "dead": "silent"}],
            wait=False,
        )
        self.addCleanup(self.lab.close)
        self.lab.start()
        for number in range(1, 5):
            self.lab.restart_bird(f"node{number}", recover=False)
        self.lab.wait_for_bgp(60)
        ready(self.lab)
        time.sleep(4 * INTERVAL)

    def value(self, name):
        return by(scrape(self.lab, "node1"), name, "family").get("ipv4")

    def findings(self):
        return by(scrape(self.lab, "node1"), "caliwatch_check_findings", "check")

    def test_it_is_named_measured_and_alerted_while_it_lasts(self):
        # The rules are the shipped ones; Alertmanager alone waits for seconds instead of minutes.
        monitoring = Monitoring(self.lab, [f"10.39.1.{octet}:10179" for octet in range(11, 15)], rules(), faster=30)
        self.addCleanup(monitoring.close)
        self.assertTrue(eventually(lambda: len((monitoring.ask("targets") or {}).get("activeTargets", [])) == 4))
        witness = Witness(self.lab, "node1")
        self.addCleanup(witness.stop)
        self.lab.kill_bird("node1", families=("ipv4",))
        self.lab.node("node1").run(["ip", "-4", "route", "flush", "proto", "bird"])
        self.lab.start_bird("node1", families=("ipv4",))
        start = witness.bird_start()

        named = eventually(lambda: self.findings().get("graceful_restart_blocked"), timeout=30)
        self.assertTrue(named, "the agent says what it waits for")
        # Two polls, after the five seconds that an ordinary recovery may take.
        self.assertLess(time.time() - start, 5 + 2 * INTERVAL)
        self.assertIn(DEAD, self.lab.node("node1").run(["caliwatch", "check"], check=False).stdout)
        elapsed = [self.value("caliwatch_convergence_elapsed_seconds")]
        while time.time() - start < 75:
            time.sleep(INTERVAL)
            elapsed.append(self.value("caliwatch_convergence_elapsed_seconds"))
        self.assertEqual(elapsed, sorted(set(elapsed)), "the seconds rise from poll to poll")
        self.assertGreater(self.value("caliwatch_expected_routes_missing"), 0)

        def slow(status):
            told = [(at, alert) for at, is_now, alert in monitoring.notifications() if is_now == status]
            return [
                (at, alert) for at, alert in told if alert["labels"]["alertname"] == "CaliwatchRouteConvergenceSlow"
            ]

        self.assertTrue(eventually(lambda: slow("firing"), timeout=20))
        at, alert = slow("firing")[0]
        print(
            f"\nthe alert reached the webhook {at - start:.0f} s after BIRD's start: "
            f"{alert['annotations']['description']}"
        )
        self.assertEqual(alert["labels"]["instance"], NODE)
        self.assertIn(f"It waits for: {DEAD}.", alert["annotations"]["description"])
        self.assertIn("Phase: graceful_restart.", alert["annotations"]["description"])
        self.assertGreater(self.value("caliwatch_convergence_elapsed_seconds"), 60, "while it lasts")

        self.assertTrue(eventually(lambda: slow("resolved"), timeout=240), "resolved once the routes are back")
        self.assertTrue(eventually(lambda: self.value("caliwatch_convergence_last_seconds"), timeout=20))
        truth, measured = witness.truth(start), self.value("caliwatch_convergence_last_seconds")
        print(f"true {truth.duration:.2f} s, measured {measured:.2f} s; gap {truth.longest_gap:.2f} s, "
              f"{self.value('caliwatch_route_gap_seconds'):.2f} s")  # fmt: skip
        self.assertGreater(truth.duration, 235)
        self.assertLess(abs(truth.duration - measured), 1)
        self.assertLess(abs(truth.longest_gap - self.value("caliwatch_route_gap_seconds")), 0.05)
        alerts = [alert["labels"] for _, _, alert in monitoring.notifications()]
        # The dead peer is down for every node; that is an alert of its own, ten minutes on. So is the warning that the
        # slow convergence began with, where it was told before that.
        others = {(alert["alertname"], alert.get("instance")) for alert in alerts if alert.get("peer") != DEAD}
        self.assertIn(("CaliwatchRouteConvergenceSlow", NODE), others)
        self.assertLessEqual(
            others, {("CaliwatchRouteConvergenceSlow", NODE), ("CaliwatchGracefulRestartBlocked", NODE)}
        )


if __name__ == "__main__":
    run_tests(PROMETHEUS, ALERTMANAGER)
