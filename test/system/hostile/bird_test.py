#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""BIRD as the agent's enemy: silent, slow, endless, lying, gone, or something else in its place."""

import contextlib
import os
import signal
import tempfile
import unittest

from harness.main import run_tests
from harness.program import Agent
from hostile.birds import frozen, impostor, real_bird
from hostile.ordeal import Ordeal
from hostile.table import row

HOLDS = "that source alone is down; scrapes ≤ 250 ms, ≤ 64 MiB; up again within 2 polls; SIGTERM ends it within 1 s"


class BirdTest(unittest.TestCase):
    def survives(self, misbehaving, polls=3):
        """`misbehaving(folder)`: a context in which that happens in BIRD's place."""
        with (
            tempfile.TemporaryDirectory() as folder,
            Agent("--poll.interval", "500ms", run_dir=folder) as agent,
            Ordeal(self, agent) as ordeal,
        ):
            with real_bird(folder):
                ordeal.await_that(lambda: ordeal.is_up() == 1)
            with misbehaving(folder):
                ordeal.await_that(lambda: ordeal.is_up() == 0)
                ordeal.await_polls(polls)
                self.assertEqual((ordeal.is_up(), ordeal.is_up("routes")), (0, 1))
            with real_bird(folder):
                took = ordeal.comes_back(lambda: ordeal.is_up() == 1)
            with misbehaving(folder):
                ordeal.await_that(lambda: ordeal.is_up() == 0)
                ordeal.held(f"{self.id().rpartition('.')[2]} (back after {took} polls)")
                ordeal.ends(signal.SIGTERM)


def instead(make, remove):
    """Something else in the place of the socket."""

    @contextlib.contextmanager
    def there(folder):
        path = os.path.join(folder, "bird.ctl")
        make(path)
        try:
            yield
        finally:
            remove(path)

    return there


class Speaking(BirdTest):
    @row("BIRD", "takes connections and never says a word", HOLDS)
    def test_mute(self):
        self.survives(lambda folder: impostor(folder, lambda talk: talk.wait()))

    @row("BIRD", "is stopped (SIGSTOP)", HOLDS)
    def test_frozen(self):
        self.survives(frozen)

    @row("BIRD", "greets one byte a second", HOLDS)
    def test_dripping_from_the_start(self):
        self.survives(lambda folder: impostor(folder, lambda talk: talk.drip(b"0001 BIRD 2.0.12 ready.\n")))

    @row("BIRD", "answers one byte a second", HOLDS)
    def test_dripping_answer(self):
        def drip(talk):
            talk.welcome()
            talk.drip(b"1000-BIRD 2.0.12\n")

        self.survives(lambda folder: impostor(folder, drip), polls=1)

    @row("BIRD", "answers without end, as fast as it can", HOLDS)
    def test_endless_lines(self):
        self.survives(lambda folder: impostor(folder, endless(b" static1 up\n" * 5000)))

    @row("BIRD", "answers one line without end, as fast as it can", HOLDS)
    def test_an_endless_line(self):
        self.survives(lambda folder: impostor(folder, endless(b"x" * 65536)))

    @row("BIRD", "answers `show status` well and `show protocols all` without end", HOLDS)
    def test_endless_protocols(self):
        self.survives(lambda folder: impostor(folder, well_but((b"show protocols", PEERS))))

    @row("BIRD", "greets without end, as fast as it can", HOLDS)
    def test_endless_greeting(self):
        def greet(talk):
            while True:
                talk.say(b"0001-BIRD 2.0.12\n" * 4096)

        self.survives(lambda folder: impostor(folder, greet))

    @row("BIRD", "hangs up at once, before a word", HOLDS)
    def test_hanging_up(self):
        self.survives(lambda folder: impostor(folder, lambda talk: None))

    @row("BIRD", "hangs up in the middle of each answer", HOLDS)
    def test_hanging_up_in_mid_answer(self):
        def half(talk):
            talk.welcome()
            talk.say(b"1000-BIRD 2.0.12\n1011-Router ID is 10.3")

        self.survives(lambda folder: impostor(folder, half))

    @row("BIRD", "does not let itself be restricted to reading", HOLDS + "; it is asked nothing")
    def test_no_restriction(self):
        heard = []

        def refuse(talk):
            talk.say(b"0001 BIRD 2.0.12 ready.\n")
            while True:
                heard.append(talk.hear())
                talk.say(b"9001 syntax error\n")

        self.survives(lambda folder: impostor(folder, refuse))
        self.assertLessEqual(set(heard), {b"restrict\n", b"echo all 65536\n"})

    @row("BIRD", "is another program: a web server, SSH, random bytes", HOLDS)
    def test_another_program(self):
        for words in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", os.urandom(4096) + b"\n0000 \n"):

            def speak(talk, words=words):
                talk.say(words)
                talk.wait()

            self.survives(lambda folder, speak=speak: impostor(folder, speak))

    @row("BIRD", "answers what cannot be: random bytes, negative and enormous numbers, in the right form", HOLDS)
    def test_lying(self):
        self.survives(lambda folder: impostor(folder, lie))


