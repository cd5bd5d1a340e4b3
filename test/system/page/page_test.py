#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The status page in a real browser, on a node with each of the outages: the fault is in sight, and the page is fit to
read.

Pictures of what was seen are left in build/screenshots.
"""

import json
import os
import unittest
import urllib.request

from calicolab import Lab
from calicolab.waiting import eventually
from harness.browser import CHROMIUM, DRIVER, PHONE, Browser
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.tools import ROOT
from harness.waiting import ready

PICTURES = os.path.join(ROOT, "build/screenshots")
DEAD = "10.39.1.101"
SCRIPT = "<script>document.title='taken over'</script>"


class PageTest(unittest.TestCase):
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(
            agent=CALIWATCH, agent_args=("--poll.interval=1s", "--check.pods"), wait=False, hold_time=6, **cls.options
        )
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    @classmethod
    def url(cls, node):
        return next(row["agent"]["url"] for row in cls.lab.status()["nodes"] if row["name"] == node)

    def open(self, node, **how):
        self.browser.open(self.url(node), **how)

    def report(self, node):
        with urllib.request.urlopen(self.url(node) + "api/v1/report") as answer:
            return json.load(answer)

    def assert_shown(self, name, node, once, *parts):
        """As soon as `once` holds for the node's report: without scrolling; on a phone and in the dark as well."""
        self.assertTrue(eventually(lambda: once(self.report(node)), timeout=40), name)
        self.open(node)
        for part in parts:
            self.assertIn(part, self.browser.text_in_sight())
        self.browser.save_picture(f"{PICTURES}/{name}.png")
        for how, more in (("dark", {"dark": True}), ("phone", {"size": PHONE})):
            self.open(node, **more)
            self.assertIn(parts[0], self.browser.text_in_sight())
            self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth - innerWidth"), 0, how)
            self.assertEqual(self.browser.faint_texts(), [], how)
            self.browser.save_picture(f"{PICTURES}/{name}-{how}.png")
        self.assertEqual(self.browser.complaints(), [])


def found(check):
    return lambda report: any(row["check"] == check for row in report["findings"])


def waits_for(peer):
    return lambda report: [row["peer"] for row in report["convergence"][0]["blocking_peers"]] == [peer]


def is_well(report):
    return (
        report["outcome"] == "clean"
        and all(row["up"] for row in report["peers"])
        and not any(row["elapsed_seconds"] for row in report["convergence"])
    )


class OutagesTest(PageTest):
    options = {"nodes": 3, "pods": 2}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lab.wait_for_bgp(60)
        ready(cls.lab)

    def break_it(self, fault, *arguments):
        self.lab.fault(fault, *arguments)
        self.addCleanup(self.lab.wait_for_bgp, 60)
        self.addCleanup(self.lab.heal)

    def test_a_path_that_is_cut_one_way(self):
        self.break_it("cut", "node1", "node2")
        self.assert_shown(
            "one-way",
            "node1",
            found("peer_path_one_way"),
            "BGP peer's packets reach this node, and this node's",
            "10.39.1.12",
            "What to do",
        )

    def test_an_address_that_left_its_node(self):
        self.break_it("remove-address", "node1")
        self.assert_shown(
            "address",
            "node1",
            found("bgp_source_address_not_local"),
            "address that this node announces itself with",
            "10.39.1.11",
            "What to do",
        )

    def test_addresses_and_interfaces_out_of_step(self):
        self.break_it("lost-veth", "node1")
        self.break_it("duplicate-ip", "node2")
        self.assert_shown(
            "duplicate",
            "node2",
            found("duplicate_workload_ip"),
            "One IP address belongs to two workloads",
            "192.168.12.1",
            "What to do",
        )
        self.assert_shown(
            "lost-veth",
            "node1",
            found("workload_interface_down"),
            "end of a workload's interface is missing",
            "default/node1-pod1",
            "What to do",
        )

    def test_a_pod_that_is_cut_off(self):
        self.break_it("cut-off-pod", "node2")
        self.assert_shown(
            "cut-off",
            "node2",
            found("workload_route_wrong_interface"),
            "route to a workload leads to another interface",
            "192.168.12.1",
            "What to do",
        )

    def test_a_healthy_node_has_nothing_to_tell(self):
        self.assert_shown(
            "healthy", "node3", is_well, "node3: nothing wrong found", "BGP peers, IPv4: 2 of 2 up", "All"
        )

    def test_the_page_has_what_a_screen_reader_needs(self):
        self.open("node1")
        ask = self.browser.run
        self.assertEqual(ask("return document.documentElement.lang"), "en")
        self.assertIn("node1", ask("return document.title"))
        self.assertEqual(ask("return [...document.querySelectorAll('h1,h2,h3')].map((h) => h.tagName)")[0], "H1")
        self.assertEqual(
            ask(
                "return [...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i)"
            ),
            [],
        )
        self.assertEqual(
            ask(
                "return [...document.querySelectorAll('a,summary,th,caption')].filter((e) => !e.textContent.trim()).length"
            ),
            0,
        )
        self.assertEqual(
            ask(
                "return [...document.querySelectorAll('th:not([scope]),table:not(:has(caption)),svg:not([aria-hidden])')].length"
            ),
            0,
        )
        labels = "return [...document.querySelectorAll('section')].map((s) => document.getElementById(s.getAttribute('aria-labelledby'))?.textContent)"
        self.assertGreater(len(ask(labels)), 2)
        self.assertTrue(all(ask(labels)))

    def test_a_terminal_browser_shows_the_same(self):
        text = self.lab.node("node1").run(["w3m", "-dump", "-cols", "100", "http://127.0.0.1:10179/"]).stdout
        for part in ("node1: nothing wrong found", "BGP peers, IPv4: 2 of 2 up", "Established"):
            self.assertIn(part, text)


