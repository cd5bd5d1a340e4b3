#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What findings about nodes, routes, sessions and tunnels say to type, typed as printed, ends them; of findings about
pods workload_remedies_test.py asks the same. What is to be put right in the datastore is not done here: a fault of the
lab is healed by just that, and findings_test.py sees that the finding ends."""

import contextlib
import json
import re
import unittest

from calicolab.errors import LabError
from calicolab.waiting import eventually
from detection.fault_findings import FAULTS
from detection.fault_run import watched
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.side_by_side import side_by_side
from harness.typed import Typist
from harness.watch import await_healed

NODE = "node1"
FOUND_WITHIN, GONE_WITHIN = 60, 20  # seconds
_LOOK = f"{CALIWATCH} check --output=json --cni.kubeconfig="  # not by the lab's wrapper, which knows where all is


class Story:
    """A lab whose faults are ended by what is printed, one after another."""

    def __init__(self, test, lab, watch, scene, typist):
        self.test, self.lab, self._watch, self._scene, self.typist = test, lab, watch, scene, typist

    def cures(self, fault, cure=None, within=FOUND_WITHIN):
        """Types all lines that NODE prints of the fault, which is found within so many seconds, and that change
        something. `cure`, where there are none, is given this story and the remedies."""
        test, watch = self.test, self._watch
        arguments = FAULTS[fault].places(self._scene)[0]
        must = {finding for finding in FAULTS[fault].expect(self._scene, *arguments).must if finding[0] == NODE}
        self.lab.fault(fault, *arguments)
        test.assertTrue(eventually(lambda: must <= watch.now, within), (fault, must - watch.now))
        found = [(check, subject) for _, check, subject in sorted(must)]
        lines = self.typist.changing(found)
        test.assertEqual(bool(lines), cure is None, (fault, lines))
        for line in lines:
            self.typist.type(line)
        if cure:
            cure(self, [self._remedy(*finding) for finding in found])
        test.assertTrue(eventually(lambda: not must & watch.now, GONE_WITHIN), (fault, lines, must & watch.now))
        with contextlib.suppress(LabError):  # what it would put back is there already
            self.lab.heal()
        await_healed(self.lab, self._scene)
        test.assertTrue(eventually(lambda: not self._left(), GONE_WITHIN), (fault, watch.now))

    def _left(self):
        """What is found still. Where the lab took one of two addresses away, BIRD may have lost sight of its network,
        as it does at times: what that finding says is done too."""
        for node, check, subject in self._watch.now:
            if (node, check) == (NODE, "route_missing_from_kernel"):
                for line in self.typist.changing([(check, subject)]):
                    if line.endswith("restart direct1"):
                        self.typist.type(line)
        return self._watch.now

    def _remedy(self, check, subject):
        told = self.lab.node(NODE).run(["caliwatch", "check", "--check.pods", "--output", "json"], check=False).stdout
        for row in json.loads(told)["findings"]:
            if (row["check"], row["subject"]) == (check, subject):
                return row["remedy"]
        return self.lab.node(NODE).run(["caliwatch", "explain", check]).stdout.partition("What to do")[2]

    def run(self, command):
        self.lab.node(NODE).run(["sh", "-c", command])


def address_given_back(story, remedies):
    (command,) = {re.search(r"ip address add ADDRESS/LENGTH dev INTERFACE", remedy)[0] for remedy in remedies}
    for address in ("10.39.1.11/24", "fd39:1::11/64"):
        story.run(command.replace("ADDRESS/LENGTH", address).replace("INTERFACE", "eth0"))


def wrong_route_deleted(story, remedies):
    """Felix's, by which nothing was to be led there: which of the two it is, the pool tells and no node."""
    for remedy in remedies:
        story.test.assertIn("ip route del PREFIX proto bird, or proto 80", remedy)
    for block in ("192.168.12.0/26", "fd10::12:0/122"):
        story.run(f"ip route del {block} proto 80")


