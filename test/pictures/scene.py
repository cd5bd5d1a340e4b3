# SPDX-License-Identifier: Apache-2.0
"""A lab of four nodes, and a real Prometheus that scraped it before, during and after a slow convergence, and while
things are wrong: what dashboards are tested with, and drawn from."""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "test/e2e"))

from agents import by, ready, scrape  # noqa: E402
from monitoring import Monitoring  # noqa: E402
from witness import eventually  # noqa: E402

from calicolab import Lab  # noqa: E402

NODES = ("node1", "node2", "node3", "node4")
BROKEN, BAD_MTU, HUNG, GONE = NODES
DEAD = "10.39.1.101"
WAIT = 20  # seconds that BIRD's graceful restart waits for the dead peer
_CALM = 6  # seconds of nothing new, before and after
_ORPHANED = 17  # seconds until interfaces that belong to no pod are told of


class NamedNodes(Monitoring):
    """Calls nodes by their names, as the relabeling of deploy/prometheus/prometheus.yml does."""

    def _write(self, name, text):
        if name == "prometheus.yml":
            text += "    relabel_configs:\n" + "".join(
                f"      - {{source_labels: [__address__], regex: '{_target(node)}', target_label: instance, replacement: {node}}}\n"
                for node in NODES
            )
        super()._write(name, text)


class Scene:
    """start and end: seconds since the epoch between which Prometheus saw all of it; the lab goes on until close().

    pending: whom BIRD's recovery waited for, by birdc, while it lasted.
    """

    def __init__(self, agent):
        self.lab = Lab(
            nodes=len(NODES), pods=2, agent=agent, agent_args=("--poll.interval=1s", "--check.pods"), wait=False, hold_time=6,
            graceful_restart_wait=WAIT, peers=[{"address": DEAD, "dead": "silent", "node": BROKEN}],
        )  # fmt: skip
        self.monitoring = None

    def play(self, say=lambda line: None):
        say("a healthy cluster")
        self._begin()
        say(f"BIRD of {BROKEN} restarts, and waits {WAIT} s for a dead peer")
        self._converge_slowly()
        say("a pod is cut off, a node loses its power, a BIRD hangs")
        self._break()
        self.end = time.time()

    def _begin(self):
        self.lab.start()
        self.lab.restart_bird(BROKEN, recover=False)  # or the dead peer would hold up the beginning, too
        self.lab.wait_for_bgp(60)
        ready(self.lab)
        self.monitoring = NamedNodes(self.lab, [_target(node) for node in NODES])
        if not eventually(lambda: self._answering() == len(NODES), timeout=40):
            raise RuntimeError("Prometheus does not get at every agent")
        self.start = time.time()
        time.sleep(_CALM)

    def _answering(self):
        found = (self.monitoring.ask("query?query=sum(up)") or {}).get("result")
        return found and int(found[0]["value"][1])

    def _converge_slowly(self):
        self.lab.restart_bird(BROKEN)
        time.sleep(WAIT / 2)
        self.pending = _pending(self.lab.node(BROKEN).run(["birdc", "show", "protocols", "all"]).stdout)
        if not eventually(lambda: not any(self._elapsed().values()), timeout=WAIT + 20):
            raise RuntimeError("it has not converged")
        time.sleep(_CALM)

    def _elapsed(self):
        return by(scrape(self.lab, BROKEN), "caliwatch_convergence_elapsed_seconds", "family")

    def _break(self):
        self.lab.fault("cut-off-pod", BROKEN)
        self.lab.fault("wrong-mtu", BAD_MTU)
        self.lab.fault("kill-node", GONE)
        time.sleep(_ORPHANED - _CALM)
        self.lab.stop_bird(HUNG, families=("ipv6",))
        time.sleep(2 * _CALM)

    def close(self):
        if self.monitoring:
            self.monitoring.close()
        self.lab.close()


def _target(node):
    return f"10.39.1.{10 + int(node[-1])}:10179"


def _pending(protocols):
    """Neighbor addresses of those whose graceful restart recovery birdc calls pending."""
    found, waits = set(), False
    for line in protocols.splitlines():
        if line and not line.startswith(" "):
            waits = False
        waits = waits or "GR recovery:    pending" in line or "GR recovery: pending" in " ".join(line.split())
        if waits and "Neighbor address:" in line:
            found.add(line.split()[-1])
    return found
