#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus scrapes every agent of a lab; promtool has no complaint about what they serve."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from agents import CALIWATCH, TOOLS, ready, samples, scrape
from witness import eventually, run_tests

from calicolab import Lab
from calicolab.errors import EXIT_SKIP

PROMETHEUS = os.path.join(TOOLS, "prometheus/usr/bin/prometheus")
PROMTOOL = os.path.join(TOOLS, "prometheus/usr/bin/promtool")
CONFIG = """\
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: caliwatch
    static_configs: [{targets: [%s]}]
"""
ASK = "import sys, urllib.request as u; print(u.urlopen('http://127.0.0.1:9090/api/v1/' + sys.argv[1], timeout=3).read().decode())"


class RealPrometheus(unittest.TestCase):
    def setUp(self):
        self.lab = Lab(nodes=3, pods=2, agent=CALIWATCH, agent_args=("--poll.interval=1s",))
        self.addCleanup(self.lab.close)
        self.lab.start()
        ready(self.lab)

    def start_prometheus(self, targets):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        with open(os.path.join(folder, "prometheus.yml"), "w") as config:
            config.write(CONFIG % ", ".join(f'"{target}"' for target in targets))
        files = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
        prometheus = self.lab.node("monitor").start([PROMETHEUS, *files, "--web.listen-address=127.0.0.1:9090"])
        self.addCleanup(prometheus.__exit__, None, None, None)

    def ask(self, path):
        done = self.lab.node("monitor").run([sys.executable, "-c", ASK, path], check=False)
        return json.loads(done.stdout)["data"] if done.returncode == 0 else None

    def test_every_target_is_up_and_gives_as_many_samples_as_it_serves(self):
        targets = [f"10.39.1.{octet}:10179" for octet in (11, 12, 13)]
        self.start_prometheus(targets)

        def health():
            found = (self.ask("targets") or {}).get("activeTargets", [])
            return {target["labels"]["instance"]: (target["health"], target["lastError"]) for target in found}

        self.assertTrue(eventually(lambda: set(health().values()) == {("up", "")}, timeout=40), health())
        self.assertEqual(sorted(health()), targets)
        peers = self.ask("query?query=count(caliwatch_bgp_peer_up==1)")["result"][0]["value"][1]
        self.assertEqual(int(peers), 3 * 2 * 2)  # each node's two peers, in two families

        def counts():
            scraped = self.ask("query?query=scrape_samples_scraped{instance='10.39.1.11:10179'}")["result"][0]["value"][1]
            served = [line for line in scrape(self.lab, "node1").splitlines() if not line.startswith("#")]
            return int(scraped), len(served)

        self.assertTrue(eventually(lambda: counts()[0] == counts()[1]), counts())

    def test_promtool_has_no_complaint(self):
        for node in ("node1", "node2", "node3"):
            text = scrape(self.lab, node)
            self.assertGreater(len(samples(text, "caliwatch_bgp_peer_up")), 3)
            done = subprocess.run([PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True, timeout=30)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


if __name__ == "__main__":
    if not os.path.exists(PROMETHEUS):
        print(f"skipped: {PROMETHEUS} is missing; `make deps` unpacks it")
        sys.exit(EXIT_SKIP)
    run_tests()
