#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A node of the lab with a tunl0 has the tables of a node of real Calico with IPIP, row by row. Where the kernel has
none it is skipped: test/kernels/guest runs kernels that have it."""

import platform
import re
import tempfile
import unittest

from calicolab import Lab
from calicolab.errors import LabUnavailable
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH, built
from harness.tools import ROOT
from likeness.clusters import N1, N2, N3, NODE1, NODE2, NODE3, of_calico, of_lab, with_tunnel
from likeness.compare import Known, differences, unexpected
from likeness.node import record
from likeness.recording import Recording

RECORDINGS = ROOT / "test/recordings/calico"
REAL = of_calico(with_tunnel(N1, "10.48.40.128"), with_tunnel(N2, "10.48.217.0"), with_tunnel(N3, "10.48.98.0"))
OURS = of_lab(*(with_tunnel(node, node.blocks[0].partition("/")[0]) for node in (NODE1, NODE2, NODE3)))
LIKE_THE_RECORDED = {"nodes": 3, "pods": 3, "families": ("ipv4",), "datastore": "etcd", "rp_filter": 0, "encap": "ipip"}
KNOWN = [
    Known(
        "only (?:real|lab): bird6?(?: status| routes)?: .*",
        "Debian's BIRD 1.6 leads no routes by tunl0 as Calico's does; the lab has 2.0.12, which words all otherwise",
        frozenset({"ipip-healthy-n1"}),
    ),
    Known(
        "only (?:real: bird6? status: BIRD v0.3.3\\+birdv1.6.8|lab: bird6? status: BIRD 1.6.8)",
        "Calico's fork calls itself so; the lab has Debian's, of the version that the fork was made of",
        frozenset({"ipip333-healthy-n1"}),
    ),
]
if tuple(int(number) for number in re.findall(r"\d+", platform.release())[:2]) < (5, 14):
    KNOWN.append(
        Known(
            r"only lab: routes: \S+\.0 family=ipv4 type=broadcast .*",
            "up to Linux 5.13 a network's own address is one of broadcast; the real nodes had a newer kernel",
            frozenset({"ipip-healthy-n1", "ipip333-healthy-n1"}),
        )
    )


class IpipLikeness(unittest.TestCase):
    maxDiff = None

    def compare(self, state, **options):
        lab = Lab(agent=built(), **LIKE_THE_RECORDED, **options)
        self.addCleanup(lab.close)
        try:
            lab.start()
        except LabUnavailable as reason:
            self.skipTest(str(reason))
        seen = []

        def same():
            with tempfile.TemporaryDirectory() as folder:
                ours = record(lab, "node1", f"{folder}/node")
            seen[:] = unexpected(differences(Recording(RECORDINGS / state), REAL, ours, OURS), KNOWN, state)
            return seen == [[], []]

        eventually(same, timeout=30, every=2)
        self.assertEqual("\n".join(seen[0]), "", "of these nobody says why")
        self.assertEqual(seen[1], [], "listed, and not there")

    def test_routes_by_bird(self):
        self.compare("ipip-healthy-n1", bird="2.0.12")

    def test_routes_by_felix(self):
        self.compare("ipip333-healthy-n1", calico="3.33")


if __name__ == "__main__":
    run_tests(CALIWATCH)
