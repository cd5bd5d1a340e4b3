#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent as a process: what it serves, which signals it heeds, what it logs, and how it refuses to start."""

import contextlib
import gzip
import json
import os
import re
import signal
import socket
import tempfile
import time
import unittest

from calicolab.metrics import samples
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import Agent, caliwatch


@contextlib.contextmanager
def silent_bird():
    """A run-dir whose bird.ctl takes connections and never says a word, as a BIRD that hangs."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.join(folder, "bird.ctl"))
        listener.listen(8)
        yield folder, listener


def polls(agent):
    found = re.search(rb"\ncaliwatch_polls_total (\d+)\n", agent.ask("/metrics")[2])
    return int(found[1]) if found else 0


def await_ready(agent):
    while agent.ask("/-/ready")[0] != 200:
        time.sleep(0.01)


class Serving(unittest.TestCase):
    def test_metrics_are_the_same_plain_and_compressed_and_head_has_their_size(self):
        with Agent("--poll.interval", "1h") as agent:
            await_ready(agent)
            status, headers, plain = agent.ask("/metrics")
            self.assertEqual((status, headers["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
            self.assertIn(b"\ncaliwatch_polls_total 1\n", plain)
            _, headers, packed = agent.ask("/metrics", headers={"Accept-Encoding": "gzip"})
            self.assertEqual(headers["Content-Encoding"], "gzip")
            self.assertEqual(gzip.decompress(packed), plain)
            status, headers, body = agent.ask("/metrics", "HEAD")
            self.assertEqual((status, headers["Content-Length"], body), (200, str(len(plain)), b""))
            self.assertEqual(agent.ask("/metrics", "DELETE")[1]["Allow"], "GET, HEAD")
            self.assertEqual(agent.ask("/metrics/")[0], 404)

    def test_the_metrics_move_where_they_are_told_to(self):
        with Agent("--web.telemetry-path", "/m") as agent:
            await_ready(agent)
            self.assertEqual([agent.ask(path)[0] for path in ("/m", "/metrics")], [200, 404])
            self.assertIn(b'href="m"', agent.ask("/")[2])

    def test_while_the_first_look_is_stuck_the_agent_says_so_at_once(self):
        with silent_bird() as (run_dir, bird), Agent(run_dir=run_dir) as agent:
            with bird.accept()[0]:  # the look has come to BIRD
                self.assertEqual(
                    [agent.ask(path)[0] for path in ("/metrics", "/-/ready", "/-/healthy", "/")], [503, 503, 200, 200]
                )

    def test_a_source_that_is_stuck_is_told_and_the_others_are_served(self):
        with silent_bird() as (run_dir, _), Agent(run_dir=run_dir) as agent:
            await_ready(agent)
            self.assertIn("bird: ", agent.await_log("first look at the node"))
            metrics = agent.ask("/metrics")[2]
            self.assertIn(b'\ncaliwatch_source_up{source="bird"} 0\n', metrics)
            self.assertIn(b'\ncaliwatch_source_up{source="routes"} 1\n', metrics)


class Ending(unittest.TestCase):
    def ends_within_a_second(self, agent, number=signal.SIGTERM):
        agent.signal(number)
        self.assertEqual(agent.wait(1), 0)

    def test_sigterm_and_sigint_end_it(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with Agent() as agent:
                await_ready(agent)
                self.ends_within_a_second(agent, number)
                self.assertIn(f"msg=ending signal={number.name}", agent.rest_of_log()[-1])

    def test_sigterm_ends_it_while_bird_is_stuck(self):
        with silent_bird() as (run_dir, bird), Agent(run_dir=run_dir) as agent, bird.accept()[0]:
            self.ends_within_a_second(agent)

    def test_sigterm_ends_it_while_clients_hold_half_a_request(self):
        with Agent() as agent, contextlib.ExitStack() as clients:
            for _ in range(20):
                client = clients.enter_context(socket.create_connection(("127.0.0.1", agent.port)))
                client.sendall(b"GET /met")
            self.ends_within_a_second(agent)


class Reloading(unittest.TestCase):
    def reload(self, agent, text):
        agent.write_config(text)
        agent.signal(signal.SIGHUP)

    def test_what_can_change_live_does_and_what_cannot_is_named(self):
        with Agent(config="poll: {interval: 1h}\n") as agent:
            await_ready(agent)
            self.reload(agent, "poll: {interval: 100ms}\nlog: {format: json}\nweb: {telemetry-path: /m}\n")
            self.assertIn("takes a restart", agent.await_log("web.telemetry-path"))
            self.assertIn("from=1h to=100ms", agent.await_log("poll.interval"))
            self.assertEqual(json.loads(agent.await_log("configuration read again"))["level"], "info")
            while polls(agent) < 3:  # for an hour, with the old interval
                time.sleep(0.01)

    def test_a_wrong_file_is_refused_and_the_running_configuration_stays(self):
        with Agent(config="log: {level: info}\n") as agent:
            await_ready(agent)
            self.reload(agent, "log: {level: error}\npol: {interval: 1s}\n")
            refusal = agent.await_log("configuration refused")
            self.assertIn("level=error", refusal)
            self.assertIn(f"{agent.config_file}:2:1: unknown key 'pol'", refusal)
            os.unlink(agent.config_file)
            agent.signal(signal.SIGHUP)
            self.assertIn("there is no such file", agent.await_log("configuration refused"))
            self.reload(agent, "log: {format: json}\n")
            agent.await_log("configuration read again")  # at level info, which the wrong file would have ended
            self.assertEqual(agent.ask("/metrics")[0], 200)

    def test_whether_the_configuration_was_taken_over_shows_in_the_metrics(self):
        with Agent("--poll.interval", "100ms", config="log: {level: info}\n") as agent:
            await_ready(agent)
            config = lambda name: (
                samples(agent.ask("/metrics")[2].decode(), f"caliwatch_config_last_reload_{name}")[0].value
            )
            started = config("success_timestamp_seconds")
            self.assertAlmostEqual(started, time.time(), delta=60)
            self.assertEqual(config("successful"), 1)
            self.reload(agent, "log: {level: nonsense}\n")
            self.assertTrue(eventually(lambda: config("successful") == 0, timeout=30))
            self.assertEqual(config("success_timestamp_seconds"), started)
            self.reload(agent, "log: {level: warn}\n")
            self.assertTrue(eventually(lambda: config("successful") == 1, timeout=30))
            self.assertGreater(config("success_timestamp_seconds"), started)

    def test_a_flag_still_goes_before_the_file(self):
        with Agent("--log.level", "info", config="log: {level: info}\n") as agent:
            self.reload(agent, "log: {level: error}\n")
            agent.await_log("configuration read again")


class Logging(unittest.TestCase):
    def test_steady_polls_log_nothing(self):
        with Agent("--poll.interval", "100ms") as agent:
            while polls(agent) < 5:
                time.sleep(0.01)
            agent.signal(signal.SIGTERM)
            agent.wait(5)
            messages = [line.partition("msg=")[2] for line in agent.rest_of_log()]
            told = [message for message in messages if "first look" not in message]
            self.assertEqual([message.split(" ")[0] for message in told], ["finding", "ending"])
            self.assertIn("nothing_judged", told[0])  # there is no Calico here

    def test_json_lines_are_json(self):
        with Agent("--log.format", "json", "--log.level", "debug") as agent:
            await_ready(agent)
            agent.signal(signal.SIGTERM)
            agent.wait(5)
            for line in agent.rest_of_log():
                self.assertLessEqual({"time", "level", "msg"}, set(json.loads(line)))


class Confinement(unittest.TestCase):
    def test_what_is_in_force_is_said_at_the_start(self):
        with Agent() as agent:
            self.assertRegex(agent.started, r'confinement="?.*(seccomp|Landlock|no filter|no Landlock|sanitizers)')

    def test_it_can_be_left_out(self):
        with Agent("--security.seccomp=false") as agent:
            self.assertIn('confinement="none, as security.seccomp is false"', agent.started)
            with open(f"/proc/{agent.pid}/status") as status:
                self.assertIn("\nSeccomp:\t0\n", status.read())


class RefusingToStart(unittest.TestCase):
    def refusal(self, *arguments):
        done = caliwatch("agent", *arguments)
        return done.returncode, done.stderr

    def test_a_taken_port_is_named_with_what_to_do(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            code, complaint = self.refusal("--web.listen-address", address)
        self.assertEqual(code, 1)
        self.assertIn(f"cannot listen on {address}", complaint)
        self.assertIn("Address already in use", complaint)
        self.assertIn("--web.listen-address", complaint)

    def test_a_taken_port_ends_it_at_once_though_bird_is_stuck(self):
        with silent_bird() as (run_dir, _), socket.create_server(("127.0.0.1", 0)) as taken:
            begin = time.monotonic()
            code, _ = self.refusal(
                "--web.listen-address", f"127.0.0.1:{taken.getsockname()[1]}", "--calico.run-dir", run_dir
            )
            self.assertEqual(code, 1)
            self.assertLess(time.monotonic() - begin, 1.5)

    def test_a_wrong_flag_and_a_wrong_file_are_named(self):
        self.assertEqual(self.refusal("--poll.interval", "5")[0], 64)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("log:\n  levle: info\n")
            file.flush()
            code, complaint = self.refusal("--config.file", file.name)
        self.assertEqual(code, 64)
        self.assertIn(f"{file.name}:2:3: unknown key 'levle'", complaint)

    def test_every_command_helps(self):
        for command in ([], ["agent"], ["check"], ["record"]):
            done = caliwatch(*command, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("caliwatch", done.stdout)
        self.assertEqual(caliwatch("version").stdout, caliwatch("--version").stdout)


if __name__ == "__main__":
    run_tests(lab=False)
