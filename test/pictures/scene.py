# SPDX-License-Identifier: Apache-2.0
"""A lab of four nodes, and a real Prometheus that scraped it before, during and after a slow convergence, and while
things are wrong: what dashboards are tested with, and drawn from."""

import json
import sys
import time

from calicolab import Lab, addressing
from calicolab.metrics import by, scrape
from calicolab.truth import Witness
from calicolab.waiting import eventually
from harness.monitoring import Monitoring
from harness.waiting import ready
from pictures import grafana

NODES = BROKEN, BAD_MTU, HUNG, GONE = "node1", "node2", "node3", "node4"
DEAD = "10.39.1.101"
WAIT = 20  # seconds that BIRD's graceful restart waits for the dead peer
HOLD_TIME = 6  # seconds
_CALM = 6  # seconds of nothing new, before and after
_CHOSEN = {"node": {"instance": [BROKEN]}}  # what the dashboards are opened with

_ASK = """
import json, sys, urllib.error, urllib.request
def ask(path):
    try:
        return json.load(urllib.request.urlopen("http://127.0.0.1:9090/api/v1/" + path, timeout=10))
    except urllib.error.HTTPError as error:
        return json.load(error)
print(json.dumps([ask(path) for path in json.load(sys.stdin)]))
"""


class NamedNodes(Monitoring):
    """Calls nodes by their names, as the relabeling of deploy/prometheus/prometheus.yml does."""

    def _write(self, name, text):
        if name == "prometheus.yml":
            text += "    relabel_configs:\n" + "".join(
                f"      - {{source_labels: [__address__], regex: '{_target(node)}', "
                f"target_label: instance, replacement: {node}}}\n"
                for node in NODES
            )
        super()._write(name, text)


class Scene:
    """start and end: seconds since the epoch between which Prometheus saw all of it; the lab goes on until close().

    pending: whom BIRD's recovery waited for, by birdc, while it lasted.
    """

    def __init__(self, agent):
        self.lab = Lab(
            nodes=len(NODES), pods=2, agent=agent, wait=False,
            agent_args=("--poll.interval=1s", "--check.pods", "--peers.detail=all"),  # so that no column is empty
            hold_time=HOLD_TIME, graceful_restart_wait=WAIT,
            peers=[{"address": DEAD, "dead": "silent", "node": BROKEN}],
        )  # fmt: skip
        self._monitoring = None

    def play(self, say=lambda line: None, look=lambda lab: None):
        """look: is called at the end, when nothing changes any more, and what it sees is what Prometheus has last."""
        say("a healthy cluster")
        self._begin()
        say(f"BIRD of {BROKEN} restarts, and waits {WAIT} s for a dead peer")
        self._converge_slowly()
        say("a pod is cut off, a node loses its power, a BIRD hangs")
        self._break()
        look(self.lab)
        self.end = time.time()

    def view(self, name):
        """A dashboard at the time of the scene."""
        return grafana.View(grafana.dashboards()[name], self.start, self.end, _CHOSEN.get(name, {}))

    def fetch(self, requests):
        """What Prometheus answers to each; an error of its own is a RuntimeError."""
        done = self.lab.node("monitor").run([sys.executable, "-c", _ASK], given=json.dumps(requests))
        answers = json.loads(done.stdout)
        for request, answer in zip(requests, answers):
            if answer["status"] != "success":
                raise RuntimeError(f"{answer['error']}: {request}")
        return [answer["data"] for answer in answers]

    def close(self):
        if self._monitoring:
            self._monitoring.close()
        self.lab.close()

    def _begin(self):
        self.lab.start()
        self.lab.restart_bird(BROKEN, recover=False)  # or the dead peer would hold up the beginning, too
        self.lab.wait_for_bgp(60)
        ready(self.lab)
        self._monitoring = NamedNodes(self.lab, [_target(node) for node in NODES])
        if not eventually(lambda: self._answering() == len(NODES), timeout=40):
            raise RuntimeError("Prometheus does not get at every agent")
        self._await_converged(40)
        self.start = time.time()
        time.sleep(_CALM)

    def _answering(self):
        found = (self._monitoring.ask("query?query=sum(up)") or {}).get("result")
        return found and int(found[0]["value"][1])

    def _converge_slowly(self):
        witness = Witness(self.lab, BROKEN)
        self.lab.restart_bird(BROKEN)
        time.sleep(WAIT / 2)
        self.pending = witness.pending()
        witness.stop()
        self._await_converged(WAIT + 20)
        time.sleep(_CALM)

    def _await_converged(self, timeout):
        elapsed = lambda node: by(scrape(self.lab, node), "caliwatch_convergence_elapsed_seconds", "family")
        if not eventually(lambda: not any(any(elapsed(node).values()) for node in NODES), timeout):
            raise RuntimeError("the cluster has not converged")

    def _break(self):
        self.lab.fault("cut-off-pod", BROKEN)
        self.lab.fault("wrong-mtu", BAD_MTU)
        self.lab.fault("kill-node", GONE)
        time.sleep(2 * HOLD_TIME)
        self.lab.stop_bird(HUNG, families=("ipv6",))
        block = addressing.block("ipv6", _octet(BAD_MTU))
        self.lab.node(HUNG).run(["ip", "-6", "route", "del", block])  # which a BIRD that hangs does not put back
        time.sleep(3 * HOLD_TIME)


def _octet(node):
    return 10 + int(node.removeprefix("node"))


def _target(node):
    return f"10.39.1.{_octet(node)}:10179"
