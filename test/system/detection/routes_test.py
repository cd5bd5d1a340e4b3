#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Routes that BIRD has and the kernel has not, or leads elsewhere: found within seconds, gone when healed; what BIRD
repairs by itself is no finding. And a peer that is back without its routes."""

import json
import re
import signal
import time
import unittest

from calicolab import Lab
from calicolab.metrics import by, scrape
from calicolab.version import NORMAL_PRIORITY
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.witness import routes

NODE = "node1"


class Routes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dead = {"address": "10.39.1.101", "dead": "silent", "node": "node3"}
        cls.lab = Lab(
            nodes=3,
            pods=1,
            families=("ipv4",),
            agent=CALIWATCH,
            agent_args=("--poll.interval=1s",),
            peers=[dead],
            wait=False,
        )
        cls.lab.start()
        cls.lab.restart_bird("node3", recover=False)  # or its dead peer would hold up the beginning
        cls.lab.wait_for_bgp(60)
        ready(cls.lab)
        time.sleep(6)  # sessions that live for less cannot be told apart by BIRD's whole seconds

    @classmethod
    def tearDownClass(cls):
        cls.lab.close()

    def setUp(self):
        self.assertTrue(eventually(lambda: not self.found(), timeout=30), self.found())
        self.block, self.gateway = "192.168.13.0/26", "10.39.1.13"
        self.assertTrue(eventually(lambda: routes(self.lab, NODE).get(self.block) == self.gateway))

    def found(self):
        return {
            check for check, count in by(scrape(self.lab, NODE), "caliwatch_check_findings", "check").items() if count
        }

    def ip(self, *arguments):
        self.lab.node(NODE).run(["ip", "-4", *arguments])

    def carry_out(self, check, subject):
        """The first command that the remedy of the finding prints."""
        node = self.lab.node(NODE)
        report = json.loads(node.run(["caliwatch", "check", "--output", "json"], check=False).stdout)
        (remedy,) = [
            each["remedy"] for each in report["findings"] if (each["check"], each["subject"]) == (check, subject)
        ]
        node.run(re.search("`(.+?)`", remedy).group(1).split())

    def test_a_route_that_another_program_took_over_is_found_and_is_gone_when_healed(self):
        metric = ["metric", str(NORMAL_PRIORITY)]  # as BIRD's: a route with another one stands beside it
        self.ip("route", "replace", self.block, "via", "10.39.1.12", "proto", "static", *metric)
        self.assertTrue(eventually(lambda: "route_missing_from_kernel" in self.found(), timeout=30), self.found())
        told = self.lab.node(NODE).run(["birdc", "show", "route", "primary"]).stdout
        self.assertIn(self.block, told)
        self.carry_out("route_missing_from_kernel", self.block)
        self.assertTrue(eventually(lambda: not self.found(), timeout=30), self.found())
        self.assertEqual(routes(self.lab, NODE)[self.block], self.gateway)

    def test_a_route_that_is_deleted_is_back_before_it_is_a_finding(self):
        self.ip("route", "del", self.block)
        self.assertTrue(eventually(lambda: routes(self.lab, NODE).get(self.block) == self.gateway))
        self.assertEqual(self.found(), set())

    def test_a_peer_that_is_back_but_recovers_itself_is_named(self):
        """node3 is ended by TERM, so that its routes go, and waits for a dead peer of its own when it comes back."""
        self.lab.restart_bird("node3", signal.SIGTERM, families=("ipv4",))
        self.assertTrue(eventually(lambda: "peer_established_without_routes" in self.found(), timeout=30), self.found())
        found = by(scrape(self.lab, NODE), "caliwatch_finding_since_timestamp_seconds", "check", "subject")
        self.assertIn(("peer_established_without_routes", "10.39.1.13"), found)
        self.lab.restart_bird("node3", recover=False, families=("ipv4",))
        self.assertTrue(eventually(lambda: not self.found(), timeout=30), self.found())


class LostNetwork(unittest.TestCase):
    """Of two addresses in one network one is removed: BIRD 1.6 then forgets that network, and sends to its neighbors by
    the default gateway."""

    def test_a_detour_over_the_default_gateway_is_found_by_agent_and_check_until_bird_looks_again(self):
        block, peer = "fd10::12:0/122", "fd39:1::12"
        with Lab(nodes=2, pods=1, families=("ipv6",), agent=CALIWATCH, agent_args=("--poll.interval=1s",)) as lab:
            ready(lab)
            node = lab.node(NODE)
            leads_to = lambda gateway: eventually(lambda: routes(lab, NODE, "ipv6").get(block) == gateway)
            found = lambda: by(scrape(lab, NODE), "caliwatch_check_findings", "check")["route_missing_from_kernel"]
            self.assertTrue(leads_to(peer))
            for change in ("add", "del"):
                node.run(["ip", "address", change, "fd39:1::99/64", "dev", "eth0"])
                time.sleep(3)  # BIRD looks at its interfaces every 2 s here
            self.assertTrue(leads_to("fd39:1::1"))
            self.assertTrue(eventually(lambda: found() == 1, timeout=30))
            told = node.run(["caliwatch", "check"], check=False).stdout
            for part in ("and so does the kernel, but fd39:1::12,", "restart direct1"):
                self.assertIn(part, told)
            node.run(["birdc6", "restart", "direct1"])
            self.assertTrue(leads_to(peer))
            self.assertTrue(eventually(lambda: found() == 0, timeout=30))


class Unreachable(unittest.TestCase):
    """A node announces the network that it is in itself: BIRD resolves no next hop by what came from it."""

    def test_the_network_and_its_blocks_are_found_with_the_reason_until_it_is_no_longer_announced(self):
        own, block = "10.39.1.12/32", "192.168.12.0/26"
        with Lab(nodes=2, pods=1, families=("ipv4",), agent=CALIWATCH, agent_args=("--poll.interval=1s",)) as lab:
            ready(lab)
            node = lab.node(NODE)
            found = lambda: by(scrape(lab, NODE), "caliwatch_check_findings", "check")["route_unreachable"]
            self.assertEqual(found(), 0)
            lab.fault("announce-own-address", "node2")
            self.assertTrue(eventually(lambda: found() == 2, timeout=30))
            report = json.loads(node.run(["caliwatch", "check", "--output", "json"], check=False).stdout)
            told = {each["subject"]: each for each in report["findings"] if each["check"] == "route_unreachable"}
            self.assertEqual(set(told), {own, block})
            self.assertIn("that address lies in this very network", told[own]["detail"])
            self.assertIn(f"the way there, {own}, was itself learned by BGP, from 10.39.1.12", told[block]["detail"])
            self.assertIn(f"10.39.1.12 no longer announces {own}", told[block]["remedy"])
            lab.heal()  # as that says: it is announced no more, and sessions that ended meanwhile are started again
            self.assertTrue(eventually(lambda: found() == 0, timeout=60))
            self.assertTrue(eventually(lambda: routes(lab, NODE).get(block) == "10.39.1.12"))

    def test_a_network_that_bird_has_forgotten_without_a_default_route_is_found_until_bird_looks_again(self):
        block, peer = "fd10::12:0/122", "fd39:1::12"
        with Lab(nodes=2, pods=1, families=("ipv6",), agent=CALIWATCH, agent_args=("--poll.interval=1s",)) as lab:
            ready(lab)
            node = lab.node(NODE)
            found = lambda: by(scrape(lab, NODE), "caliwatch_check_findings", "check")["route_unreachable"]
            node.run(["ip", "-6", "route", "del", "default"])
            for change in ("add", "del"):
                node.run(["ip", "address", change, "fd39:1::99/64", "dev", "eth0"])
                time.sleep(3)  # BIRD looks at its interfaces every 2 s here
            self.assertTrue(eventually(lambda: found() == 1, timeout=30))
            told = node.run(["caliwatch", "check"], check=False).stdout
            self.assertIn("a network of this node's own of which BIRD has no route any more", " ".join(told.split()))
            node.run(["birdc6", "restart", "direct1"])
            self.assertTrue(eventually(lambda: routes(lab, NODE, "ipv6").get(block) == peer))
            self.assertTrue(eventually(lambda: found() == 0, timeout=30))


if __name__ == "__main__":
    run_tests()
