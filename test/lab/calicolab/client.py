# SPDX-License-Identifier: Apache-2.0
"""Talks to a running lab from outside: the Python API of tests, and what the command line uses."""

from __future__ import annotations

import os
import signal
import socket
import subprocess

from calicolab.errors import CommandFailed, LabError
from calicolab.running import Captured, Running
from calicolab.waiting import patience
from calicolab.wire import Wire


def socket_address(name):
    return f"\0caliwatch-lab-{os.geteuid()}/{name}"


def running_labs():
    """The names of this user's labs."""
    prefix = "@" + socket_address("")[1:]
    with open("/proc/net/unix") as table:
        paths = {line.split()[-1] for line in table}
    return sorted(path[len(prefix) :] for path in paths if path.startswith(prefix))


class Client:
    """families: ("ipv4",) or ("ipv6",) for one daemon of a node; empty for both."""

    def __init__(self, name):
        self.name = name

    def node(self, name):
        return Place(self, name)

    pod = node  # by namespace/name

    def status(self):
        """{"nodes": [a dict each], "faults": [names]}."""
        return self.call("status")

    def down(self):
        self.call("down")

    def wait_for_bgp(self, timeout=30):
        """Until all sessions are established and all blocks are in all kernels; LabError names what is missing."""
        self.call("wait_for_bgp", timeout=timeout)

    def add_pod(self, node, name=None, addresses=None):
        """Returns {"name", "interface", "ipv4", "ipv6"}. addresses: {family: address}, also of other nodes' blocks, as
        IPAM borrows them; by default the next free ones."""
        return self.call("add_pod", node=node, name=name, addresses=addresses)

    def claim_block(self, node):
        """The node gets a block more."""
        self.call("claim_block", node=node)

    def delete_pod(self, node, name):
        self.call("delete_pod", node=node, name=name)

    def add_node(self, name, octet):
        """It joins the mesh with the address 10.39.1.<octet>; all others are reconfigured."""
        self.call("add_node", name=name, octet=octet)

    def remove_node(self, name):
        self.call("remove_node", name=name)

    def reconfigure(self, node):
        """Makes BIRD read its config again, as confd does."""
        self.call("reconfigure", node=node)

    def fault(self, name, *arguments):
        """Any fault of faults.py, by its name with dashes; returns what to look at."""
        return self.call("break_it", name=name, arguments=arguments)

    def heal(self, name=None):
        """Heals the faults of this name, or all; returns what was healed."""
        return self.call("heal", name=name)

    def start_agent(self, node):
        self.call("start_agent", node=node)

    def kill_agent(self, node, number=signal.SIGTERM):
        """Returns when it has ended; start_agent brings it back under the same address."""
        self.call("kill_agent", node=node, number=int(number))

    def agent_url(self, node):
        """http://127.0.0.1:PORT/, reachable from this machine."""
        agents = {row["name"]: row["agent"] for row in self.status()["nodes"]}
        return agents[node]["url"]

    def start_bird(self, node, families=(), recover=True):
        self.call("start_bird", node=node, families=families, recover=recover)

    def kill_bird(self, node, number=signal.SIGKILL, families=()):
        """Returns when it is dead; it stays so until start_bird."""
        self.call("kill_bird", node=node, families=families, number=int(number))

    def restart_bird(self, node, number=signal.SIGKILL, families=(), recover=True):
        self.call("restart_bird", node=node, families=families, number=int(number), recover=recover)

    def stop_bird(self, node, families=()):
        """Freezes it (SIGSTOP) until continue_bird."""
        self.call("signal_bird", node=node, families=families, number=int(signal.SIGSTOP))

    def continue_bird(self, node, families=()):
        self.call("signal_bird", node=node, families=families, number=int(signal.SIGCONT))

    def call(self, do, fds=(), **arguments):
        """Any function of commands.py."""
        with self.connect() as lab:
            lab.send({"do": do, "with": arguments}, fds)
            message, _ = lab.receive()
        if message is None:
            raise LabError("the lab has ended")
        if "error" in message:
            raise LabError(message["error"])
        return message["result"]

    def connect(self):
        """A Wire to the lab."""
        lab = Wire(socket.socket(socket.AF_UNIX))
        try:
            lab.connect(socket_address(self.name))
        except OSError:
            lab.close()
            raise LabError(f"no lab named {self.name} runs; start one with `lab up`") from None
        if lab.peer_uid() != os.geteuid():
            lab.close()
            raise LabError(f"the lab {self.name} belongs to another user")
        return lab


class Place:
    """A node, a pod, the monitor or the gateway: somewhere commands can run."""

    def __init__(self, client, name):
        self.client = client
        self.name = name

    def run(self, argv, given=None, timeout=30, check=True):
        """Returns a CompletedProcess with text; a failure raises CommandFailed unless check is False."""
        with self.start(argv, given) as running:
            code = running.wait(patience(timeout))
            done = subprocess.CompletedProcess(argv, code, running.out, running.err)
        if check and code != 0:
            raise CommandFailed(f"`{' '.join(argv)}` on {self.name} ended with {code}: {done.stderr.strip()}")
        return done

    def start(self, argv, given=None):
        """Runs it beside us; returns a Captured."""
        return Captured(self.client.connect(), self.name, argv, given)

    def run_here(self, argv):
        """Runs it on our own terminal; returns its exit code."""
        with self.start_here(argv) as running:
            return running.wait()

    def start_here(self, argv):
        """The same, beside us; returns a Running."""
        return Running(self.client.connect(), self.name, argv, (0, 1, 2))

    def ping(self, address, timeout=1.0):
        """True when the address answered."""
        return self.client.call("send_ping", where=self.name, address=address, timeout=timeout)