class RestartTest(PageTest):
    """A dead peer keeps BIRD from its routes after a restart; its description is what a careless person might type."""

    options = {
        "nodes": 2,
        "pods": 1,
        "families": ("ipv4",),
        "peers": [{"address": DEAD, "dead": "silent", "node": "node1"}],
        "graceful_restart_wait": 30,
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lab.restart_bird("node1", recover=False)  # or the dead peer would hold up the beginning, too
        cls.lab.wait_for_bgp(60)
        ready(cls.lab)

    def test_a_slow_restart_is_shown_while_it_lasts_and_after(self):
        node = self.lab.node("node1")
        node.run(
            [
                "sh",
                "-c",
                f"""sed -i "s|neighbor {DEAD}|description \\"{SCRIPT}\\"; neighbor {DEAD}|" "$CALICO_RUN_DIR/../bird.cfg" && birdc configure""",
            ]
        )
        self.assertTrue(
            eventually(lambda: any(peer["description"] == SCRIPT for peer in self.report("node1")["peers"]))
        )
        self.lab.restart_bird("node1", families=("ipv4",))
        self.assert_shown(
            "restart",
            "node1",
            waits_for(DEAD),
            "IPv4 is not back",
            "BIRD holds its routes back (graceful restart)",
            f"waits for {DEAD}",
        )
        self.assertIn(SCRIPT, self.browser.text())
        self.assertIn("node1", self.browser.run("return document.title"))

        # Nobody loads the page again: it does so itself.
        self.open("node1")
        self.assertTrue(eventually(lambda: "is not back" not in self.browser.text(), timeout=60))
        self.assertIn("waited for Mesh_10_39_1_101 (", self.browser.text())
        family = self.report("node1")["convergence"][0]
        self.assertEqual((family["phase"], family["past"][0]["outcome"]), ("converged", "converged"))
        self.assertGreater(family["past"][0]["phase_seconds"]["graceful_restart"], 25)
        self.browser.save_picture(f"{PICTURES}/restart-over.png")
        self.assertEqual(self.browser.complaints(), [])


class AloneTest(PageTest):
    options = {"nodes": 1, "pods": 1, "families": ("ipv4",)}

    def test_the_page_stays_new_without_scripts_and_with_them_says_when_its_agent_is_gone(self):
        ready(self.lab)
        self.open("node1", scripts=False)
        first = self.browser.source()
        self.assertIn("node1", first)
        self.assertTrue(eventually(lambda: self.browser.source() != first, timeout=15))
        self.open("node1")
        self.assertNotIn("does not answer any more", self.browser.text())
        self.lab.close()
        self.assertTrue(eventually(lambda: "does not answer any more" in self.browser.text()))


if __name__ == "__main__":
    run_tests(CHROMIUM, DRIVER)
