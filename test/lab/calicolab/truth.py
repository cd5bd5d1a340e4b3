# SPDX-License-Identifier: Apache-2.0
"""What really happened when a BIRD restarted, by witnesses that caliwatch has no part in: the kernel's own
announcements as `ip -ts monitor route` stamps them, BIRD's log as it appears in its file, and the start of BIRD's
process in /proc."""

from __future__ import annotations

import dataclasses
import datetime
import os
import re
import sys
import time

from calicolab.waiting import eventually

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
_FLAG = {"ipv4": "-4", "ipv6": "-6"}
_BIRDC = {"ipv4": "birdc", "ipv6": "birdc6"}
_LOG = {"ipv4": "bird.log", "ipv6": "bird6.log"}
_ROUTE = re.compile(r"^\[(?P<at>\S+)\] (?P<gone>Deleted )?(?P<prefix>\S+) .*proto bird")
_UP = re.compile(r"(?P<peer>\w+): State changed to up$")
_NEIGHBOR = re.compile(r"Neighbor address: (\S+)")
_PENDING = re.compile(r"GR recovery: .*pending")


@dataclasses.dataclass
class Truth:
    """Moments are seconds since the epoch; end is None when the expected never was there again."""

    start: float
    end: float | None
    recovery_end: float | None
    peer_up: dict[str, float]
    phases: dict[str, float]  # seconds, by the agent's names; empty without an end
    longest_gap: float
    prefix_seconds: float

    @property
    def duration(self):
        return None if self.end is None else self.end - self.start


class Witness:
    """Watches one node's BIRD and routes of one family from its making until stop()."""

    def __init__(self, lab, node, family="ipv4"):
        self._lab, self._node, self._family = lab, node, family
        self._place = lab.node(node)
        folder = os.path.dirname(self._place.run(["sh", "-c", "echo $CALICO_RUN_DIR"]).stdout.strip().rstrip("/"))
        self._routes = self._place.start(["ip", "-ts", _FLAG[family], "monitor", "route"])
        self._log = self._place.start([sys.executable, "-c", _FOLLOW, os.path.join(folder, _LOG[family])])
        eventually(lambda: "ready" in self._log.out, every=0.02)
        self.peers = self._established()
        listed = self._place.run(["ip", _FLAG[family], "route", "show", "proto", "bird"]).stdout
        rows = [line.split() for line in listed.splitlines() if " via " in line]
        self.gateways = {row[0]: row[row.index("via") + 1] for row in rows}  # of expected routes, by destination

    def _established(self):
        listed = self._ask("show protocols")
        return {line.split()[0] for line in listed.splitlines() if " BGP " in line and "Established" in line}

    def _ask(self, question):
        return self._place.run([_BIRDC[self._family], *question.split()]).stdout

    def forget(self, address):
        """The peer with this address leaves for good: neither it nor its routes are to come back."""
        suffix = "_" + address.replace(".", "_").replace(":", "_")
        self.peers = {peer for peer in self.peers if not peer.endswith(suffix)}
        self.gateways = {prefix: gateway for prefix, gateway in self.gateways.items() if gateway != address}

    def pending(self):
        """The addresses of the peers that BIRD's recovery waits for now."""
        blocks = re.split(r"\n(?=\S)", self._ask("show protocols all"))
        waited_for = [_NEIGHBOR.search(block) for block in blocks if _PENDING.search(block)]
        return {match[1] for match in waited_for if match}

    def bird_start(self):
        """Of the BIRD that runs now, from /proc: exact to a clock tick, 10 ms."""
        status = {row["name"]: row for row in self._lab.status()["nodes"]}
        stat = self._place.run(["cat", f"/proc/{status[self._node]['bird'][self._family]['pid']}/stat"]).stdout
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
        last_back, longest, total, missing = self._gaps(start)
        end, phases = None, {}
        if not missing and self.peers <= set(peer_up):
            recovered = done or since
            peered = max([recovered, *(peer_up[name] for name in self.peers)])
            end = max(peered, last_back or since)
            phases = {"graceful_restart": recovered - start, "peers": peered - recovered, "programming": end - peered}
        return Truth(start, end, done, peer_up, phases, longest, total)

    def _gaps(self, start):
        """(last return, longest gap, sum of gaps, still missing): a gap counts that was not over before BIRD's
        start."""
        lost, last, longest, total = {}, None, 0.0, 0.0
        for line in self._routes.out.splitlines():
            match = _ROUTE.match(line)
            if not match or match["prefix"] not in self.gateways:
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
