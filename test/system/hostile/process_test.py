#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What may turn on the agent as a process: the reader of its log, signals, limits, clocks, an intruder."""

import contextlib
import fcntl
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from calicolab.waiting import eventually, patience
from harness.main import run_tests
from harness.program import SANITIZED, Agent
from hostile.birds import impostor, real_bird
from hostile.ordeal import Ordeal, descriptors
from hostile.table import row

FAST = ("--poll.interval", "200ms")


class UnreadAgent(Agent):
    """One whose log goes into a pipe that nobody reads, of 4 KiB."""

    def __init__(self, *flags, reader=True, **options):
        self.log, self._pipe = os.pipe()
        fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, 4096)
        if not reader:
            os.close(self.log)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        super().__init__(*flags, listen=f"127.0.0.1:{self.port}", **options)

    def _start(self, command, environment):
        self._process = subprocess.Popen(command, stderr=self._pipe, env=environment)
        os.close(self._pipe)
        self.assert_answers()

    def assert_answers(self):
        def answers():
            with contextlib.suppress(OSError):
                return self.ask("/-/healthy")[0] == 200

        if not eventually(answers):
            raise AssertionError("the agent does not answer")

    def read_log(self):
        """What is in the pipe, a line each."""
        os.set_blocking(self.log, False)
        text = b""
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self.log, 65536):
                text += chunk
        return text.decode().splitlines()

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()


class LogReader(unittest.TestCase):
    def fill(self, agent, lines):
        """Makes the agent log: each refused configuration is a line. Signals that come together are one."""
        agent.write_config("no: such\n")
        for _ in range(lines):
            agent.signal(signal.SIGHUP)
            time.sleep(0.002)

    @row("log reader", "sleeps: stderr is a full pipe", "polls and scrapes go on; SIGTERM ends it within 1 s")
    def test_asleep(self):
        with UnreadAgent(*FAST, config="log: {format: json}\n") as agent, Ordeal(self, agent) as ordeal:
            self.fill(agent, 200)
            ordeal.await_polls(5)
            self.fill(agent, 20)
            ordeal.held("log reader asleep")
            ordeal.ends(signal.SIGTERM)

    @row(
        "log reader", "sleeps for thousands of lines and wakes", "reads how many lines were lost, then the newest ones"
    )
    def test_awake_again(self):
        with UnreadAgent(*FAST, config="log: {format: logfmt}\n") as agent, Ordeal(self, agent) as ordeal:
            lost = []
            end = time.monotonic() + patience(60)
            while not lost and time.monotonic() < end:
                self.fill(agent, 2500)
                time.sleep(0.2)
                lines = []
                self.assertTrue(eventually(lambda read=lines: read.extend(agent.read_log()) or len(read) > 100))
                lost = [line for line in lines if "log lines were lost" in line]
            count = int(re.search(r"lines=(\d+)", lost[0])[1])
            print(f"{len(lines)} lines read, {count} lost")
            self.assertGreater(count, 0)
            ordeal.held("log reader awake again")
            ordeal.ends(signal.SIGTERM)

    @row("log reader", "is gone, before the start or later", "the agent lives on, and SIGTERM ends it cleanly")
    def test_gone(self):
        for when in ("before", "later"):
            with UnreadAgent(*FAST, config="", reader=when == "later") as agent:
                with Ordeal(self, agent) as ordeal:
                    if when == "later":
                        os.close(agent.log)
                    self.fill(agent, 20)
                    ordeal.await_polls(3)
                    ordeal.held(f"log reader gone {when}")
                    ordeal.ends(signal.SIGTERM)


