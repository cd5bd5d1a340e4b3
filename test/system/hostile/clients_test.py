#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clients that are slow, many, huge or malformed: scrapes and probes are answered all the while."""

import contextlib
import gzip
import http.client
import itertools
import json
import pathlib
import re
import socket
import threading
import time
import unittest

from harness.main import run_tests
from harness.program import Agent
from hostile.table import row

SCRAPER = "127.0.0.1"
ONE_ADDRESS = ["127.0.0.2"]
MANY_ADDRESSES = [f"127.0.0.{2 + n}" for n in range(64)]
REQUEST = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HEADS_FROM_ONE = "a scrape from another address takes ≤ 250 ms, a probe ≤ 1 s"
HEADS_FROM_MANY = "a scrape from another address takes ≤ 1 s, a probe too"


class Crowd:
    """Connections from `sources` in turn, each of which says `opening` and then what `go_on` makes of it; one that the
    agent ends is replaced at once."""

    def __init__(self, port, sources, opening, size=400, go_on=lambda client: None):
        self._port, self._opening, self._go_on = port, opening, go_on
        self._sources = itertools.cycle(sources)
        self._clients, self._stop, self.made = [], threading.Event(), 0
        self._size = size
        self._thread = threading.Thread(target=self._attack, daemon=True)

    def _join(self):
        client = socket.socket()
        try:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.bind((next(self._sources), 0))
            client.connect(("127.0.0.1", self._port))
            client.sendall(self._opening)
            client.setblocking(False)
        except OSError:
            client.close()
            return
        self.made += 1
        self._clients.append(client)

    def _goes_on(self, client):
        try:
            self._go_on(client)
            return client.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def _attack(self):
        while not self._stop.is_set():
            while len(self._clients) < self._size and not self._stop.is_set():
                self._join()
            gone = [client for client in self._clients if not self._goes_on(client)]
            self._clients = [client for client in self._clients if client not in gone]
            for client in gone:
                client.close()
            time.sleep(0.01)

    def __enter__(self):
        self._thread.start()
        while self.made < self._size:  # all are there before anything is measured
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        for client in self._clients:
            client.close()


def ask(port, path, source=SCRAPER, headers=None, timeout=20):
    """(seconds, status, headers, body)"""
    begin = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout, source_address=(source, 0))
    with contextlib.closing(connection):
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
        return time.monotonic() - begin, answer.status, answer.headers, body


