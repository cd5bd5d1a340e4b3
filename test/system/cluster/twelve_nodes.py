# SPDX-License-Identifier: Apache-2.0
"""A lab of twelve nodes with VXLAN whose agents ask each other, as the chart has it, and who looks at the cluster."""

import contextlib
import json

from calicolab import Lab
from calicolab.waiting import eventually
from cluster.cluster_lab import Looker
from harness.program import CALIWATCH, built
from harness.waiting import ready
from harness.watch import Watch

NODES = tuple(f"node{number}" for number in range(1, 13))
AGENT_ARGS = ("--poll.interval=5s", "--probe.nodes")
DEVICE = "vxlan.calico"


class TwelveNodes:
    @classmethod
    def setUpClass(cls):
        built()
        options = {"nodes": len(NODES), "pods": 1, "encap": "vxlan", "families": ("ipv4",)}
        cls.lab = Lab(agent=CALIWATCH, agent_args=AGENT_ARGS, **options)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)
        cls.watch = cls.enterClassContext(contextlib.closing(Watch(cls.lab, every=2)))
        cls.rows = {row["name"]: row for row in cls.lab.status()["nodes"]}
        cls.looker = Looker(cls.lab)
        eventually(lambda: not cls.watch.now)
        cls.watch.forget()

    def address(self, node):
        return self.rows[node]["addresses"]["ipv4"]

    def pod(self, node):
        return self.rows[node]["pods"][0]

    def on(self, node, *command, given=None):
        return self.lab.node(node).run([*command], given=given).stdout

    def tunnel(self, node):
        """(MAC, address) of the node's end."""
        (device,) = json.loads(self.on(node, "ip", "-json", "address", "show", "dev", DEVICE))
        (address,) = [row["local"] for row in device["addr_info"] if row["family"] == "inet"]
        return device["address"], address
