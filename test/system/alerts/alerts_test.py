#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A node without power and an update of a whole cluster, in labs, and what of them reaches a webhook by way of a real
Prometheus and a real Alertmanager with the shipped rules, routes and inhibitions. All waits are shortened; sessions are
given up after 6 s instead of 240. The labs run side by side. What reaches it of other outages is outages_test.py's."""

import concurrent.futures
import contextlib
import time
import unittest

from calicolab import Lab
from harness.alarms import QUIET, TARGETS, Alarms, alone, ways
from harness.main import run_tests
from harness.monitoring import ALERTMANAGER, PROMETHEUS
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.watch import AGENT_ARGS

GONE = alone("NodeLost", "node4")


@contextlib.contextmanager
def watched(**options):
    """(lab, Alarms)"""
    with Lab(nodes=4, pods=1, hold_time=6, agent=CALIWATCH, agent_args=AGENT_ARGS, **options) as lab:
        ready(lab)
        with contextlib.closing(Alarms(lab)) as alarms:
            alarms.await_scraped()
            yield lab, alarms


class EachOutage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pool = concurrent.futures.ThreadPoolExecutor()
        cls.addClassCleanup(cls.pool.shutdown)
        cls.gone, cls.updated = cls.pool.submit(cls.lose_power, cls()), cls.pool.submit(cls.update)

    def lose_power(self):
        with watched(families=("ipv4",)) as (lab, alarms):
            lab.fault("kill-node", "node4")
            alarms.await_firing(GONE, timeout=180)  # twenty minutes, shortened
            lab.heal()
            alarms.await_resolved(GONE)
            return alarms.assert_told(self, GONE)

    @staticmethod
    def update():
        with watched() as (lab, alarms):
            for node in TARGETS.values():
                lab.restart_bird(node)
                lab.wait_for_bgp(60)
            time.sleep(QUIET)
            return alarms.alerts()

    def test_a_node_without_power_is_told_once_by_its_name_and_not_by_all_who_miss_it(self):
        alerts = self.gone.result()
        self.assertEqual({alert["labels"]["peer"] for alert in alerts}, {"10.39.1.14"})
        self.assertLessEqual(ways(alerts), {("critical", "pager"), ("warning", "tickets")})

    def test_an_update_that_restarts_every_bird_pages_nobody(self):
        self.assertEqual(self.updated.result(), [])


if __name__ == "__main__":
    run_tests(PROMETHEUS, ALERTMANAGER)
