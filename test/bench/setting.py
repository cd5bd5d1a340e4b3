# SPDX-License-Identifier: Apache-2.0
"""A measured node that runs: made in the caller's own namespaces, with BIRD, its peers, and their routes in the kernel.
All of it ends with those."""

import os
import subprocess
import sys
import time

from bench import calico_node as node
from bench import programs
from bench.usage import value

# Mounts, processes and network of its own; whoever is root in it is nobody outside.
SANDBOX = ["unshare", "-Urnmpf", "--mount-proc", "--kill-child"]
PATIENCE = 900  # seconds until BIRD and the kernel have all routes
FINDINGS = "caliwatch_check_findings"


class Setting:
    """`say` gets lines of progress."""

    def __init__(self, size, say):
        self.size, self.say = size, say
        os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:2])
        for folder, kind in {"/sys": "sysfs", "/run": "tmpfs"}.items():
            subprocess.run(["mount", "-t", kind, "none", folder], check=True)
        outside = node.build(size, say)
        self.bird = programs.Bird()
        self.peers = programs.Peers(size, outside)
        self._await_routes()

    def _await_routes(self):
        wanted, begin = self.size.routes + self.size.blocks, time.monotonic()
        while (found := programs.routes_of_bird()) != wanted:
            for process in (self.bird, self.peers):
                process.check()
            if time.monotonic() - begin > PATIENCE:
                sys.exit(f"after {PATIENCE} s the kernel has {found:,} routes of BIRD, not {wanted:,}")
            established = self.peers.tell("status")["established"]
            self.say(f"{established:,} of {self.size.peers:,} sessions, {found:,} of {wanted:,} routes")
            time.sleep(2)

    def start_agent(self, program, interval):
        """One that finds nothing wrong: of a node that is not as meant, no figure would mean anything. Beside a node of
        size M or more none is: the kernel counts the neighbors of all namespaces together."""
        agent = programs.agent(program, interval)
        time.sleep(10)
        deadline = time.monotonic() + 60
        while metric(agent, FINDINGS):
            if time.monotonic() > deadline:
                sys.exit(f"the node is not healthy: {'; '.join(found_by(agent))}")
            time.sleep(1)
        return agent


def metric(agent, name):
    return value(agent.scraper.scrape()[1], name)


def found_by(agent):
    """The series of checks that find something."""
    lines = agent.scraper.scrape()[1].decode().splitlines()
    return [line for line in lines if line.startswith(FINDINGS + "{") and not line.endswith(" 0")]


def await_poll(agent):
    """The number of polls, right after one."""
    polls = metric(agent, "caliwatch_polls_total")
    while (now := metric(agent, "caliwatch_polls_total")) == polls:
        agent.check()
        time.sleep(0.02)
    time.sleep(0.2)  # whatever is tidied up after it
    return now
