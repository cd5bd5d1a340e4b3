#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The status page of a healthy node in a real browser, in a terminal's browser, for a screen reader, without scripts,
and once its agent is gone. What it shows of each outage is asked by outages_test.py."""

import unittest

from calicolab import Lab
from calicolab.waiting import eventually
from harness.browser import CHROMIUM, DRIVER, Browser
from harness.main import run_tests
from harness.pages import Pages, is_well
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.watch import AGENT_ARGS

LACKS_FDB = "no node for its tunnel's MAC"
PARTS = ("node3: nothing wrong found", "BGP peers, IPv4: 2 of 2 up")
# What has neither a text nor a name of its own, an identifier that is not one, and a picture that is read out.
WITHOUT_TEXT = "[...document.querySelectorAll('a,summary,th,caption')].filter((e) => !e.textContent.trim()).length"
WITHOUT_NAME = "document.querySelectorAll('th:not([scope]),table:not(:has(caption)),svg:not([aria-hidden])').length"
IDS = "[...document.querySelectorAll('[id]')].map((e) => e.id)"
HEADINGS = "[...document.querySelectorAll('h1,h2,h3')].map((h) => h.tagName)"
SECTIONS = """[...document.querySelectorAll('section')].map(
  (section) => document.getElementById(section.getAttribute('aria-labelledby'))?.textContent)"""


class PageTest(unittest.TestCase):
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(agent=CALIWATCH, agent_args=AGENT_ARGS, **cls.options)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.pages = Pages(cls.lab, cls.browser)


class AHealthyNode(PageTest):
    options = {"nodes": 3, "pods": 2}

    def ask(self, expression):
        return self.browser.run(f"return {expression}")

    def test_it_has_nothing_to_tell(self):
        self.pages.assert_shown(self, "healthy", "node3", is_well, *PARTS, "All")

    def test_the_page_has_what_a_screen_reader_needs(self):
        self.pages.open("node1")
        self.assertEqual(self.ask("document.documentElement.lang"), "en")
        self.assertIn("node1", self.ask("document.title"))
        self.assertEqual(self.ask(HEADINGS)[0], "H1")
        ids = self.ask(IDS)
        self.assertEqual(sorted(ids), sorted(set(ids)))
        self.assertEqual(self.ask(WITHOUT_TEXT), 0)
        self.assertEqual(self.ask(WITHOUT_NAME), 0)
        labels = self.ask(SECTIONS)
        self.assertGreater(len(labels), 2)
        self.assertTrue(all(labels))

    def test_by_keyboard_the_first_stop_skips_to_the_report_and_what_has_the_focus_keeps_it(self):
        self.pages.open("node1")
        self.browser.press_tab()
        self.assertEqual(self.ask("document.activeElement.className"), "skip")
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        self.assertEqual(self.ask(outline), "solid")
        self.browser.run("document.querySelector('#all-sources summary').focus()")
        self.browser.run("document.querySelector('#all-sources').open = true")
        seen = self.ask("document.getElementById('seen').textContent")
        self.assertTrue(eventually(lambda: self.ask("document.getElementById('seen').textContent") != seen, timeout=20))
        self.assertEqual(self.ask("document.activeElement.parentElement.id"), "all-sources")
        self.assertTrue(self.ask("document.querySelector('#all-sources').open"))

    def test_a_screen_reader_hears_nothing_while_the_verdict_stays(self):
        self.pages.open("node1")
        seen = self.ask("document.getElementById('seen').textContent")
        self.assertTrue(eventually(lambda: self.ask("document.getElementById('seen').textContent") != seen, timeout=20))
        self.assertEqual(self.ask("document.querySelector('[role=status]').textContent"), "")

    def test_a_terminal_browser_shows_the_same(self):
        dump = ["w3m", "-dump", "-cols", "100", "http://127.0.0.1:10179/"]
        self.assertTrue(eventually(lambda: is_well(self.pages.report("node3")), timeout=40))
        text = self.lab.node("node3").run(dump).stdout
        for part in (*PARTS, "Established"):
            self.assertIn(part, text)


class ANodeBehindVxlan(PageTest):
    """It has no BGP, and shows the other nodes all the same."""

    options = {"nodes": 4, "pods": 1, "encap": "vxlan"}

    def rows(self):
        """The cells of each other node."""
        script = """return [...document.querySelectorAll('section[aria-labelledby=nodes] tbody tr')].map(
            (row) => [...row.cells].map((cell) => cell.textContent))"""
        return self.browser.run(script)

    def test_it_shows_each_other_node_its_block_and_that_nothing_lacks(self):
        shown = ("Other nodes, IPv4: 3 by VXLAN; all complete", "Other nodes, IPv6: 3 by VXLAN; all complete")
        self.pages.assert_shown(self, "vxlan", "node1", is_well, *shown, "does not run here")
        blocks = [[row[0], row[2]] for row in self.rows() if "." in row[0]]
        self.assertEqual(blocks, [[f"10.39.1.{octet}", f"192.168.{octet}.0/26"] for octet in (12, 13, 14)])
        card = self.browser.run("return document.querySelector('section[aria-labelledby=node] dl').innerText")
        self.assertIn("10.39.1.11, fd39:1::11", card)
        self.assertIn("VXLAN (vxlan.calico, 192.168.11.0", card)
        self.assertIn("192.168.11.0/26: 1 of 64 in use", card)
        self.assertEqual(self.browser.text().count("does not run here"), 1)

    def test_one_that_lacks_an_entry_comes_first_and_is_marked(self):
        self.lab.fault("lose-vtep-fdb", "node2", "node4")
        self.addCleanup(self.lab.heal)
        self.pages.open("node2")
        shown = lambda: "Other nodes, IPv4: 3 by VXLAN; 1 incomplete" in self.browser.text()
        self.assertTrue(eventually(shown), self.browser.text())
        self.assertEqual(self.rows()[0], [f"?{LACKS_FDB}", "VXLAN to 192.168.14.0", "192.168.14.0/26", "Felix"])
        self.assertEqual(self.ask_class(), "bad")
        self.copy_what_to_type()

    def copy_what_to_type(self):
        """With a clipboard, and without: then the line is selected, and the browser is told to copy that."""
        line = "bridge fdb show dev vxlan.calico"
        label = "return document.querySelector('.command button:not([hidden])')?.getAttribute('aria-label')"
        self.assertTrue(eventually(lambda: self.browser.run(label) == f"Copy: {line}"))
        click = """Object.defineProperty(navigator, 'clipboard', {configurable: true, value: %s});
            document.querySelector('.command button').click()"""

        def clicked(clipboard, told):
            self.browser.run(click % clipboard)
            return self.browser.run(f"return {told}")

        told = "[window.copied, document.querySelector('.command button').textContent]"
        writes = "{writeText: async (text) => { window.copied = text; }}"
        self.assertTrue(eventually(lambda: clicked(writes, told) == [line, "Copied"]))
        self.assertTrue(eventually(lambda: clicked("undefined", "String(getSelection())") == line))

    def ask_class(self):
        return self.browser.run("return document.querySelector('section[aria-labelledby=nodes] tbody tr').className")


class AloneTest(PageTest):
    options = {"nodes": 1, "pods": 1, "families": ("ipv4",)}

    def test_the_page_stays_new_without_scripts_and_with_them_says_when_its_agent_is_gone(self):
        self.pages.open("node1", scripts=False)
        first = self.browser.source()
        self.assertIn("node1", first)
        self.assertTrue(eventually(lambda: self.browser.source() != first, timeout=15))
        self.pages.open("node1")
        self.assertNotIn("does not answer any more", self.browser.text())
        self.lab.kill_agent("node1")  # its lab stays: without it, another lab's agent could answer at this port
        self.assertTrue(eventually(lambda: "does not answer any more" in self.browser.text()), self.browser.text())
        told = self.browser.run("return document.querySelector('[role=status]').textContent")
        self.assertIn("does not answer any more", told)


if __name__ == "__main__":
    run_tests(CHROMIUM, DRIVER)
