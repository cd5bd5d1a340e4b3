#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An agent that is to look into pods and cannot says why, and does all else."""

import contextlib
import json
import signal
import unittest

from calicolab import Lab
from calicolab.metrics import by, scrape
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready

NODE = "node1"
WITHOUT_SYS_ADMIN = ("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin")
WITHOUT_ANY = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
# Without the lab's own wrapper, which says where the namespaces are.
PLAIN = ("sh", "-c", f'exec {CALIWATCH} "$@" --calico.run-dir=$CALICO_RUN_DIR --calico.lib-dir=$CALICO_LIB_DIR', "sh")
PODS_ALONE = {"pod_gateway_unreachable", "pod_gateway_wrong_mac", "workload_neighbor_mac_mismatch"}


class AnAgentThatCannotLookIntoPods(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=2, pods=2, families=("ipv4",), agent=CALIWATCH)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        cls.lab.kill_agent(NODE, signal.SIGKILL)

    @contextlib.contextmanager
    def agent(self, *argv):
        """In the place of the lab's own."""
        with self.lab.node(NODE).start([*argv, "--web.listen-address=:10179", "--poll.interval=500ms"]) as running:
            ready(self.lab)
            yield running
            running.stop(signal.SIGKILL)

    def assert_all_else_works(self):
        text = scrape(self.lab, NODE)
        self.assertEqual(
            {source for source, up in by(text, "caliwatch_source_up", "source").items() if not up}, {"pods"}
        )
        self.assertEqual(
            {check for check, judged in by(text, "caliwatch_check_judged", "check").items() if not judged}, PODS_ALONE
        )
        self.assertEqual(by(text, "caliwatch_bgp_peer_up", "family", "peer"), {("ipv4", "10.39.1.12"): 1})

    def assert_check_says(self, reason, *argv):
        """`caliwatch check` says that it cannot judge, to people and to programs."""
        done = self.lab.node(NODE).run(argv, check=False)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertIn(reason, " ".join(done.stdout.split()))
        done = self.lab.node(NODE).run([*argv, "--output=json"], check=False)
        errors = {row["source"]: row["error"] for row in json.loads(done.stdout)["sources"] if row["error"]}
        self.assertEqual(set(errors), {"pods"})
        self.assertIn(reason, errors["pods"])

    def test_without_the_capability_it_names_it(self):
        for dropped in (WITHOUT_SYS_ADMIN, WITHOUT_ANY):
            with self.subTest(dropped[1]):
                with self.agent(*dropped, "caliwatch", "agent", "--check.pods") as running:
                    self.assert_all_else_works()
                    self.assertTrue(eventually(lambda: "CAP_SYS_ADMIN" in running.err), running.err)
                self.assert_check_says("CAP_SYS_ADMIN", *dropped, "caliwatch", "check", "--check.pods")

    def test_without_the_folder_it_names_it_and_the_flag(self):
        nowhere = ["--check.pods", "--netns.dir=/nowhere"]
        with self.agent(*PLAIN, "agent", *nowhere) as running:
            self.assert_all_else_works()
            self.assertTrue(eventually(lambda: "/nowhere" in running.err), running.err)
        self.assert_check_says("/nowhere", *PLAIN, "check", *nowhere)
        self.assert_check_says("--netns.dir names another folder", *PLAIN, "check", *nowhere)

    def test_in_a_folder_without_its_pods_it_knows_nothing_of_them(self):
        other = [
            "--check.pods",
            "--netns.dir=/run/lab/bin",
        ]  # files that are no namespaces, as in a container without our mounts
        with self.agent(*PLAIN, "agent", *other):
            judged = by(scrape(self.lab, NODE), "caliwatch_check_judged", "check")
            self.assertEqual(
                {check for check, yes in judged.items() if not yes} & PODS_ALONE,
                {"pod_gateway_unreachable", "pod_gateway_wrong_mac"},
            )
        done = self.lab.node(NODE).run([*PLAIN, "check", *other], check=False)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("mountPropagation: HostToContainer", " ".join(done.stdout.split()))

    def test_with_the_capability_it_looks_into_them(self):
        with self.agent("caliwatch", "agent", "--check.pods"):
            text = scrape(self.lab, NODE)
            self.assertEqual(set(by(text, "caliwatch_source_up", "source").values()), {1})
            self.assertEqual(by(text, "caliwatch_check_judged", "check"), {})


if __name__ == "__main__":
    run_tests()