def memory(agent, field):
    """Of /proc, in MiB."""
    for line in pathlib.Path(f"/proc/{agent._process.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise AssertionError(field)


class Clients(unittest.TestCase):
    def setUp(self):
        self.agent = self.enterContext(Agent("--poll.interval", "1s"))
        while self.agent.ask("/-/ready")[0] != 200:
            time.sleep(0.01)

    def holds(self, scrape_limit, seconds=5):
        """Scrapes and probes, again and again; the worst of each is within its limit."""
        scrapes, probes = [], []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            took, status, _, body = ask(self.agent.port, "/metrics")
            self.assertEqual((status, b"\ncaliwatch_polls_total " in body), (200, True))
            scrapes.append(took)
            took, status, _, _ = ask(self.agent.health_port, "/-/healthy")
            self.assertEqual(status, 200)
            probes.append(took)
            time.sleep(0.02)
        print(
            f"{self._testMethodName}: {len(scrapes)} scrapes, worst {max(scrapes) * 1000:.0f} ms; worst probe "
            f"{max(probes) * 1000:.0f} ms; peak {memory(self.agent, 'VmHWM'):.1f} MiB"
        )
        self.assertLessEqual(max(scrapes), scrape_limit)
        self.assertLessEqual(max(probes), 1)

    def withstands(self, sources, limit, opening, go_on=lambda client: None, size=400):
        with Crowd(self.agent.port, sources, opening, size, go_on):
            self.holds(limit)

    @row("client", "says half a request and no more, 400 at a time from one address", HEADS_FROM_ONE)
    def test_half_requests_from_one_address(self):
        self.withstands(ONE_ADDRESS, 0.25, b"GET /metr")

    @row("client", "says half a request and no more, 400 at a time from 64 addresses", HEADS_FROM_MANY)
    def test_half_requests_from_many_addresses(self):
        self.withstands(MANY_ADDRESSES, 1, b"GET /metr")

    @row("client", "sends a head byte by byte, 400 at a time from one address", HEADS_FROM_ONE)
    def test_dripping_heads_from_one_address(self):
        self.withstands(ONE_ADDRESS, 0.25, b"GET /", go_on=lambda client: client.send(b"x"))

    @row("client", "sends a head byte by byte, 400 at a time from 64 addresses", HEADS_FROM_MANY)
    def test_dripping_heads_from_many_addresses(self):
        self.withstands(MANY_ADDRESSES, 1, b"GET /", go_on=lambda client: client.send(b"x"))

    @row("client", "connects and says nothing, 400 at a time from one address", HEADS_FROM_ONE)
    def test_silent_clients_from_one_address(self):
        self.withstands(ONE_ADDRESS, 0.25, b"")

    @row("client", "asks for the metrics and reads nothing, 400 at a time from one address", HEADS_FROM_ONE)
    def test_deaf_clients_from_one_address(self):
        self.withstands(ONE_ADDRESS, 0.25, REQUEST % b"/metrics")

    @row("client", "asks for the metrics and reads nothing, 400 at a time from 64 addresses", HEADS_FROM_MANY)
    def test_deaf_clients_from_many_addresses(self):
        self.withstands(MANY_ADDRESSES, 1, REQUEST % b"/metrics")

    @row("client", "sends heads of 64 KiB, 100 at a time from one address", HEADS_FROM_ONE)
    def test_huge_heads(self):
        self.withstands(ONE_ADDRESS, 0.25, b"GET / HTTP/1.1\r\nX: " + b"a" * 65536, size=100)

    @row("client", "is silent at the probes' server, 400 at a time", HEADS_FROM_ONE)
    def test_silent_clients_where_the_probes_are(self):
        with Crowd(self.agent.health_port, ONE_ADDRESS, b"GET /-/hea"):
            self.holds(0.25)

    @row("client", "drips a head for ever", "it is cut off after 3 s, and not sooner")
    def test_a_head_has_one_deadline_however_it_comes(self):
        with socket.create_connection(("127.0.0.1", self.agent.port)) as client:
            client.sendall(b"GET /")
            begin = time.monotonic()
            with contextlib.suppress(OSError):
                while time.monotonic() - begin < 20:
                    client.sendall(b"x")
                    client.settimeout(0.1)
                    with contextlib.suppress(TimeoutError):
                        if client.recv(1) == b"":
                            break
            took = time.monotonic() - begin
        print(f"{self._testMethodName}: {took:.1f} s")
        self.assertGreater(took, 2.5)
        self.assertLess(took, 4)

    @row("client", "sends what is no request, pipelines, upgrades, brings a body", "each gets a whole answer or none")
    def test_malformed_requests_get_a_whole_answer(self):
        upgrade = (
            b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"
        )
        for request, status in (
            (b"junk\r\n\r\n", b"400"),
            (b"\x00\x01\x02\x03", b"400"),
            (b"GET / HTTP/9.9\r\n\r\n", b"505"),
            (b"\xffPOST /metri HcsTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", b"400"),
            (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421"),
            (b"GET / HTTP/1.1\r\nHost: n\r\nX: " + b"a" * 20000 + b"\r\n\r\n", b"400"),
            (b"POST /metrics HTTP/1.1\r\nHost: n\r\nContent-Length: 9\r\n\r\n", b"405"),
            (b"GET /metrics HTTP/1.1\r\nHost: n\r\nContent-Length: 9\r\n\r\n", b"413"),
            (b"GET /metrics HTTP/1.1\r\nHost: n\r\n\r\n" * 9, b"200"),
            (b"GET /metrics HTTP/1.1\r\nHost: n\r\n" + upgrade + b"\r\n", b"200"),
        ):
            with self.subTest(request[:40]), socket.create_connection(("127.0.0.1", self.agent.port), 20) as client:
                client.sendall(request)
                answer = b""
                with contextlib.suppress(ConnectionResetError):
                    while piece := client.recv(65536):
                        answer += piece
                head, _, body = answer.partition(b"\r\n\r\n")
                self.assertRegex(head, rb"^HTTP/\d\.\d " + status + b" ")
                for length in re.findall(rb"\r\nContent-Length: (\d+)", head):
                    self.assertEqual(int(length), len(body))
                self.assertIn(b"\r\nConnection: close", head)
        self.holds(0.25, seconds=1)

    @row("client", "50 at once read the JSON and the page", "each gets it whole; a scrape takes ≤ 250 ms meanwhile")
    def test_readers_of_the_report(self):
        wrong, read = [], []

        def reader():
            for path in ("/api/v1/report", "/") * 10:
                _, status, headers, body = ask(
                    self.agent.port, path, source=ONE_ADDRESS[0], headers={"Accept-Encoding": "gzip"}
                )
                text = gzip.decompress(body)
                (read if status == 200 else wrong).append(len(text))
                if path != "/":
                    json.loads(text)

        readers = [threading.Thread(target=reader) for _ in range(50)]
        for thread in readers:
            thread.start()
        self.holds(0.25, seconds=4)
        for thread in readers:
            thread.join()
        self.assertEqual((len(read), wrong), (1000, []))


if __name__ == "__main__":
    run_tests(lab=False)
