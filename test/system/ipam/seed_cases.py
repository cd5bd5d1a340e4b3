# SPDX-License-Identifier: Apache-2.0
"""After an upgrade, in which pods had not gone through a whole deletion: `caliwatch ipam` names each cause within two
looks, and what it prints to type ends it and changes nothing else. The same wherever Calico keeps its records."""

from harness.calico_objects import dumped
from harness.tools import ROOT
from ipam.cluster_truth import records, wrong
from ipam.judged_files import EXIT_CLEAN, EXIT_FINDINGS, EXIT_UNSURE
from ipam.remedies import Hands
from ipam.seed_scenes import BLOCKS, SCENES, build

REAL = dumped((ROOT / "test/recordings/calico/etcd/healthy.json").read_text())
# What a cluster has besides, as real Calico wrote it.
SETTINGS = {key: REAL[key] for key in REAL if any(kind in key for kind in ("/ippools/", "/clusterinfor", "/v2/config"))}


N2, N3 = BLOCKS["n2"].removesuffix(".0/26"), BLOCKS["n3"].removesuffix(".0/26")


class SeedCases:
    """To be mixed into a TestCase that makes `cluster`, a CalicoCluster with SETTINGS, and `looks` at it."""

    maxDiff = None

    def begin(self):
        build(self.cluster)
        self.hands = Hands(self.cluster)

    def judged(self):
        """{(check, subject)} that count and have no cause among the others; and the whole answer."""
        code, answer = self.looks.answer()
        sure = [row for row in answer["findings"] if row["sure"]]
        self.assertEqual(code, EXIT_FINDINGS if sure else EXIT_UNSURE if answer["findings"] else EXIT_CLEAN)
        return {(row["check"], row["subject"]) for row in sure if row["cause"] is None}, answer

    def two_looks(self):
        self.looks.look()
        self.looks.look()
        return self.judged()

    def make(self, scene):
        """The scene; what is said after two looks."""
        self.assert_healthy()
        SCENES[scene](self.cluster)
        return self.two_looks()

    def assert_healthy(self):
        found, _ = self.two_looks()
        self.assertEqual(found, set(), "of the healthy cluster")

    def assert_ended(self):
        """By who made the cluster, and by its own word."""
        self.assertEqual(wrong(self.cluster), set())
        _, answer = self.two_looks()
        self.assertEqual(answer["findings"], [])

    def assert_says(self, *words):
        text = " ".join(self.looks.text().split())
        for part in words:
            self.assertIn(part, text)

    def test_records_wiped(self):
        found, answer = self.make("records_wiped")
        lost = {("ipam_running_without_record", f"{block}.{last}") for block in (N2, N3) for last in range(3)}
        twice = {("ipam_address_twice", f"10.48.40.{last}") for last in (128, 129, 130)}
        self.assertEqual(found, lost | twice)
        self.assertEqual(answer["safe_to_release"], [])
        younger = {f"default/pod1{letter}": self.cluster.pods[f"default/pod1{letter}"] for letter in "xyz"}
        self.hands.carry_out(answer["commands"])
        self.assertEqual({name: self.cluster.pods.get(name) for name in younger}, younger, "they have records")
        self.assert_ended()

    def test_a_pod_reborn_elsewhere_of_which_a_record_is_left(self):
        before = records(self.cluster)
        found, answer = self.make("reborn")
        self.assertEqual(found, {("ipam_handle_reborn", "default.db-0")})
        leaked = [(row["subject"], row["cause"]) for row in answer["findings"] if row["check"] == "ipam_address_leaked"]
        self.assertEqual(leaked, [("10.48.40.131", {"check": "ipam_handle_reborn", "subject": "default.db-0"})])
        self.release(answer, ["10.48.40.131"])
        self.assertEqual(records(self.cluster), {**before, f"{N2}.3": ("default.db-0", "default/db-0")})
        self.assert_ended()

    def test_a_pod_reborn_elsewhere_while_the_first_is_still_there(self):
        before = records(self.cluster)
        found, answer = self.make("reborn_beside_the_old")
        self.assertEqual(found, {("ipam_handle_reborn", "default.db-0")})
        self.assertEqual(answer["safe_to_release"], [])
        self.hands.carry_out(answer["commands"])
        self.assertEqual(records(self.cluster).items() & before.items(), before.items())
        self.assert_ended()

    def test_a_deletion_that_never_ends(self):
        before = records(self.cluster)
        found, answer = self.make("never_ends")
        self.assertEqual(found, {("ipam_pod_deletion_stuck", "default/pod2b")})
        self.assertEqual(answer["safe_to_release"], [])
        self.assert_says("kubelet's log", "Do not delete the pod by force")
        handle, _ = before.pop(f"{N2}.1")
        self.cluster.ipam.release_handle(handle)
        self.cluster.delete_object("default/pod2b")
        self.assertEqual(records(self.cluster), before)
        self.assert_ended()

    def release(self, answer, addresses):
        """By the report, as calicoctl does: an address is released if it still has the record that the report names."""
        self.assertEqual(answer["safe_to_release"], addresses)
        report = self.looks.report()
        self.assertEqual([*report["allocations"]], addresses)
        for (told,) in report["allocations"].values():
            self.cluster.ipam.release_by_report(told)
