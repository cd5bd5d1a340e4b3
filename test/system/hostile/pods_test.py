#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a pod does to its own network costs the agent nothing but that pod."""

import re
import unittest

from calicolab import Lab
from calicolab.metrics import by, samples, scrape
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready
from hostile.ordeal import MOST_MEMORY
from hostile.table import row

NODE = "node1"
AGENT = ("--check.pods", "--poll.interval=500ms")
CAPPED = 120_000  # routes: of the kernel some 7 MB
MANY = 300  # names: a link with so many has a message larger than what is read at once


class HostilePods(unittest.TestCase):
    def setUp(self):
        self.lab = Lab(nodes=1, pods=3, bird="none", wait=False, agent=CALIWATCH, agent_args=AGENT)
        self.addCleanup(self.lab.close)
        self.lab.start()
        ready(self.lab)
        self.pid = int(self.told("pgrep -f 'caliwatch agent' | head -1"))
        self.hostile, self.victim = self.told("ls $NETNS_DIR").split()[:2]
        self.assertEqual(self.up(), 1)
        self.before = self.rss()

    def told(self, command):
        """What a shell command prints on the node."""
        return self.lab.node(NODE).run(["sh", "-c", command], timeout=120).stdout

    def inside(self, netns, command):
        return self.told(f"nsenter --net=$NETNS_DIR/{netns} sh -c '{command}'")

    def up(self):
        return by(scrape(self.lab, NODE), "caliwatch_source_up", "source")["pods"]

    def polls(self):
        return samples(scrape(self.lab, NODE), "caliwatch_polls_total")[0].value

    def rss(self):
        return int(self.told(f"awk '/VmRSS/ {{print $2}}' /proc/{self.pid}/status"))

    def polls_until(self, condition):
        """How many polls go by until the condition holds."""
        before = self.polls()
        self.assertTrue(eventually(condition, every=0.05))
        return self.polls() - before

    def found(self):
        """Of how many pods it is found that they cannot leave."""
        return by(scrape(self.lab, NODE), "caliwatch_check_findings", "check")["pod_gateway_unreachable"]

    def assert_others_are_judged(self):
        self.assertNotIn("pod_gateway_unreachable", by(scrape(self.lab, NODE), "caliwatch_check_judged", "check"))
        self.assertEqual(self.found(), 0)
        way_out = self.inside(self.victim, "ip route show default").strip()
        self.inside(self.victim, "ip route delete default")
        self.assertTrue(eventually(lambda: self.found() == 1), "the other pod's fault is found")
        self.inside(self.victim, f"ip route add {way_out}")
        self.assertTrue(eventually(lambda: self.found() == 0), "and that it is mended")

    def error(self):
        done = self.lab.node(NODE).run(["caliwatch", "check", *AGENT[:1]], check=False)
        return " ".join(done.stdout.split())

    @row("pod", f"gives its interface {MANY} other names", "it is judged as the others are, back within 2 polls")
    def test_a_pod_with_many_names(self):
        names = f'for i in $(seq {MANY}); do printf "link property add dev eth0 altname a%0120d\\n" $i; done'
        self.inside(self.hostile, f"{names} | ip -batch -")
        polls = self.polls_until(lambda: self.up() == 1)
        self.assertLessEqual(polls, 2)
        self.assert_others_are_judged()
        self.assertEqual(self.up(), 1)
        print(f"{MANY} names: read after {polls:.0f} polls, RSS {self.before} to {self.rss()} KiB", flush=True)

    @row("pod", f"makes {CAPPED:,} routes", "its own error, the others judged; RSS ≤ 64 MiB, back within 2 polls")
    def test_a_pod_with_many_routes(self):
        routes = (
            f'seq {CAPPED} | awk "{{print \\"route add blackhole 10.\\" int(\\$1/65536) \\".\\" '
            f'int(\\$1/256)%256 \\".\\" \\$1%256}}"'
        )
        self.inside(self.hostile, f"{routes} | ip -batch -")
        polls = self.polls_until(lambda: self.up() == 0)
        self.assertLessEqual(polls, 2)
        self.assertRegex(self.error(), rf"1 of 3 cannot be read: \S*{re.escape(self.hostile)}: dump routes: it holds")
        self.assert_others_are_judged()
        took = by(scrape(self.lab, NODE), "caliwatch_source_read_seconds", "source")["pods"]
        after = self.rss()
        self.assertLess(after << 10, MOST_MEMORY)
        self.inside(self.hostile, "ip route flush type blackhole")
        back = self.polls_until(lambda: self.up() == 1)
        self.assertLessEqual(back, 2)
        print(
            f"{CAPPED} routes: told after {polls:.0f} polls, back after {back:.0f}; all pods were read in",
            f"{took * 1000:.1f} ms; RSS {self.before} to {after} KiB",
            flush=True,
        )

    @row("pod", "changes its routes without a pause", "the others judged")
    def test_a_pod_that_never_rests(self):
        churn = (
            "while :; do ip link add extra type veth peer name other; ip link set extra up; ip link delete extra; done"
        )
        with self.lab.node(NODE).start(
            ["sh", "-c", f"nsenter --net=$NETNS_DIR/{self.hostile} sh -c '{churn}'"]
        ) as busy:
            self.assert_others_are_judged()
            busy.stop()


if __name__ == "__main__":
    run_tests()
