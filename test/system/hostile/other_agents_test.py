#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the agents of other nodes may answer to `caliwatch cluster`, which asks all of them."""

import contextlib
import json
import socket
import threading
import time
import unittest

from harness.main import run_tests
from harness.program import Agent, caliwatch
from hostile.table import row

HEAD = b"HTTP/1.0 200 OK\r\nAge: 0\r\n\r\n"


class Liar:
    """Answers each connection by answer(connection), until close()."""

    def __init__(self, answer):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._answer = answer
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._answer_one, args=(self._listener.accept()[0],), daemon=True).start()

    def _answer_one(self, connection):
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            self._answer(connection)

    def close(self):
        self._listener.close()


def hangs(connection):
    connection.recv(4096)  # until the other side has had enough


def drips(connection):
    for byte in HEAD * 100:
        connection.sendall(bytes([byte]))
        time.sleep(0.2)


def floods(connection):
    connection.sendall(HEAD)
    while True:
        connection.sendall(b" " * 65536)


def sends(body, head=HEAD):
    return lambda connection: connection.sendall(head + body)


class OtherAgents(unittest.TestCase):
    def cluster(self, *answers):
        """(rows by agent, seconds, the liars' addresses) of a look at a good agent and one for each answer."""
        with contextlib.ExitStack() as stack:
            good = stack.enter_context(Agent("--poll.interval", "200ms"))
            liars = [stack.enter_context(contextlib.closing(Liar(answer))) for answer in answers]
            own = f"127.0.0.1:{good.port}"
            agents = ",".join([own, *(liar.address for liar in liars)])
            began = time.monotonic()
            done = caliwatch("cluster", "--output", "json", "--cluster.nodes", agents)
            took = time.monotonic() - began
            told = json.loads(done.stdout)
            self.found = {each["check"] for each in told["findings"] if each["sure"]}
            rows = {each["agent"]: each for each in told["nodes"]}
            self.assertIsNone(rows[own]["error"])
            self.assertEqual(len(rows), 1 + len(answers))
            return rows, took, [liar.address for liar in liars]

    @row("agent of another node", "hangs, or drips bytes", "3 s each look, 32 at a time; the others are told as ever")
    def test_slow_ones(self):
        rows, took, liars = self.cluster(*[hangs] * 20, *[drips] * 20)
        for liar in liars:
            self.assertIn("within 3s", rows[liar]["error"])
        self.assertLess(took, 40)  # two looks of two rounds, and the time between

    @row("agent of another node", "sends without end", "4 MiB are read of it")
    def test_a_huge_one(self):
        rows, _, (liar,) = self.cluster(floods)
        self.assertIn("sent more than 4194304 bytes", rows[liar]["error"])

    @row(
        "agent of another node",
        "sends what is no JSON, a million brackets, a number beyond all measure, another format, a redirect to itself",
        "its row says so; nothing is followed",
    )
    def test_wrong_ones(self):
        answers = {
            b"<html>": "no JSON",
            b"[" * 1_000_000: "nested too deeply",
            b'{"format": 1e999}': "too large",
            b'{"format": 2}': "its format is not 1",
        }
        redirect = b"HTTP/1.0 302 Found\r\nLocation: /api/v1/node\r\n\r\n"
        rows, _, liars = self.cluster(*map(sends, answers), sends(b"", redirect))
        for liar, why in zip(liars, [*answers.values(), "it answered 302"]):
            self.assertIn(why, rows[liar]["error"])

    @row(
        "agent of another node",
        "takes another node's name, address and blocks for its own",
        "both are named as two machines with one name; what the other says of itself stays",
    )
    def test_one_that_says_to_be_another(self):
        told = {
            "format": 1, "node": "n1\u001b[2J", "taken_at": "2026-01-31T12:00:00Z", "booted_at": "2026-01-30T12:00:00Z",
            "outcome": "clean", "own_addresses": [], "blocks": ["10.48.0.0/26"],
        }  # fmt: skip
        other = {**told, "booted_at": "2026-01-29T12:00:00Z"}
        rows, _, liars = self.cluster(*(sends(json.dumps(each).encode()) for each in (told, other)))
        self.assertEqual([rows[liar]["node"] for liar in liars], ["n1\u001b[2J"] * 2)
        self.assertEqual(self.found, {"cluster_node_twice"})
        with contextlib.closing(Liar(sends(json.dumps(told).encode()))) as liar:
            for_people = caliwatch("cluster", "--cluster.nodes", liar.address).stdout
        self.assertIn("n1", for_people)
        self.assertNotIn("\u001b", for_people)


if __name__ == "__main__":
    run_tests(lab=False)