def endless(text):
    def script(talk):
        talk.welcome()
        while True:
            talk.say(text)

    return script


def well_but(bad):
    """Answers all but the questions that begin like `bad`, to which `bad`'s text is said for ever."""
    hard, text = bad

    def script(talk):
        question = talk.welcome()
        while not question.startswith(hard):
            talk.say(ANSWERS.get(question, b"0000 \n"))
            question = talk.hear()
        while True:
            talk.say(text)

    return script


ANSWERS = {
    b"show status\n": b"1000-BIRD 2.0.12\n1011-Router ID is 10.39.1.231\n0013 Daemon is up and running\n",
    b"show protocols all\n": b"1002-static1 Static --- up 2026-01-01\n1006-  State: up\n0000 \n",
}
PEERS = b"".join(b"1002-Mesh_%d BGP --- up 2026-01-01 Established\n1006-  Routes: 1\n" % peer for peer in range(5000))
ROUTES = b"".join(b"1007-10.%d.%d.0/26 unicast [Mesh_1 2026-01-01] (100)\n" % (i >> 8, i & 255) for i in range(9999))


def lie(talk):
    question = talk.welcome()
    while True:
        talk.say(b"1000-BIRD -1.99999999999999999999\n1011-Router ID is 999.999.999.999\n")
        talk.say(b"1011-Last reboot on 9999-99-99 99:99:99\n1002-" + os.urandom(2000).replace(b"\n", b"") + b"\n")
        talk.say(b"1006-      Import updates: -1 99999999999999999999 x x x\n\xff\xfe\n9999 " + question)
        question = talk.hear()


class Replaced(BirdTest):
    @row("BIRD", "has a plain file in the place of its socket", HOLDS)
    def test_a_file(self):
        self.survives(instead(lambda path: open(path, "w").close(), os.unlink))

    @row("BIRD", "has a folder in the place of its socket", HOLDS)
    def test_a_folder(self):
        self.survives(instead(os.mkdir, os.rmdir))

    @row("BIRD", "has a link to nowhere, or to itself, in the place of its socket", HOLDS)
    def test_links(self):
        self.survives(instead(lambda path: os.symlink("/nowhere/at/all", path), os.unlink))
        self.survives(instead(lambda path: os.symlink(path, path), os.unlink))

    @row("BIRD", "has a FIFO in the place of its socket", HOLDS)
    def test_a_fifo(self):
        self.survives(instead(os.mkfifo, os.unlink))

    @row("BIRD", "was killed and left its socket behind", HOLDS)
    def test_a_socket_without_anybody(self):
        @contextlib.contextmanager
        def abandoned(folder):
            with real_bird(folder) as bird:
                bird.signal(signal.SIGKILL)
                yield

        self.survives(abandoned)


class Old(unittest.TestCase):
    @row("BIRD", "is of version 1.6, changes to 2.0 and back", "up with both, within 2 polls of each change")
    def test_both_versions_in_turn(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            Agent("--poll.interval", "500ms", run_dir=folder) as agent,
            Ordeal(self, agent) as ordeal,
        ):
            for version in ("1.6.8", "2.0.12", "1.6.8"):
                with real_bird(folder, version):
                    ordeal.comes_back(lambda: ordeal.is_up() == 1)
                    ordeal.comes_back(lambda version=version: ordeal.now("caliwatch_bird_info", version=version))
            ordeal.held("both versions")
            ordeal.ends(signal.SIGTERM)


if __name__ == "__main__":
    run_tests()
