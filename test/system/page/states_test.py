#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The status page in the states that people look at it in, in a real browser: at a desk, on a phone and in the dark
nothing is out of sight or hard to read, the first screen has what a person needs first, and all of it works without a
mouse. Pictures are left in build/screenshots."""

from calicolab.waiting import eventually
from harness.browser import CHROMIUM, DRIVER
from harness.main import run_tests
from harness.pages import found, is_well
from page.state_case import StateTest

NODE = "node1"


class OfAMesh(StateTest):
    options = {"nodes": 4, "pods": 2}

    def test_1_healthy(self):
        self.await_state(NODE, is_well)
        self.assert_fit("state-healthy", NODE, f"{NODE}: nothing wrong found")
        self.assert_begin_in_sight(NODE, "peers", "nodes")
        self.pages.assert_reachable(self, NODE)

    def test_what_is_looked_for_would_be_seen(self):
        browser = self.browser
        for rule, asked in (
            ("body { min-width: 2000px }", lambda: browser.too_wide() > 0),
            ("td:nth-child(2) { display: none }", browser.cells_out_of_sight),
            ("td:last-child { position: relative; left: 90vw }", browser.cells_out_of_sight),
            ("p { color: #bbbbbb }", browser.faint_texts),
        ):
            self.pages.open(NODE)
            browser.hold()
            self.assertFalse(asked(), rule)
            browser.run(f"document.styleSheets[0].insertRule({rule!r}, document.styleSheets[0].cssRules.length)")
            self.assertTrue(asked(), rule)
        browser.run("document.querySelector('summary').tabIndex = -1")
        self.assertTrue(browser.out_of_reach())

    def test_2_one_pod_is_cut_off(self):
        self.addCleanup(self.lab.heal)
        self.lab.fault("cut-off-pod", NODE)
        self.await_state(NODE, found("workload_route_wrong_interface"))
        self.assert_fit("state-cut-off", NODE, "1 critical", f"default/{NODE}-pod1 (192.168.11.1)", "ip route replace")
        self.assert_begin_in_sight(NODE, "findings|wrong", "peers", "nodes")
        self.pages.assert_reachable(self, NODE)

    def test_what_checks_and_alerts_mean_is_one_link_away(self):
        for path in ("explain", "explain/CaliwatchWorkloadCutOff", "explain/bgp_peer_down"):
            self.pages.assert_fit(self, path.replace("/", "-"), NODE, path)
        self.pages.open(NODE, "explain/CaliwatchWorkloadCutOff")
        self.browser.run("document.querySelector('a[href$=proxy_arp_disabled]').click()")
        title = lambda: self.browser.run("return document.title")
        self.assertTrue(eventually(lambda: title().startswith("proxy_arp_disabled")), title())

    def test_3_a_frozen_bird(self):
        self.addCleanup(self.lab.heal)
        self.lab.fault("stop-bird", "node2")
        self.await_state("node2", found("bird_down"))
        self.assert_fit("state-frozen", "node2", "critical", "BIRD")
        self.assert_begin_in_sight("node2", "findings|wrong")


class BehindVxlan(StateTest):
    options = {"nodes": 4, "pods": 1, "encap": "vxlan"}

    def test_1_healthy(self):
        self.await_state(NODE, is_well)
        self.assert_fit("state-vxlan", NODE, f"{NODE}: nothing wrong found", "192.168.12.0/26")

    def test_2_thirty_leftover_interfaces(self):
        self.addCleanup(self.lab.heal)
        self.lab.fault("stale-veths", NODE, "30")
        leftovers = lambda report: len(report["findings"]) == 30
        self.await_state(NODE, leftovers)
        self.assert_fit("state-leftovers", NODE)
        self.assert_begin_in_sight(NODE, "findings|wrong", "nodes")


if __name__ == "__main__":
    run_tests(CHROMIUM, DRIVER)
