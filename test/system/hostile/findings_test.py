#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A node on which thousands of things are wrong at once, and everybody looks at it."""

import json
import os
import subprocess
import sys
import unittest

from bench import big_node
from calicolab.metrics import by
from harness.main import run_tests
from harness.program import NAMESPACE, Agent
from hostile.ordeal import Ordeal
from hostile.table import row

INSIDE = "CALIWATCH_HOSTILE_NAMESPACE"
FINDINGS = 20_000
READERS = 50
SECONDS = 20
STRAY = "calistray00000"
CHECK = "workload_route_linkdown"


def ip(*commands):
    subprocess.run(["ip", "-batch", "-"], input="\n".join(commands), text=True, check=True)


def stray_routes(do):
    """Routes of pods through an interface whose other end is switched off: each is found to lead nowhere."""
    ip(*(f"route {do} 10.240.{n >> 8}.{n & 255}/32 dev {STRAY} scope link" for n in range(FINDINGS)))


class ManyFindings(unittest.TestCase):
    def setUp(self):
        big_node.build(next(size for size in big_node.SIZES if size.name == "M"), lambda text: None)
        ip(
            f"link add {STRAY} type veth peer name nobody",
            f"link set {STRAY} up",
            "route add blackhole 10.240.0.0/16 proto bird",  # their block: else each would be found twice
        )
        self.agent = self.enterContext(Agent("--poll.interval", "1s"))

    def found(self):
        return by(self.agent.ask("/metrics")[2].decode(), "caliwatch_check_findings", "check")

    @row(
        "client",
        f"{READERS} at once read the page, the JSON and the metrics of a node with {FINDINGS:,} findings",
        "RSS ≤ 64 MiB; each gets it whole; a scrape takes ≤ 250 ms meanwhile; back within 2 polls",
    )
    def test_readers_of_many_findings(self):
        with Ordeal(self, self.agent) as ordeal:
            stray_routes("add")
            ordeal.await_that(lambda: self.found()[CHECK] == FINDINGS)
            readers = [sys.executable, "-B", "-m", "hostile.readers", self.agent.port, READERS, SECONDS]
            polls = ordeal.polls()
            done = subprocess.run(map(str, readers), stdout=subprocess.PIPE, check=True, timeout=120)
            whole, wrong, slowest = json.loads(done.stdout)
            found, polls = sum(self.found().values()), ordeal.polls() - polls
            stray_routes("delete")
            back = ordeal.comes_back(lambda: self.found()[CHECK] == 0)
            print(f"{found:.0f} findings; {whole} answers, {len(wrong)} not whole, the slowest took {slowest:.1f} s")
            print(f"{polls} polls meanwhile, back after {back}")
            ordeal.held(f"{READERS} readers of {FINDINGS} findings")
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    if INSIDE in os.environ:
        run_tests(lab=False)
    room = [*NAMESPACE, "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]  # a network of the node's own
    sys.exit(subprocess.call([*room, sys.executable, "-B", *sys.argv], env={**os.environ, INSIDE: "1"}))
