#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`caliwatch ipam --serve` at a stand-in for the Kubernetes API: what changes comes by watches, and watches that say
nothing any more are told as what they are."""

import json
import signal
import time
import unittest

from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH
from ipam.seed_scenes import records_wiped
from ipam.served_cluster import ServedCluster

WITHOUT_RECORD = 'caliwatch_ipam_findings{check="ipam_running_without_record"}'


def readable(kind):
    return f'caliwatch_ipam_evidence_readable{{kind="{kind}"}}'


class AtAnApiServer(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        served = ServedCluster(self)
        self.cluster, self.api, self.server = served.cluster, served.api, served.server
        self.assertTrue(eventually(lambda: self.server.ask("/-/ready")[0] == 200, timeout=60))

    def metrics(self):
        lines = [line for line in self.server.ask("/metrics")[2].decode().splitlines() if line[0] != "#"]
        return {series: float(value) for series, _, value in (line.rpartition(" ") for line in lines)}

    def await_metric(self, series, value, timeout=60):
        self.assertTrue(
            eventually(lambda: self.metrics().get(series) == value, timeout=timeout), (series, value, self.metrics())
        )

    def test_what_changes_is_seen_and_a_watch_that_went_dead_is_stale_and_told(self):
        self.await_metric("caliwatch_ipam_looks_total", 3)
        self.assertEqual(json.loads(self.server.ask("/api/v1/ipam")[2])["outcome"], "clean")
        records_wiped(self.cluster)
        self.await_metric(WITHOUT_RECORD, 6)

        self.api.dead.set()
        self.await_metric(readable("pods"), 0)
        self.await_metric(readable("blocks"), 0)
        died = self.metrics()['caliwatch_ipam_evidence_read_timestamp_seconds{kind="pods"}']
        self.assertGreater(time.time() - died, 10, "of before it went dead")
        self.assertIn("What could not be asked", self.server.ask("/")[2].decode())
        self.assertIn("Kubernetes API, ", self.server.ask("/")[2].decode())
        self.assertNotIn('caliwatch_ipam_findings{check="ipam_address_leaked"}', self.metrics())

        self.api.dead.clear()
        self.await_metric(readable("pods"), 1, timeout=120)
        self.await_metric(readable("blocks"), 1, timeout=120)
        self.await_metric(WITHOUT_RECORD, 6)
        self.assertGreater(self.metrics()['caliwatch_ipam_evidence_read_timestamp_seconds{kind="pods"}'], died)
        self.server.signal(signal.SIGTERM)
        self.assertEqual(self.server.wait(10), 0)
        log = self.server.rest_of_log()
        self.assertEqual(len([line for line in log if "msg=finding check=ipam_running_without_record" in line]), 6, log)
        self.assertNotIn("hunter2", "".join(log))


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
