# SPDX-License-Identifier: Apache-2.0
"""A lab with VXLAN whose agents ask each other, and its firewalls."""

import contextlib
import json
import urllib.request

from calicolab import Lab
from calicolab.metrics import by, scrape
from calicolab.waiting import eventually
from harness.program import CALIWATCH, built
from harness.waiting import ready
from harness.watch import Watch


class Probed:
    NODES = ("node1", "node2", "node3")

    @classmethod
    def setUpClass(cls):
        built()
        options = {"nodes": len(cls.NODES), "pods": 1, "encap": "vxlan", "families": ("ipv4",)}
        cls.lab = Lab(agent=CALIWATCH, agent_args=("--poll.interval=1s", "--probe.nodes"), **options)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)
        cls.watch = cls.enterClassContext(contextlib.closing(Watch(cls.lab)))
        eventually(lambda: not cls.watch.now)
        cls.watch.forget()
        cls.addresses = {row["name"]: row["addresses"]["ipv4"] for row in cls.lab.status()["nodes"]}

    def address(self, node):
        return self.addresses[node]

    def results(self, node):
        """{(path, result): how many}"""
        return by(scrape(self.lab, node), "caliwatch_node_probes_total", "path", "result")

    def await_asked(self):
        """Until each pair was asked by one of its ends, by both ways."""
        pairs = len(self.NODES) * (len(self.NODES) - 1) / 2

        def reached():
            return sum(by(scrape(self.lab, node), "caliwatch_probed_nodes", "state")["reached"] for node in self.NODES)

        self.assertTrue(eventually(lambda: reached() >= pairs, 60), reached())
        asked = sum(self.results(node)["overlay", "answered"] for node in self.NODES)
        self.assertGreaterEqual(asked, pairs)

    def told(self, node, check):
        """The one finding of the check that the agent there lists."""
        with urllib.request.urlopen(self.lab.agent_url(node) + "api/v1/report", timeout=10) as answer:
            report = json.load(answer)
        (finding,) = [finding for finding in report["findings"] if finding["check"] == check]
        return finding

    def drop(self, node, rule):
        """Of what comes to the node."""
        self.lab.node(node).run(["nft", "-f", "-"], given=(
            f"table inet probed {{ chain in {{ type filter hook input priority 0; {rule}; }}; }}"
        ))  # fmt: skip
        self.addCleanup(self.allow, node)

    def allow(self, node):
        self.lab.node(node).run(["nft", "delete", "table", "inet", "probed"], check=False)