class Signals(unittest.TestCase):
    @row("signal", "SIGHUP 200 times a second, with a good and a bad file", "polls and scrapes go on")
    def test_sighup_storm(self):
        with Agent(*FAST, config="log: {level: info}\n") as agent, Ordeal(self, agent) as ordeal:
            for number in range(600):
                agent.write_config("log: {level: info}\n" if number % 2 else "nonsense: [\n")
                agent.signal(signal.SIGHUP)
                time.sleep(0.005)
            ordeal.await_polls(2)
            agent.write_config("log: {level: info}\n")
            agent.signal(signal.SIGHUP)
            ordeal.await_that(lambda: ordeal.now("caliwatch_config_last_reload_successful") == 1)
            ordeal.held("SIGHUP storm")
            ordeal.ends(signal.SIGTERM)

    @row("signal", "SIGTERM, SIGINT and SIGHUP a hundred times at once", "it ends once, cleanly, within 1 s")
    def test_sigterm_storm(self):
        with Agent(*FAST, config="") as agent, Ordeal(self, agent) as ordeal:
            ordeal.held("before the storm")
            for _ in range(100):
                for number in (signal.SIGHUP, signal.SIGINT):
                    agent.signal(number)
            ordeal.ends(signal.SIGTERM)

    @row("signal", "SIGKILL at 40 moments, in the midst of saving", "the state file is whole and used each time")
    def test_kill(self):
        chance = random.Random(1)
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as run_dir:
            state = os.path.join(folder, "state")
            saved = set()
            for _ in range(40):
                with Agent("--poll.interval", "100ms", state=state, run_dir=run_dir) as agent:
                    with real_bird(run_dir):  # comes and goes, so that there is something to save
                        time.sleep(chance.random() * 0.3)
                    time.sleep(chance.random() * 0.3)
                    agent.signal(signal.SIGKILL)
                    agent.wait(5)
                    self.assertEqual([line for line in agent.rest_of_log() if "what was known before" in line], [])
                saved.add(os.stat(state).st_mtime_ns if os.path.exists(state) else 0)
                self.assertLessEqual(set(os.listdir(folder)), {"state", "state.new"})
            print(f"{len(saved)} states were found by the next agent")
            self.assertGreater(len(saved), 20)


class Limits(unittest.TestCase):
    def limit(self, agent, which, most):
        resource.prlimit(agent.pid, which, (most, resource.prlimit(agent.pid, which)[1]))

    @unittest.skipIf(SANITIZED, "a sanitizer takes memory for bad that it has no descriptor left to try")
    @row(
        "limit",
        "no descriptor is left",
        "it does not spin, and all is well 2 polls after there are more",
    )
    def test_descriptors(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            Agent(*FAST, run_dir=folder) as agent,
            Ordeal(self, agent) as ordeal,
        ):
            with real_bird(folder):
                ordeal.await_that(lambda: ordeal.is_up() == 1)
            ordeal.held("before")
            self.limit(agent, resource.RLIMIT_NOFILE, descriptors(agent))
            before = cpu(agent)
            time.sleep(2)
            self.assertLess(cpu(agent) - before, 1, "it does not spin")
            self.limit(agent, resource.RLIMIT_NOFILE, 1024)
            with real_bird(folder):
                ordeal.comes_back(lambda: ordeal.is_up() == 1)
            self.assertEqual(ordeal.is_up("routes"), 1)
            ordeal.ends(signal.SIGTERM)

    @unittest.skipIf(SANITIZED, "a sanitizer needs address space without end")
    @row("limit", "not a byte of address space is left", "it lives, and all is well 2 polls after there is more")
    def test_address_space(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            Agent(*FAST, run_dir=folder) as agent,
            Ordeal(self, agent) as ordeal,
        ):
            with real_bird(folder):
                ordeal.await_that(lambda: ordeal.is_up() == 1)
            ordeal.await_polls(5)
            with open(f"/proc/{agent.pid}/statm") as statm:
                now = int(statm.read().split()[0]) * resource.getpagesize()
            self.limit(agent, resource.RLIMIT_AS, now)
            with impostor(folder, many_peers):
                ordeal.await_polls(5)
            self.limit(agent, resource.RLIMIT_AS, resource.RLIM_INFINITY)
            with real_bird(folder):
                ordeal.comes_back(lambda: ordeal.is_up() == 1)
            ordeal.held("no address space")
            ordeal.ends(signal.SIGTERM)

    @unittest.skipIf(SANITIZED, "a sanitizer needs more")
    @row("limit", "64 MiB of memory, with a BIRD that answers without end", "the kernel does not kill it")
    def test_memory(self):
        with memory_group(64 << 20) as join, tempfile.TemporaryDirectory() as folder:
            with Agent(*FAST, run_dir=folder) as agent, Ordeal(self, agent) as ordeal:
                join(agent.pid)
                with impostor(folder, endless_protocols):
                    ordeal.await_polls(5)
                with real_bird(folder):
                    ordeal.comes_back(lambda: ordeal.is_up() == 1)
                ordeal.held("64 MiB")
                ordeal.ends(signal.SIGTERM)


STATUS = b"1000-BIRD 2.0.12\n1011-Router ID is 10.39.1.231\n0013 Daemon is up and running\n"


