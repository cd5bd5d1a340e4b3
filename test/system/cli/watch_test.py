#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`caliwatch watch` on a terminal, at a node of a lab: what it shows, how it follows the node and the window, how it
ends."""

import os
import re
import signal
import subprocess
import termios
import time
import unittest

from calicolab import Lab
from calicolab.running import Running
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH, NO_BIRD, caliwatch
from harness.terminal import ESCAPE, Terminal
from harness.waiting import ready

LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l"
# So that the keys of a terminal reach the program as signals.
AS_ITS_OWNER = ["setsid", "--ctty", "--wait"]
WINDOW = 60


def screens(terminal):
    """Those that were drawn whole, each as its rows without escapes."""
    drawn = re.findall(r"\x1b\[H(.*?)\x1b\[J", terminal.shown(), re.DOTALL)
    return [re.split(r"\r*\n", ESCAPE.sub("", screen)) for screen in drawn]


def frames(terminal):
    """The same without the last row, which is about keys, and without the empty ones above it."""
    return ["\n".join(screen[:-1]).rstrip("\n").split("\n") for screen in screens(terminal)]


def seen_at(frame):
    return next(row for row in frame if row.startswith("Seen "))


def without_times(rows):
    return [re.sub(r"\s+", " ", re.sub(r"\b(\d+ (d|h|min|s)\b ?)+|(?<=^Seen ).*", "", row)) for row in rows]


class WatchTest(unittest.TestCase):
    def keys_row(self):
        return screens(self.terminal)[-1][-1]

    def press(self, keys):
        """The frame that follows; presses come one by one, as a person's do."""
        for key in keys if isinstance(keys, list) else [keys]:
            drawn = len(frames(self.terminal))
            self.terminal.press(key)
            self.assertTrue(eventually(lambda: len(frames(self.terminal)) > drawn))
        return frames(self.terminal)[-1]

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=2, pods=1, agent=CALIWATCH, agent_args=("--poll.interval=1s",))
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)

    def watch(self):
        self.terminal = Terminal(WINDOW)
        self.addCleanup(self.terminal.close)
        streams = [self.terminal.fd] * 3
        running = Running(self.lab.connect(), "node1", [*AS_ITS_OWNER, "caliwatch", "watch"], streams)
        self.addCleanup(running.close)
        self.terminal.close_theirs()
        self.assertEqual(self.next_frame(), ["Looking at this node, twice…"])
        return running

    def next_frame(self):
        drawn = len(frames(self.terminal))
        self.assertTrue(eventually(lambda: len(frames(self.terminal)) > drawn), "nothing is drawn any more")
        return frames(self.terminal)[drawn]

    def resized(self, rows):
        """Two frames in a row: that before the window got so many rows, and that after."""
        before = self.next_frame()
        time.sleep(1.2)  # a new look would show another second
        drawn = len(frames(self.terminal))
        self.terminal.resize(rows)
        self.assertTrue(eventually(lambda: len(frames(self.terminal)) > drawn))
        return before, frames(self.terminal)[drawn]

    def test_it_shows_what_check_says_again_and_again(self):
        self.watch()
        first, second = self.next_frame(), self.next_frame()
        told = self.lab.node("node1").run(["caliwatch", "check"]).stdout.splitlines()
        self.assertGreater(len(told), 10)
        self.assertEqual(without_times(first), without_times(told))
        self.assertEqual(without_times(second), without_times(told))
        self.assertLess(seen_at(first), seen_at(second))

    def test_a_fault_comes_and_goes_while_it_runs(self):
        self.watch()
        self.assertIn("nothing wrong found", self.next_frame()[0])
        self.addCleanup(self.lab.heal)
        self.lab.fault("interface-down", "node1")
        self.assertTrue(eventually(lambda: "critical problem" in "".join(self.next_frame()), timeout=10))
        shown = self.next_frame()
        headline = r"CRITICAL  Pod default/.* is cut off: its interface is down\s+\[workload_interface_down\]"
        self.assertRegex("\n".join(shown), headline + r"\n    cali\w+.*: is administrat")
        self.assertRegex(shown[0], r"^Since you looked, at [\d:]+ UTC")
        self.assertRegex(shown[1], r"^  new   CRITICAL  workload_interface_down  cali\w+$")
        # Whoever presses a key has seen it.
        self.assertIn("critical problem", self.press("x")[0])
        self.lab.heal()
        self.assertTrue(
            eventually(lambda: "  over  CRITICAL  workload_interface_down" in "\n".join(self.next_frame()), timeout=10)
        )
        self.press("x")
        self.assertTrue(eventually(lambda: "nothing wrong found" in self.next_frame()[0], timeout=10))
        self.assertNotIn("CRITICAL", "\n".join(frames(self.terminal)[-1]))

    def test_what_is_wrong_from_the_beginning_is_in_the_first_answer(self):
        self.addCleanup(self.lab.heal)
        self.lab.fault("interface-down", "node1")
        self.assertTrue(
            eventually(
                lambda: (
                    "workload_interface_down" in self.lab.node("node1").run(["caliwatch", "check"], check=False).stdout
                )
            )
        )
        self.watch()
        self.assertIn("critical problem", self.next_frame()[0])

    def test_a_small_window_shows_the_first_rows_and_counts_the_others(self):
        self.watch()
        whole = self.next_frame()
        self.terminal.resize(10)
        self.next_frame()
        cut = self.next_frame()
        self.assertEqual(without_times(cut), without_times(whole[:9]))
        below = f"lines 1 to 9 of {len(whole)}, {len(whole) - 9} more below   q quits"
        self.assertTrue(self.keys_row().startswith(below), self.keys_row())

    def test_keys_scroll_and_a_new_look_leaves_the_place(self):
        self.watch()
        whole = self.next_frame()
        self.terminal.resize(10)
        self.next_frame()
        for keys, first in (
            ("\x1b[B", 1),
            ("\x1b[6~", 9),
            ("\x1b[A", 8),
            ("\x1b[5~", 0),
            ("G", len(whole) - 9),
            ("g", 0),
            (["j", "j"], 2),
        ):
            self.assertEqual(without_times(self.press(keys)[:3]), without_times(whole[first : first + 3]), keys)
        before = self.next_frame()
        self.assertEqual(without_times(self.next_frame()), without_times(before))

    def test_a_search_goes_to_the_line(self):
        self.watch()
        whole = self.next_frame()
        self.terminal.resize(6)
        (row,) = [number for number, line in enumerate(whole) if line.startswith("BGP peers, IPv6")]
        self.press(["/", *"peers, ipv6"])
        self.assertTrue(self.keys_row().startswith("/peers, ipv6 "))
        shown = self.press("\r")
        self.assertIn("BGP peers, IPv6", "\n".join(shown))
        self.assertEqual(without_times(shown[:1]), without_times([whole[min(row, len(whole) - 5)]]))
        self.assertIn("\x1b[7mpeers, IPv6\x1b[27m", self.terminal.shown().lower().replace("ipv6", "IPv6"))
        self.press(["/", *"no such thing"])
        self.press("\r")
        self.assertTrue(self.keys_row().startswith("no line has no such thing"))

    def test_q_ends_it_and_the_terminal_is_as_it_was(self):
        before = self.fresh().settings()
        running = self.watch()
        self.next_frame()
        self.assertFalse(self.terminal.settings()[3] & (termios.ICANON | termios.ECHO))
        self.terminal.press("q")
        self.assertEqual(running.wait(10), 0)
        self.assertTrue(self.terminal.ended.wait(10))
        self.assertTrue(self.terminal.shown().endswith(LEAVE), self.terminal.shown()[-40:])
        self.assertEqual(self.terminal.settings(), before)

    def fresh(self):
        terminal = Terminal(WINDOW)
        self.addCleanup(terminal.close)
        return terminal

    def test_another_window_size_is_drawn_for_without_a_new_look(self):
        self.watch()
        whole = self.next_frame()
        # Once in a while a new look falls between the two.
        pairs = [self.resized(rows) for rows in (8, WINDOW)]
        self.assertIn(True, [seen_at(before) == seen_at(after) for before, after in pairs])
        self.assertEqual(len(pairs[1][1]), len(whole))
        self.assertEqual([len(screen) for screen in screens(self.terminal)[-1:]], [WINDOW])

    def test_ctrl_c_ends_it_and_gives_the_screen_back(self):
        running = self.watch()
        self.next_frame()
        self.terminal.press("\x03")
        self.assertEqual(running.wait(10), 0)
        self.assertTrue(self.terminal.ended.wait(10))
        self.assertTrue(self.terminal.shown().startswith("\x1b[?1049h"))
        self.assertTrue(self.terminal.shown().endswith(LEAVE), self.terminal.shown()[-40:])
        self.assertEqual(self.terminal.shown().count("\x1b[?1049l"), 1)


