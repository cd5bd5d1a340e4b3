# SPDX-License-Identifier: Apache-2.0
"""A lab whose nodes have an agent each, and what `caliwatch cluster` says there at each look."""

import json
import unittest

from calicolab import Lab
from calicolab.waiting import eventually
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.watch import PASSED_OVER

FOUND_WITHIN = 120  # seconds, of which a session must have been down for 30
COMMAND = [CALIWATCH, "cluster", "--output", "json"]
AGENT_ARGS = ("--poll.interval=1s", "--cluster.nodes=10.39.1.11,10.39.1.12,10.39.1.13,10.39.1.14")


class Looker:
    """Looks at the cluster from one of its nodes."""

    def __init__(self, lab, where="node1"):
        self._lab, self._where = lab, where
        self.last, self.code = None, None

    def look(self, *flags):
        done = self._lab.node(self._where).run([*COMMAND, *flags], timeout=60, check=False)
        self.code = done.returncode
        self.last = json.loads(done.stdout)
        return self.last

    def sure(self, *flags):
        """(check, subject) of what counts at a new look."""
        found = self.look(*flags)["findings"]
        return {(row["check"], row["subject"]) for row in found if row["sure"] and not row["caused"]}

    def row(self, check):
        rows = [row for row in self.last["findings"] if row["check"] == check]
        if len(rows) != 1:
            raise AssertionError(f"{check} is not found once: {rows}")
        return rows[0]


class OnALab(unittest.TestCase):
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=4, pods=1, families=("ipv4",), agent=CALIWATCH, agent_args=AGENT_ARGS, **cls.options)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)
        cls.looker = Looker(cls.lab)

    def healthy(self):
        """Nothing is found, but for what tells of a fault that is over, or of other labs on this machine. On a busy
        one, Felix' stand-in may answer too late for a poll, so that a node cannot judge."""

        def is_healthy():
            look = self.looker.look()
            own = {row["check"] for row in look["nodes_findings"] if row["severity"] != "info"}
            told = ("findings", 1) if own else ("clean", 0)
            fine = look["findings"] == [] and own <= PASSED_OVER | {"peer_flapping", "bird_restarts_often"}
            return fine and (look["outcome"], self.looker.code) == told and look["asked"] == look["answered"] == 4

        self.assertTrue(eventually(is_healthy, FOUND_WITHIN), self.looker.last)

    def found(self, check, subject):
        """The row of what is found; nothing else of the cluster is."""
        wanted = {(check, subject)}
        if not eventually(lambda: self.looker.sure() == wanted, FOUND_WITHIN):
            self.assertEqual(self.looker.sure(), wanted)
        self.assertIn(self.looker.code, (1, 2))
        return self.looker.row(check)


class OnVxlan(OnALab):
    options = {"encap": "vxlan"}

    def on(self, node, *command):
        return self.lab.node(node).run([*command]).stdout
