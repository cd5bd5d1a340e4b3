#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the agents of other nodes may answer to an agent that looks at all of them, since its page /cluster is open."""

import contextlib
import json
import time
import unittest

from calicolab.waiting import eventually, patience
from harness.main import run_tests
from harness.program import Agent
from hostile.ordeal import WORST_SCRAPE
from hostile.other_agents_test import Liar, drips, floods, hangs, sends
from hostile.table import row

LOOP = b"HTTP/1.0 302 Found\r\nLocation: /api/v1/node\r\n\r\n"
MOST_RESIDENT = 64 << 20  # bytes
LOOKS = 3


class AtAnAgent(unittest.TestCase):
    @row(
        "agent of another node",
        "hangs, drips, sends without end, redirects to itself or nests a million deep, forty of them, while an agent's "
        "page /cluster is open",
        "each has its own row that says so, 1 MiB is read of it; a look follows the other; a scrape takes ≤ 250 ms, "
        "≤ 64 MiB",
    )
    def test_bad_ones_cost_their_own_rows(self):
        ways = {hangs: "within 3s", drips: "within 3s", floods: "sent more than 1048576 bytes",
                sends(b"", LOOP): "it answered 302", sends(b"[" * 500_000): "nested too deeply"}  # fmt: skip
        with contextlib.ExitStack() as stack:
            good = stack.enter_context(Agent("--poll.interval", "200ms"))
            liars = {stack.enter_context(contextlib.closing(Liar(way))).address: why
                     for _ in range(8) for way, why in ways.items()}  # fmt: skip
            nodes = ",".join([f"127.0.0.1:{good.port}", *liars])
            agent = stack.enter_context(Agent("--poll.interval", "200ms", f"--cluster.nodes={nodes}"))
            self.assertTrue(eventually(lambda: agent.ask("/-/ready")[0] == 200))
            worst, looks = 0.0, {}
            end = time.monotonic() + patience(120)
            while len(looks) < LOOKS and time.monotonic() < end:
                begin = time.monotonic()
                self.assertEqual(agent.ask("/metrics")[0], 200)
                worst = max(worst, time.monotonic() - begin)
                status, _, body = agent.ask("/api/v1/cluster")
                if status == 200:
                    look = json.loads(body)
                    looks[look["seen_at"]] = look
                time.sleep(0.2)
            resident = int(
                float(agent.ask("/metrics")[2].decode().partition("\nprocess_resident_memory_bytes ")[2].split()[0])
            )
        self.assertEqual(len(looks), LOOKS)
        for look in looks.values():
            errors = {each["agent"]: each["error"] for each in look["nodes"]}
            self.assertEqual((look["asked"], look["answered"]), (len(liars) + 1, 1))
            self.assertIsNone(errors[f"127.0.0.1:{good.port}"])
            for liar, why in liars.items():
                self.assertIn(why, errors[liar])
        self.assertLessEqual(worst, patience(WORST_SCRAPE))
        self.assertLessEqual(resident, MOST_RESIDENT)


if __name__ == "__main__":
    run_tests(lab=False)