class WithoutALabTest(unittest.TestCase):
    def test_what_is_no_terminal_is_refused_with_the_reason(self):
        done = caliwatch("watch", *NO_BIRD)
        self.assertEqual((done.returncode, done.stdout), (64, ""))
        self.assertIn("watch needs a terminal; `caliwatch check` prints once", done.stderr)

    def watch(self, drawn=frames, owner=AS_ITS_OWNER, **options):
        terminal = Terminal()
        streams = {**dict.fromkeys(("stdin", "stdout", "stderr"), terminal.fd), **options}
        watch = subprocess.Popen([*owner, CALIWATCH, "watch", *NO_BIRD], **streams)
        terminal.close_theirs()
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        self.assertTrue(eventually(lambda: drawn(terminal)))
        return terminal, watch

    def test_a_dumb_terminal_gets_lines_and_no_escapes(self):
        environment = {**os.environ, "TERM": "dumb"}
        terminal, watch = self.watch(lambda terminal: "\nSeen " in terminal.shown(), env=environment)
        self.addCleanup(terminal.close)
        time.sleep(2.5)  # another look, which has nothing new
        self.assertTrue(terminal.shown().startswith("Looking at this node, twice…\r\n"))
        self.assertEqual(terminal.shown().count("\nSeen "), 1)
        self.assertNotIn("\x1b", terminal.shown())
        terminal.press("\x03")
        self.assertEqual(watch.wait(10), 0)

    def test_without_keys_it_shows_all_the_same(self):
        terminal, watch = self.watch(owner=(), stdin=subprocess.DEVNULL)
        self.addCleanup(terminal.close)
        self.assertTrue(eventually(lambda: len(frames(terminal)) > 2, timeout=10))
        watch.send_signal(signal.SIGTERM)
        self.assertEqual(watch.wait(10), 0)

    def test_sigterm_ends_it_as_ctrl_c_does(self):
        terminal, watch = self.watch()
        self.addCleanup(terminal.close)
        watch.send_signal(signal.SIGTERM)
        self.assertEqual(watch.wait(10), 0)
        self.assertTrue(terminal.ended.wait(10))
        self.assertTrue(terminal.shown().endswith(LEAVE))

    def test_it_does_not_outlive_its_window(self):
        terminal, watch = self.watch()
        terminal.close()
        self.assertEqual(watch.wait(10), 0)


if __name__ == "__main__":
    run_tests()
