# SPDX-License-Identifier: Apache-2.0
"""What really happened when a BIRD restarted, by witnesses that caliwatch has no part in: the kernel's own announcements
as `ip -ts monitor route` stamps them, BIRD's log as it appears in its file, and the start of BIRD's process in /proc."""

from __future__ import annotations

import dataclasses
import datetime
import os
import re
import sys
import time
from typing import Dict, Optional

_CHANGE = 0.05  # seconds: a route deleted and added within them was changed, not lost
_FOLLOW = """
import sys, time
with open(sys.argv[1], errors="replace") as log:
    log.seek(0, 2)
    print("ready", flush=True)
    while True:
        line = log.readline()
        if line:
            print(time.time(), line.rstrip(), flush=True)
        else:
            time.sleep(0.004)
"""
_ROUTE = re.compile(r"^\[(?P<at>\S+)\] (?P<gone>Deleted )?(?P<prefix>\S+) .*proto bird")
_UP = re.compile(r"(?P<peer>\w+): State changed to up$")


@dataclasses.dataclass
class Truth:
    """Moments are seconds since the epoch; end is None when the expected never was there again."""

    start: float
    end: Optional[float]
    recovery_end: Optional[float]
    peer_up: Dict[str, float]
    longest_gap: float
    prefix_seconds: float

    @property
    def duration(self):
        return None if self.end is None else self.end - self.start


class Witness:
    """Watches one node's IPv4 from its making until stop()."""

    def __init__(self, lab, node):
        self._lab, self._node = lab, node
        self._place = lab.node(node)
        folder = os.path.dirname(self._place.run(["sh", "-c", "echo $CALICO_RUN_DIR"]).stdout.strip().rstrip("/"))
        self._routes = self._place.start(["ip", "-ts", "-4", "monitor", "route"])
        self._log = self._place.start([sys.executable, "-c", _FOLLOW, os.path.join(folder, "bird.log")])
        while "ready" not in self._log.out:
            time.sleep(0.02)
        self.peers = self._established()
        listed = self._place.run(["ip", "-4", "route", "show", "proto", "bird"]).stdout
        self.prefixes = {line.split()[0] for line in listed.splitlines() if " via " in line}

    def _established(self):
        listed = self._place.run(["birdc", "show", "protocols"]).stdout
        return {line.split()[0] for line in listed.splitlines() if " BGP " in line and "Established" in line}

    def bird_start(self):
        """Of the BIRD that runs now, from /proc: exact to a clock tick, 10 ms."""
        status = {row["name"]: row for row in self._lab.status()["nodes"]}
        stat = self._place.run(["cat", f"/proc/{status[self._node]['bird']['ipv4']['pid']}/stat"]).stdout
        ticks = int(stat.rpartition(")")[2].split()[19])
        since_boot = ticks / os.sysconf("SC_CLK_TCK")
        return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + since_boot

    def truth(self, start, last_start=None):
        """start: of the first BIRD of the episode; last_start: of the last, where it restarted again."""
        since = last_start or start
        done, peer_up = None, {}
        for line in self._log.out.splitlines()[1:]:
            at, _, text = line.partition(" ")
            if float(at) < since:
                continue
            if text.endswith("Graceful restart done"):
                done = float(at)
            if match := _UP.search(text):
                peer_up[match["peer"]] = float(at)
        expected_up = [peer_up.get(name) for name in self.peers]
        last_back, longest, total, missing = self._gaps(start)
        parts = [since, done or since, *expected_up, last_back or since]
        end = None if None in expected_up or missing else max(parts)
        return Truth(start, end, done, peer_up, longest, total)

    def _gaps(self, start):
        """(last return, longest gap, sum of gaps, still missing): a gap counts that was not over before BIRD's start."""
        lost, last, longest, total = {}, None, 0.0, 0.0
        for line in self._routes.out.splitlines():
            match = _ROUTE.match(line)
            if not match or match["prefix"] not in self.prefixes:
                continue
            at = datetime.datetime.fromisoformat(match["at"]).timestamp()
            if match["gone"]:
                lost.setdefault(match["prefix"], at)
                continue
            since = lost.pop(match["prefix"], None)
            if since is None or at < start:
                continue
            last = at
            if at - since > _CHANGE:
                longest, total = max(longest, at - since), total + at - since
        return last, longest, total, set(lost)

    def stop(self):
        for running in (self._routes, self._log):
            running.close()