def many_peers(talk):
    """Ten megabytes of them."""
    peers = b"".join(b"1002-Mesh_%d BGP --- up 2026-01-01 Established\n" % peer for peer in range(200_000))
    question = talk.welcome()
    while True:
        talk.say(STATUS if b"status" in question else peers + b"0000 \n")
        question = talk.hear()


def endless_protocols(talk):
    question = talk.welcome()
    while b"protocols" not in question:
        talk.say(STATUS)
        question = talk.hear()
    while True:
        talk.say(b"1002-Mesh_1 BGP --- up 2026-01-01 Established\n" * 4096)


def cpu(agent):
    """Seconds of processor time so far."""
    with open(f"/proc/{agent.pid}/stat") as stat:
        fields = stat.read().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def memory_group(most):
    """A group of processes with so many bytes, by either kind of the kernel's groups; yields how to join it."""
    for root, limit in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
        group = f"{root}/caliwatch-{os.getpid()}"
        try:
            os.mkdir(group)
        except OSError:
            continue
        try:
            if not os.path.exists(f"{group}/{limit}"):
                continue
            with open(f"{group}/{limit}", "w") as file:
                file.write(str(most))

            def join(pid, group=group):
                with open(f"{group}/cgroup.procs", "w") as file:
                    file.write(str(pid))

            yield join
            return
        finally:
            eventually(lambda group=group: remove(group), 5)
    raise unittest.SkipTest("no group of processes with a limit of memory can be made here")


def remove(group):
    with contextlib.suppress(OSError):
        os.rmdir(group)
    return not os.path.exists(group)


class Clocks(unittest.TestCase):
    """The wall clock alone is set: the kernel's other clocks cannot be."""

    def setUp(self):
        if SANITIZED:
            self.skipTest("a sanitizer wants to be the first library, as what sets the clock does")
        library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
        if not shutil.which("faketime") or not os.path.exists(library):
            self.skipTest("faketime is missing; `make deps` installs it")
        self.library = library

    @row("clock", "is set a day forward, a day back, and back again", "no source is down, no finding comes of it")
    def test_steps(self):
        with tempfile.TemporaryDirectory() as folder, real_bird(folder):
            clock = os.path.join(folder, "clock")
            set_clock(clock, "+0")
            environment = {
                "LD_PRELOAD": self.library,
                "FAKETIME_TIMESTAMP_FILE": clock,
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
            with Agent(*FAST, run_dir=folder, environment=environment) as agent, Ordeal(self, agent) as ordeal:
                ordeal.await_that(lambda: ordeal.is_up() == 1)
                ordeal.await_polls(3)
                for step, days in (("+1d", 1), ("-1d", -1), ("+0", 0)):
                    before = findings(agent)
                    set_clock(clock, step)
                    # The library that tells it the time asks the kernel every two seconds only.
                    ordeal.await_that(lambda days=days: abs(days_off(ordeal) - days) < 0.01)
                    ordeal.await_polls(5)
                    self.assertEqual((ordeal.is_up(), ordeal.is_up("routes")), (1, 1), step)
                    self.assertEqual(findings(agent), before, step)
                ordeal.held("clock set")
                ordeal.ends(signal.SIGTERM)


def set_clock(path, offset):
    with open(path + ".new", "w") as file:
        file.write(offset)
    os.replace(path + ".new", path)


def days_off(ordeal):
    """How many days ahead of ours the clock is that the agent goes by."""
    return (ordeal.now("caliwatch_last_poll_timestamp_seconds") - time.time()) / 86400


def findings(agent):
    """The findings there are now, in any order."""
    text = agent.ask("/metrics")[2].decode()
    return sorted(re.findall(r"(?m)^caliwatch_finding_since_timestamp_seconds\{([^}]*)\}", text))


class Intruder(unittest.TestCase):
    @row(
        "intruder", "runs code within the agent", "no system call but the agent's, no program, no file but the state's"
    )
    def test_every_thread_is_confined(self):
        """What that forbids, confinement_test tries."""
        with Agent(*FAST) as agent, Ordeal(self, agent) as ordeal:
            told = agent.started
            if "seccomp" not in told:
                self.skipTest(told)
            ordeal.await_polls(2)
            threads = os.listdir(f"/proc/{agent.pid}/task")
            self.assertGreater(len(threads), 5)
            for thread in threads:
                with open(f"/proc/{agent.pid}/task/{thread}/status") as file:
                    status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
                self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"), status["Name"])


if __name__ == "__main__":
    run_tests()
