#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""In the place of another node's agent sits something that answers as badly as it can, while agents ask each other."""

import contextlib
import time
import unittest

from calicolab.metrics import by, scrape
from calicolab.waiting import eventually, patience
from detection.probed_lab import Probed
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.watch import PASSED_OVER
from hostile.ordeal import WORST_SCRAPE
from hostile.table import row

# Behaves otherwise at each connection, prints how, and doubts the way to all others all the time, so that they ask.
_LIAR = """
import itertools, os, socket, sys, threading, time
others = sys.argv[1:]
def silent(client): time.sleep(10)
def drips(client):
    for byte in itertools.cycle(b"HTTP/1.0 200 OK\\r\\nX: "): client.send(bytes([byte])); time.sleep(0.2)
def endless(client):
    client.send(b"HTTP/1.0 200 OK\\r\\n\\r\\n")
    while True: client.send(b"x" * 65536)
def huge(client): client.send(b"HTTP/1.0 200 OK\\r\\nContent-Length: 99999999999\\r\\n\\r\\ncaliwatch probe 1\\n" * 2)
def cut(client): client.send(b"HTTP/1.0 200 OK\\r\\n\\r\\ncaliwatch probe 1\\nnode nod")
def lies(client):
    client.send(b"HTTP/1.0 200 OK\\r\\n\\r\\ncaliwatch probe 1\\nnode node1\\n")
    client.send(b"tunnel 127.0.0.1\\n" * 500 + b"damaged 9\\nreceived vxlan.calico 0\\n\\n" + b"x" * 12000)
def elsewhere(client):
    client.send(b"HTTP/1.0 301 Moved\\r\\nLocation: http://%s:10179/\\r\\n\\r\\n" % others[0].encode())
def noise(client): client.send(os.urandom(4096))
def mute(client): pass
ways = itertools.cycle([silent, drips, endless, huge, cut, lies, elsewhere, noise, mute])
def doubt():
    while True:
        for other in others:
            try:
                with socket.create_connection((other, 10179), 2) as asked:
                    asked.send(b"GET /api/v1/probe?doubt=1&counts=1&size=12000 HTTP/1.0\\r\\n\\r\\n")
            except OSError: pass
        time.sleep(0.1)
threading.Thread(target=doubt, daemon=True).start()
server = socket.create_server(("0.0.0.0", 10179))
def serve(client, way):
    try:
        client.recv(65536)
        way(client)
    except OSError: pass
    client.close()
while True:
    client, _ = server.accept()
    way = next(ways)
    print(way.__name__, flush=True)
    threading.Thread(target=serve, args=(client, way), daemon=True).start()
"""
LIAR, OTHERS = "node2", ("node1", "node3")
SECONDS = 80
FINDINGS = "caliwatch_finding_since_timestamp_seconds"


class HostileNodes(Probed, unittest.TestCase):
    def reached(self):
        """How often each other pair's agent was reached, both ways."""
        return sum(self.results(node)["overlay", "answered"] for node in OTHERS)

    @row(
        "agent of another node",
        "says nothing, drips, sends without end, cuts its answer off, redirects, lies about its name and its tunnels, "
        "doubts the way ten times a second",
        "no finding; the other nodes are asked as before, it no more often than every 15 s; a scrape takes ≤ 250 ms",
    )
    def test_an_agent_that_answers_badly_costs_its_own_row(self):
        self.await_asked()
        self.watch.close()  # it would ask the liar, too
        self.assertEqual(self.watch.seen, set())
        self.lab.kill_agent(LIAR)
        with contextlib.closing(self.lab.node(LIAR).start(
            ["/usr/bin/python3", "-c", _LIAR, *(self.address(node) for node in OTHERS)]
        )) as liar:  # fmt: skip
            before, worst, found = self.reached(), 0.0, set()
            end = time.monotonic() + patience(SECONDS)
            while time.monotonic() < end:
                begin = time.monotonic()
                for node in OTHERS:
                    found |= set(by(scrape(self.watch, node), FINDINGS, "check", "subject"))
                worst = max(worst, (time.monotonic() - begin) / len(OTHERS))
                time.sleep(0.5)
            asked = liar.out.splitlines()
        self.assertEqual({row for row in found if row[0] not in PASSED_OVER}, set())
        self.assertGreaterEqual(self.reached() - before, 2)
        self.assertLessEqual(worst, patience(WORST_SCRAPE))
        self.assertGreater(sum(self.results(node)["node", "invalid"] for node in OTHERS), len(OTHERS))
        self.assertGreater(len(set(asked)), 3, asked)
        self.assertLess(len(asked), 4 * len(OTHERS) * SECONDS / 15)
        self.lab.start_agent(LIAR)
        self.assertTrue(eventually(lambda: self.reached() > before, 60))


if __name__ == "__main__":
    run_tests(CALIWATCH)
