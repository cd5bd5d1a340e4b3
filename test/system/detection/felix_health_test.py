#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Felix' health, as agent, `check` and `record` ask for it: told as it changes, and nobody waits for one that hangs."""

import contextlib
import http.server
import json
import os
import tempfile
import threading
import unittest

from calicolab.metrics import by, samples
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import NO_BIRD, Agent, caliwatch

LINE = "+------------------+---------+----------------+---------------------+--------+\n"
TABLE = (
    LINE
    + "|    COMPONENT     | TIMEOUT |    LIVENESS    |      READINESS      | DETAIL |\n"
    + LINE
    + "| CalculationGraph | 30s     | reporting live | {calculation}       |        |\n"
    + "| FelixStartup     | -       | reporting live | reporting ready     |        |\n"
    + LINE
).strip()
READY = {
    "/readiness": (200, TABLE.format(calculation="reporting ready")),
    "/liveness": (200, TABLE.format(calculation="-")),
}
NOT_READY = {**READY, "/readiness": (503, TABLE.format(calculation="reporting non-ready"))}


class Felix(http.server.ThreadingHTTPServer):
    """Answers as `answers` says; while that is None it takes connections and says nothing."""

    daemon_threads = True

    def __init__(self, answers):
        self.answers = answers
        self.asked = []  # each path
        self.ended = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server_port}"

    def close(self):
        self.ended.set()
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        if self.server.answers is None:
            self.server.ended.wait(30)
            return
        code, body = self.server.answers[self.path]
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """Nobody reads it."""


@contextlib.contextmanager
def felix(answers):
    server = Felix(answers)
    try:
        yield server
    finally:
        server.close()


def metrics(agent):
    status, _, text = agent.ask("/metrics")
    return text.decode() if status == 200 else ""


def value(agent, name):
    found = samples(metrics(agent), name)
    return found[0].value if found else None


def becomes(agent, name, expected):
    return eventually(lambda: value(agent, name) == expected, timeout=30)


def watching(server, interval="100ms"):
    return Agent("--poll.interval", interval, "--felix.health-address", server.address)


class TheAgent(unittest.TestCase):
    def test_what_felix_says_is_told_as_it_changes(self):
        with felix(READY) as server, watching(server) as agent:
            self.assertTrue(becomes(agent, "caliwatch_felix_ready", 1))
            self.assertEqual(value(agent, "caliwatch_felix_live"), 1)
            server.answers = NOT_READY
            self.assertTrue(becomes(agent, "caliwatch_felix_ready", 0))
            self.assertEqual(
                by(metrics(agent), "caliwatch_felix_component_ready", "component"),
                {"CalculationGraph": 0, "FelixStartup": 1},
            )
            self.assertEqual(value(agent, "caliwatch_felix_live"), 1)
            self.assertIn(b"live, not ready", agent.ask("/")[2])
            told = json.loads(agent.ask("/api/v1/report")[2])["felix"]
            self.assertEqual((told["live"], told["ready"], told["error"]), (True, False, None))

    def test_it_is_asked_once_a_poll_and_both_questions_each_time(self):
        with felix(READY) as server, watching(server) as agent:
            self.assertTrue(eventually(lambda: (value(agent, "caliwatch_polls_total") or 0) >= 10, timeout=30))
            asked = list(server.asked)
            # Those of a poll that has begun and is not counted yet are among them.
            polls = value(agent, "caliwatch_polls_total")
            self.assertLessEqual(asked.count("/readiness"), polls + 1)
            self.assertGreater(asked.count("/liveness"), 0)

    def test_a_felix_that_falls_silent_is_down_and_no_poll_waits_for_it(self):
        with felix(READY) as server, watching(server) as agent:
            self.assertTrue(becomes(agent, "caliwatch_felix_up", 1))
            server.answers = None
            self.assertTrue(becomes(agent, "caliwatch_felix_up", 0))
            self.assertTrue(becomes(agent, "caliwatch_felix_ready", None))
            self.assertEqual(by(metrics(agent), "caliwatch_source_up", "source")["felix"], 0)
            for _ in range(5):  # each a poll, or more
                reading = by(metrics(agent), "caliwatch_source_read_seconds", "source")["felix"]
                self.assertLess(reading, 0.4)  # it would be 0.5 s, and as long as that lasted
                before = value(agent, "caliwatch_polls_total")
                self.assertTrue(eventually(lambda: value(agent, "caliwatch_polls_total") > before, timeout=30))
            self.assertIn(b"does not answer", agent.ask("/")[2])

    def test_a_port_that_refuses_is_a_fault_only_after_it_answered(self):
        with felix(READY) as server:
            address = server.address
        with Agent("--poll.interval", "100ms", "--felix.health-address", address) as agent:
            self.assertTrue(eventually(lambda: (value(agent, "caliwatch_polls_total") or 0) >= 5, timeout=30))
            self.assertNotIn("caliwatch_felix_", metrics(agent))
            self.assertNotIn('source="felix"', metrics(agent))
        with felix(READY) as server, watching(server) as agent:
            self.assertTrue(becomes(agent, "caliwatch_felix_up", 1))
            server.close()
            self.assertTrue(becomes(agent, "caliwatch_felix_up", 0))


class ACommand(unittest.TestCase):
    def test_check_asks_felix_itself_and_does_not_wait_for_one_that_hangs(self):
        with felix(NOT_READY) as server:
            done = caliwatch("check", *NO_BIRD, "--felix.health-address", server.address)
            self.assertIn("Felix\n  live, not ready; CalculationGraph not ready\n", done.stdout)
            self.assertEqual(server.asked.count("/readiness"), 2)  # a poll each
        with felix(None) as server:
            done = caliwatch("check", *NO_BIRD, "--felix.health-address", server.address)
            self.assertEqual(done.returncode, 0, done.stdout)  # no trace of Felix here: anybody may have the port

    def test_a_recording_keeps_what_felix_said(self):
        with felix(NOT_READY) as server, tempfile.TemporaryDirectory() as folder:
            recording = os.path.join(folder, "recording")
            done = caliwatch("record", recording, *NO_BIRD, "--felix.health-address", server.address)
            self.assertEqual(done.returncode, 0, done.stderr)
            address = server.address
            played = caliwatch("check", "--replay", recording, "--output", "json")
            told = json.loads(played.stdout)["felix"]
            self.assertEqual((told["live"], told["ready"]), (True, False))
            self.assertEqual([each["component"] for each in told["components"]], ["CalculationGraph", "FelixStartup"])
            with open(os.path.join(recording, "calico", "felix")) as file:
                self.assertIn(f"http://{address}/readiness\n", file.read())

    def test_an_empty_address_asks_nobody(self):
        with tempfile.TemporaryDirectory() as folder:
            recording = os.path.join(folder, "recording")
            caliwatch("record", recording, *NO_BIRD, "--felix.health-address=")
            with open(os.path.join(recording, "calico", "felix.error")) as file:
                self.assertIn("Felix is asked for its health only with --felix.health-address", file.read())


if __name__ == "__main__":
    run_tests()
