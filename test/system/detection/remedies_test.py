#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What findings about nodes, routes, sessions and tunnels say to do, done as printed, ends them; of findings about pods
workload_remedies_test.py asks the same. What is to be put right in the datastore is not done here: a fault of the lab
is healed by just that, and findings_test.py sees that the finding ends."""

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
from harness.watch import await_healed

NODE = "node1"
POD = f"default/{NODE}-pod1"
FOUND_WITHIN, GONE_WITHIN = 60, 20  # seconds
IN_MARKS = r"`((?:ip|birdcl) [^`]*)`"
_LOOK = f"{CALIWATCH} check --output=json --cni.kubeconfig="  # not by the lab's wrapper, which knows where all is


class Story:
    """A lab whose faults are ended by what is printed, one after another."""

    def __init__(self, test, lab, watch, scene):
        self.test, self.lab, self._watch, self._scene = test, lab, watch, scene
        self.known = {}  # placeholders, by what a person would put there

    def cures(self, fault, cure, **known):
        """`cure` is given this story and the remedies that NODE prints of the fault."""
        test, watch = self.test, self._watch
        self.known = known
        arguments = FAULTS[fault].places(self._scene)[0]
        must = {finding for finding in FAULTS[fault].expect(self._scene, *arguments).must if finding[0] == NODE}
        self.lab.fault(fault, *arguments)
        test.assertTrue(eventually(lambda: must <= watch.now, FOUND_WITHIN), (fault, must - watch.now))
        cure(self, [self._remedy(check, subject) for _, check, subject in sorted(must)])
        test.assertTrue(eventually(lambda: not must & watch.now, GONE_WITHIN), (fault, must & watch.now))
        with contextlib.suppress(LabError):  # what it would put back is there already
            self.lab.heal()
        await_healed(self.lab, self._scene)
        test.assertTrue(eventually(lambda: not self._left(), GONE_WITHIN), (fault, watch.now))

    def _left(self):
        """What is found still. Where the lab took one of two addresses away, BIRD may have lost sight of its network,
        as it does at times: what that finding says is done too."""
        for node, check, subject in self._watch.now:
            if (node, check) == (NODE, "route_missing_from_kernel"):
                command = re.search(r"`birdcl -s \S+/bird(6?)\.ctl (restart direct1)`", self._remedy(check, subject))
                if command:
                    self.lab.node(NODE).run([f"birdc{command[1]}", *command[2].split()])
        return self._watch.now

    def _remedy(self, check, subject):
        told = self.lab.node(NODE).run(["caliwatch", "check", "--check.pods", "--output", "json"], check=False).stdout
        for row in json.loads(told)["findings"]:
            if (row["check"], row["subject"]) == (check, subject):
                return row["remedy"]
        return self.lab.node(NODE).run(["caliwatch", "explain", check]).stdout.partition("What to do")[2]

    def run(self, command, where=NODE):
        for placeholder, value in self.known.items():
            command = re.sub(rf"\b{placeholder}\b", value, command)
        self.lab.node(where).run(["sh", "-c", command])


def typed(pattern, where=NODE):
    """Runs the first command of each remedy that fits; the same once."""

    def cure(story, remedies):
        commands = [re.search(pattern, " ".join(remedy.split())) for remedy in remedies]
        story.test.assertTrue(all(commands), remedies)
        for command in dict.fromkeys(command[1] for command in commands):
            story.run(command, where)

    return cure


def restart_of_felix(story, remedies):
    for remedy in remedies:
        story.test.assertRegex(remedy, "(?i)restart calico-node|Felix writes it anew")
    story.lab.fault("felix-dead", NODE)
    story.lab.heal("felix-dead")


def start_of_bird(story, remedies):
    for remedy in remedies:
        story.test.assertRegex(remedy, "(?i)calico-node")
    story.lab.start_bird(NODE)


def address_given_back(story, remedies):
    (command,) = {re.search(r"ip address add ADDRESS/LENGTH dev INTERFACE", remedy)[0] for remedy in remedies}
    for address in ("10.39.1.11/24", "fd39:1::11/64"):
        story.run(command.replace("ADDRESS/LENGTH", address))


def wrong_route_deleted(story, remedies):
    """Felix's, by which nothing was to be led there."""
    for remedy in remedies:
        story.test.assertIn("ip route del PREFIX proto bird, or proto 80", remedy)
    for block in ("192.168.12.0/26", "fd10::12:0/122"):
        story.run(f"ip route del {block} proto 80")


