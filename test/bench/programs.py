# SPDX-License-Identifier: Apache-2.0
"""The programs that `make bench` measures and what stands around them, as processes of the measured node."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from bench import calico_node as node
from bench.usage import NotYet, Scraper, cpu_ms, usage_of
from calicolab.tools import find_bird

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(os.environ.get("CALIWATCH_TOOLS", ROOT / "build/tools"))
COLLECTORS = ["--collector.disable-defaults"] + [f"--collector.{name}" for name in ("arp", "netdev", "netclass")]
AGENT, AGENT_PORT = "caliwatch", 10179
BIRD_SOCKET = f"{node.RUN}/bird.ctl"
BIRD_FLAGS = [f"-bird.socket={BIRD_SOCKET}", "-bird.ipv6=false"]


class Process:
    """Ends with the namespaces."""

    def __init__(self, name, argv, **options):
        self.name = name
        self._log = Path(node.FOLDER, f"{name}.log".replace(" ", "-"))
        with open(self._log, "ab") as log:
            options = {"stdin": subprocess.DEVNULL, "stdout": log, **options}
            self.process = subprocess.Popen([str(part) for part in argv], stderr=log, **options)
        self.pid = self.process.pid

    def cpu_ms(self):
        return cpu_ms(self.pid)

    def usage(self):
        return usage_of(self.pid)

    def end(self):
        self.process.terminate()
        self.process.wait()

    def check(self):
        if self.process.poll() is not None:
            log = self._log.read_text(errors="replace")[-2000:]
            raise SystemExit(f"{self.name} ended with {self.process.returncode}:\n{log}")


class Exporter(Process):
    """Whatever answers scrapes."""

    def __init__(self, name, argv, port):
        super().__init__(name, argv)
        self.scraper = Scraper(port)
        deadline = time.monotonic() + 60
        while True:
            self.check()
            with contextlib.suppress(OSError, NotYet):
                self.scraper.scrape()
                return
            if time.monotonic() > deadline:
                raise SystemExit(f"{name} does not answer on port {port}")
            self.scraper = Scraper(port)
            time.sleep(0.05)


def agent(program, interval, name=AGENT):
    """As deploy/kubernetes starts it, but for where the node's folders are."""
    return Exporter(
        name,
        [program, "agent", "--calico.run-dir", node.RUN, "--calico.lib-dir", node.LIB, "--poll.interval", interval,
         "--web.listen-address", f"127.0.0.1:{AGENT_PORT}", "--state.file", f"{node.FOLDER}/state"],
        AGENT_PORT,
    )  # fmt: skip


def exporters():
    """{what it is: (program, arguments)} of those that are here."""
    by_netlink = [*COLLECTORS, "--collector.netclass.netlink"]
    all_of_them = {
        "node_exporter of Debian": (_of_debian("node"), COLLECTORS),
        "node_exporter": (TOOLS / "go/node_exporter", COLLECTORS),
        "node_exporter by netlink": (TOOLS / "go/node_exporter", by_netlink),
        "bird_exporter of Debian": (_of_debian("bird"), BIRD_FLAGS),
        "bird_exporter": (TOOLS / "go/bird_exporter", BIRD_FLAGS),
    }
    return {name: (program, arguments) for name, (program, arguments) in all_of_them.items() if program.exists()}


def _of_debian(what):
    return TOOLS / f"prometheus-{what}-exporter/usr/bin/prometheus-{what}-exporter"


def start_exporter(name, number):
    program, arguments = exporters()[name]
    port = 9400 + number
    return Exporter(name, [program, f"--web.listen-address=127.0.0.1:{port}", *arguments], port)


def version_of(program):
    """As it says itself. What `go install` built knows none: .ci/install-go-tools wrote it beside it."""
    done = subprocess.run([program, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    words = done.stdout.replace(",", "").split()
    said = next((after for word, after in zip(words, words[1:]) if word.lower() in ("version", "version:")), "?")
    beside = program.with_name(f"{program.name}.version")
    return beside.read_text().strip().rpartition("@v")[2] if beside.exists() and not said[:1].isdigit() else said


class Bird(Process):
    """That of IPv4 is measured; that of IPv6 is there because Calico runs it, too."""

    def __init__(self):
        tools = find_bird("1.6.8")
        self._client = tools.client["ipv4"]
        self.other = Process("bird6", self._argv(tools, "ipv6", "bird6"))
        super().__init__("bird", self._argv(tools, "ipv4", "bird"))

    @staticmethod
    def _argv(tools, family, name):
        return [tools.daemon[family], "-d", "-c", f"{node.FOLDER}/{name}.cfg", "-s", f"{node.RUN}/{name}.ctl"]


class Peers(Process):
    def __init__(self, size, outside):
        with outside.entered():
            super().__init__(
                "peers", [sys.executable, "-B", Path(__file__).with_name("peers.py"), size.name, os.getpid()],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.check()
        return json.loads(line)


class BirdAsker:
    """Asks one question on a connection that stays."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(BIRD_SOCKET)
        self._answer()
        self.ask("restrict")

    def ask(self, question):
        self._socket.sendall(question.encode() + b"\n")
        return self._answer()

    def _answer(self):
        """The end of an answer is a line whose number is followed by a space."""
        text = b""
        while True:
            part = self._socket.recv(65536)
            if not part:
                raise SystemExit("BIRD has closed its socket")
            text += part
            last = text[text.rfind(b"\n", 0, -1) + 1 :]
            if last.endswith(b"\n") and last[:4].isdigit() and last[4:5] == b" ":
                return text


def routes_of_bird():
    """How many the kernel has."""
    done = subprocess.run(["ip", "-4", "route", "show", "proto", "bird"], stdout=subprocess.PIPE, check=True)
    return done.stdout.count(b"\n")


def floor(program, dumps, pause_ms):
    """[CPU milliseconds of a dump of routes, neighbors and links]"""
    done = subprocess.run([program, str(dumps), str(pause_ms)], check=True, stdout=subprocess.PIPE, text=True)
    samples = [json.loads(line) for line in done.stdout.splitlines()]
    return [sum(sample[table] for table in ("routes", "neighbors", "links")) for sample in samples]