def tunnel_source_given_back(story, remedies):
    """The addresses that the tunnels were made for, by `ip -d link`, which the finding says to type."""
    for remedy in remedies:
        story.test.assertIn("ip address add ADDRESS/LENGTH dev INTERFACE", remedy)
    for device, length in (("vxlan.calico", 24), ("vxlan-v6.calico", 64)):
        story.run(
            f"ip address add $(ip -d link show {device} | grep -o 'local [^ ]*' | cut -d ' ' -f 2)/{length} dev eth0"
        )


@side_by_side
class Remedies(unittest.TestCase):
    @contextlib.contextmanager
    def story(self, kind, nodes=3):
        with watched(kind, nodes=nodes, pods=2) as (lab, watch, scene), contextlib.closing(Typist(lab, NODE)) as typist:
            yield Story(self, lab, watch, scene, typist)

    def test_of_what_felix_made_for_a_tunnel(self):
        with self.story("vxlan") as story:
            story.cures("lose-block-route")
            story.cures("tunnel-without-address")
            story.cures("lose-vtep-neighbor")
            story.cures("lose-vtep-fdb")
            story.cures("lose-vtep-route")

    def test_of_a_tunnel(self):
        with self.story("vxlan") as story:
            story.cures("tunnel-down")
            story.cures("tunnel-missing")
            story.cures("wrong-tunnel-mtu")
            story.cures("rule-before-main")

    def test_of_the_way_of_pods_to_their_gateway(self):
        with self.story("vxlan", nodes=2) as story:
            story.cures("forwarding-off")
            story.cures("proxy-arp-off")
            story.cures("no-default-route")
            story.cures("no-pod-link-local")
            story.cures("wrong-gateway-mac")
            story.cures("wrong-neighbor-mac")

    def test_of_a_nodes_network(self):
        with self.story("bird2", nodes=2) as story:
            story.cures("virtual-network")
            story.cures("advertisements-ignored")
            story.cures("small-path")

    def test_of_routes(self):
        with self.story("bird1") as story:
            story.cures("foreign-route")
            story.cures("owner-conflict", wrong_route_deleted)

    def test_of_a_tunnel_whose_address_the_node_has_lost(self):
        with self.story("vxlan", nodes=2) as story:
            story.cures("foreign-tunnel-source", tunnel_source_given_back)

    def test_of_felix(self):
        with self.story("bird2", nodes=2) as story:
            story.cures("felix-hung", within=150)  # one that is slow is waited for

    def test_of_sessions_that_bird_has_given_up(self):
        with self.story("bird2", nodes=4) as story:  # the kernel takes one key, and refuses two
            story.cures("passwords-refused")

    def test_of_bird(self):
        with self.story("bird2") as story:
            story.cures("kill-bird")
            story.cures("remove-address", address_given_back)

    def test_of_folders_that_are_elsewhere(self):
        with watched("vxlan", nodes=1, pods=1) as (lab, _, _):
            node = lab.node(NODE)

            def found(folders):
                answer = node.run(["sh", "-c", f"exec {_LOOK} {folders}"], check=False).stdout
                return [(each["check"], each["severity"]) for each in json.loads(answer)["findings"]]

            # A lab that has just begun may still be at it.
            elsewhere = "--calico.run-dir=/nonexistent --calico.lib-dir=/nonexistent"
            empty = ("calico_folders_empty", "warning")
            self.assertTrue(eventually(lambda: found(elsewhere) == [empty], 30), found(elsewhere))
            general = node.run(["caliwatch", "explain", empty[0]]).stdout
            self.assertIn("or --calico.run-dir and --calico.lib-dir", " ".join(general.split()))
            right = "--calico.run-dir=$CALICO_RUN_DIR --calico.lib-dir=$CALICO_LIB_DIR"
            self.assertTrue(eventually(lambda: found(right) == [], 30), found(right))


if __name__ == "__main__":
    run_tests()