@side_by_side
class Remedies(unittest.TestCase):
    @contextlib.contextmanager
    def story(self, kind, nodes=3):
        with watched(kind, nodes=nodes, pods=2) as (lab, watch, scene):
            yield Story(self, lab, watch, scene)

    def test_of_what_felix_made_for_a_tunnel(self):
        with self.story("vxlan") as story:
            story.cures("lose-block-route", restart_of_felix)
            story.cures("tunnel-without-address", restart_of_felix)
            story.cures("lose-vtep-neighbor", restart_of_felix)
            story.cures("lose-vtep-fdb", restart_of_felix)
            story.cures("lose-vtep-route", restart_of_felix)

    def test_of_a_tunnel(self):
        with self.story("vxlan") as story:
            story.cures("tunnel-down", typed(r"(ip link set \S+ up)"))
            story.cures("tunnel-missing", restart_of_felix)
            story.cures("wrong-tunnel-mtu", restart_of_felix)
            story.cures("rule-before-main", typed(r"^(ip (?:-6 )?rule add .*? priority \d+)"))

    def test_of_the_way_of_pods_to_their_gateway(self):
        with self.story("vxlan", nodes=2) as story:
            story.cures("forwarding-off", typed(r"^(sysctl -w \S+=1 \S+=1)\."))
            story.cures("proxy-arp-off", typed(r"^(sysctl -w \S+=1)"))
            story.cures("no-default-route", typed(r"(ip route add 169\.254\.1\.1/32 dev INTERFACE)"), INTERFACE="eth0")
            story.cures("no-pod-link-local", typed(r"^(ip -6 address add \S+ dev \S+ scope link)"))
            story.cures("wrong-gateway-mac", gateway_forgotten)
            story.cures("wrong-neighbor-mac", neighbor_forgotten)

    def test_of_a_nodes_network(self):
        with self.story("bird2", nodes=2) as story:
            story.cures("virtual-network", typed(r"(ip address add .*? && ip address del \S+ dev [a-z0-9]+)"))
            story.cures("advertisements-ignored", typed(r"^(sysctl -w \S+=2)"))
            story.cures("small-path", typed("(ip route flush cache)"))

    def test_of_routes(self):
        with self.story("bird1") as story:
            story.cures("foreign-route", typed(IN_MARKS))
            story.cures("owner-conflict", wrong_route_deleted)

    def test_of_bird(self):
        with self.story("bird2") as story:
            story.cures("kill-bird", start_of_bird)
            story.cures("remove-address", address_given_back, INTERFACE="eth0")

    def test_of_folders_that_are_elsewhere(self):
        with watched("vxlan", nodes=1, pods=1) as (lab, _, _):
            look = lambda where: lab.node(NODE).run(["sh", "-c", f"exec {_LOOK} {where}"], check=False).stdout
            (finding,) = json.loads(look("--calico.run-dir=/nonexistent --calico.lib-dir=/nonexistent"))["findings"]
            self.assertEqual((finding["check"], finding["severity"]), ("calico_folders_empty", "warning"))
            general = lab.node(NODE).run(["caliwatch", "explain", finding["check"]]).stdout
            self.assertIn("or --calico.run-dir and --calico.lib-dir", " ".join(general.split()))
            found = json.loads(look("--calico.run-dir=$CALICO_RUN_DIR --calico.lib-dir=$CALICO_LIB_DIR"))
            self.assertEqual(found["findings"], [])


def gateway_forgotten(story, remedies):
    for remedy in remedies:
        story.test.assertIn("ip neigh del GATEWAY dev eth0, in its network namespace", remedy)
    for gateway in ("169.254.1.1", "fe80::ecee:eeff:feee:eeee"):
        story.run(f"ip neigh del {gateway} dev eth0", POD)


def neighbor_forgotten(story, remedies):
    (command,) = {re.search("ip neigh del ADDRESS dev INTERFACE", remedy)[0] for remedy in remedies}
    interface = story.lab.status()["nodes"][0]["pods"][0]["interface"]
    story.run(command.replace("ADDRESS", "192.168.11.1").replace("INTERFACE", interface))


if __name__ == "__main__":
    run_tests()
