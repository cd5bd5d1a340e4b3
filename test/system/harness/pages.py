# SPDX-License-Identifier: Apache-2.0
"""The status pages of a lab's nodes in a real browser: the fault is in sight, and the page is fit to read. Pictures of
what was seen are left in build/screenshots."""

import contextlib
import json
import threading
import urllib.request

from calicolab.waiting import eventually
from harness.browser import PHONE, Browser
from harness.tools import ROOT

LOOKS = {
    "": {},
    "-dark": {"dark": True},
    "-phone": {"size": PHONE},
    "-phone-dark": {"size": PHONE, "dark": True},
}
PICTURES = ROOT / "build/screenshots"


class SharedBrowser:
    """One browser for several labs: who has it is alone with it."""

    def __init__(self):
        self._browser, self._lock = Browser(), threading.Lock()
        self.close = self._browser.close

    @contextlib.contextmanager
    def taken(self):
        with self._lock:
            try:
                yield self._browser
            finally:
                self._browser.open("about:blank")  # or the page goes on asking, and complains of a lab that ended
                self._browser.complaints()


class Pages:
    def __init__(self, lab, browser):
        self.lab, self.browser = lab, browser

    def url(self, node):
        return self.lab.agent_url(node)

    def open(self, node, path="", **how):
        self.browser.open(self.url(node) + path, **how)

    def report(self, node):
        with urllib.request.urlopen(self.url(node) + "api/v1/report") as answer:
            return json.load(answer)

    def assert_shown(self, test, name, node, once, *parts):
        """As soon as `once` holds for the node's report: without scrolling; on a phone and in the dark as well."""
        test.assertTrue(eventually(lambda: once(self.report(node)), timeout=40), name)
        self.open(node)
        for part in parts:
            test.assertIn(part, self.browser.text_in_sight())
        self.save_picture(name)
        for how, more in (("dark", {"dark": True}), ("phone", {"size": PHONE})):
            self.open(node, **more)
            test.assertIn(parts[0], self.browser.text_in_sight())
            wider = self.browser.run("return document.documentElement.scrollWidth - innerWidth")
            test.assertLessEqual(wider, 0, how)
            test.assertEqual(self.browser.faint_texts(), [], how)
            self.save_picture(f"{name}-{how}")
        test.assertEqual(self.browser.complaints(), [])

    def assert_fit(self, test, name, node, path=""):
        """At a desk, on a phone and in the dark, with all folds open: nothing is beside the window, no cell is hidden,
        and every text stands out."""
        for how, look in LOOKS.items():
            self.open(node, path, **look)
            self.browser.hold()
            self.save_picture(name + how)
            self.browser.unfold()
            test.assertLessEqual(self.browser.too_wide(), 0, name + how)
            test.assertEqual(self.browser.cells_out_of_sight(), [], name + how)
            test.assertEqual(self.browser.faint_texts(), [], name + how)
        test.assertEqual(self.browser.complaints(), [])

    def assert_reachable(self, test, node):
        """Without a mouse: each link, fold and button, and a fold opens."""
        self.open(node)
        self.browser.hold()
        test.assertEqual(self.browser.out_of_reach(), set())
        self.open(node)
        self.browser.hold()
        folds = "[...document.querySelectorAll('summary')].filter((fold) => fold.getClientRects().length)"
        self.browser.run(f"{folds}[0].focus()")
        before = self.browser.run(f"return {folds}[0].parentElement.open")
        self.browser.press("ENTER")
        test.assertNotEqual(self.browser.run(f"return {folds}[0].parentElement.open"), before)

    def weight(self, node):
        """Bytes of the page as browsers get it, without what they keep: style, script and icon."""
        request = urllib.request.Request(self.url(node), headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as answer:
            return len(answer.read())

    def save_picture(self, name):
        self.browser.save_picture(str(PICTURES / f"{name}.png"))


def found(check):
    return lambda report: any(row["check"] == check for row in report["findings"])


def waits_for(peer):
    return lambda report: [row["peer"] for row in report["convergence"][0]["blocking_peers"]] == [peer]


def is_well(report):
    up = all(row["up"] for row in report["peers"])
    return report["outcome"] == "clean" and up and not any(row["elapsed_seconds"] for row in report["convergence"])
