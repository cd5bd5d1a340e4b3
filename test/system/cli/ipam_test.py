#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`caliwatch ipam` from files, standard input and recordings: real Calico's records and its node, and what is done to
them."""

import base64
import json
import os
import tempfile
import unittest

from harness.main import run_tests
from harness.program import caliwatch
from harness.tools import ROOT

RECORDED = ROOT / "test/recordings/calico"
HEALTHY = RECORDED / "etcd/healthy.json"
NODE = RECORDED / "bgp-healthy"  # n1, with pod1a to pod1c at 10.48.40.128 to .130
NODE_READ = 1795795115  # 2026-11-27 15:58:35 UTC, as its recording.txt says
ENDPOINT = "/calico/resources/v3/projectcalico.org/workloadendpoints/default/n2-k8s-pod2b-eth0"


def code(text):
    return base64.b64encode(text.encode()).decode()


def without(*keys):
    """The healthy dump without the keys that begin so."""
    dump = json.loads(HEALTHY.read_text())
    dump["kvs"] = [pair for pair in dump["kvs"] if not base64.b64decode(pair["key"]).decode().startswith(keys)]
    return json.dumps(dump)


def pods(*rows):
    items = [
        {
            "metadata": {"name": name, "namespace": "default"},
            "spec": {"nodeName": node},
            "status": {"phase": "Running", "podIP": address},
        }
        for name, node, address in rows
    ]
    return json.dumps({"kind": "PodList", "items": items})


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text, age=0.0):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.utime(path, (NODE_READ + 60 - age,) * 2)
        return path

    def two_looks(self, text, *more):
        now, before = self.write("now.json", text), self.write("before.json", text, age=60)
        return caliwatch("ipam", "--from", f"{now},{NODE}", "--before", f"{before},{NODE}", *more)

    def healthy(self, age=0.0):
        return self.write(f"healthy{age}.json", HEALTHY.read_text(), age)

    def test_healthy_records_and_their_node_agree(self):
        done = caliwatch("ipam", "--from", f"{self.healthy()},{NODE}")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertTrue(done.stdout.startswith("IPAM: records, pods and nodes agree\n"), done.stdout)
        late = self.write("late.json", HEALTHY.read_text(), age=-3600)
        stale = caliwatch("ipam", "--from", f"{late},{NODE}")
        self.assertEqual(stale.returncode, 2)
        self.assertIn("1 too old to count", stale.stdout)
        with open(HEALTHY, encoding="utf-8") as dump:
            piped = caliwatch("ipam", "--output", "json", stdin=dump)
        self.assertEqual((piped.returncode, json.loads(piped.stdout)["outcome"]), (0, "clean"))

    def test_records_that_were_wiped_leave_pods_without_record(self):
        wiped = without(
            "/calico/ipam/v2/assignment/ipv4/block/10.48.40",
            "/calico/ipam/v2/handle/k8s-pod-network.pod1",
            "/calico/ipam/v2/host/n1",
        )
        done = self.two_looks(wiped)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertIn("CRITICAL  ipam_running_without_record", done.stdout)
        for address in ("10.48.40.128", "10.48.40.129", "10.48.40.130"):
            self.assertIn(f"\n    {address}: ", done.stdout)
        order = [
            done.stdout.index(step)
            for step in ("kubectl cordon n1", "kubectl delete pod pod1a -n default", "kubectl uncordon n1")
        ]
        self.assertEqual(order, sorted(order))
        self.assertNotIn("calicoctl ipam release --ip", done.stdout)

    def test_a_leak_needs_two_looks_and_its_nodes_word(self):
        leaked_elsewhere = without(ENDPOINT)
        done = self.two_looks(leaked_elsewhere)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("no agent's report of node n2: 10.48.217.1", done.stdout)
        leaked = without("/calico/resources/v3/projectcalico.org/nodes/n2", ENDPOINT)
        once = caliwatch("ipam", "--from", f"{self.write('once.json', leaked)},{NODE}")
        self.assertEqual(once.returncode, 3, once.stdout)
        self.assertIn("Not yet sure", once.stdout)
        report = os.path.join(self.folder, "release.json")
        twice = self.two_looks(leaked, "--report", report)
        self.assertEqual(twice.returncode, 1)
        self.assertIn("calicoctl ipam release --ip=10.48.217.1\n", twice.stdout)
        with open(report, encoding="utf-8") as file:
            written = json.load(file)
        self.assertEqual(list(written["allocations"]), ["10.48.217.1"])
        self.assertEqual(written["clusterGUID"], "2592021066d94cf78dfe59d9aed23c2d")
        allocation = written["allocations"]["10.48.217.1"][0]
        self.assertEqual((allocation["handle"], allocation["inUse"]), ("k8s-pod-network.pod2b000000000000000n2", False))
        self.assertEqual(allocation["sequenceNumber"], 1795794738751870804)

    def test_pods_of_the_api_count_where_they_are_given(self):
        rows = [
            (f"pod{n}{x}", f"n{n}", f"10.48.{block}.{first + i}")
            for n, block, first in ((1, 40, 128), (2, 217, 0), (3, 98, 0))
            for i, x in enumerate("abc")
        ]
        done = caliwatch("ipam", "--from", f"{self.healthy()},{NODE},{self.write('all.json', pods(*rows))}")
        self.assertEqual(done.returncode, 0, done.stdout)
        gone = self.write("pods.json", pods(*rows[1:]))
        old = self.write("old.json", pods(*rows[1:]), age=60)
        done = caliwatch(
            "ipam", "--from", f"{self.healthy()},{NODE},{gone}", "--before", f"{self.healthy(60)},{NODE},{old}"
        )
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("ipam_endpoint_without_pod", done.stdout)
        self.assertNotIn("ipam release", done.stdout)

    def test_one_address_is_told_whole(self):
        done = caliwatch("ipam", "10.48.40.129", "--from", f"{HEALTHY},{NODE}")
        self.assertEqual(done.returncode, 0)
        for part in (
            "record    for default/pod1b of node n1 (workload) since 2026-11-27 15:52:18 UTC",
            "block     10.48.40.128/26 of host:n1, 3 addresses",
            "claim     by n1, confirmed",
            "endpoint  of pod default/pod1b at calia89865030a4",
            "seen      pod default/pod1b at calia89865030a4 of node n1: a route",
        ):
            self.assertIn(part, done.stdout)
        facts = json.loads(caliwatch("ipam", "10.48.40.129", "--from", str(HEALTHY), "--output", "json").stdout)[
            "facts"
        ]
        self.assertIn({"about": "seen", "text": "unknown: no node's report was given"}, facts)

    def test_what_is_cut_hostile_or_missing_is_named_and_nothing_is_called_leaked_by_it(self):
        text = without(ENDPOINT)
        for name, broken, words in (
            ("cut", text[: len(text) // 2], "it is cut off"),
            ("html", "<html>", "it is no JSON"),
            ("empty", "", "it is empty"),
            ("deep", '{"items": [' + "[" * 100_000, "nested deeper"),
            (
                "bad",
                text.replace(code("/calico/ipam/v2/config"), code("/calico/ipam/v2/handle/x")).replace(
                    code('{"state":"confirmed","deleted":false}'), code('{"state":7}')
                ),
                "spec.state is no text",
            ),
        ):
            with self.subTest(name):
                done = self.two_looks(broken)
                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertIn(words, done.stderr)
                self.assertIn(f"{name if name == 'x' else 'now'}.json", done.stderr.replace("before", "now"))
                self.assertNotIn("ipam release", done.stdout)
        done = caliwatch("ipam", "--from", "/nonexistent.json")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("/nonexistent.json", done.stderr)

    def test_a_wrong_command_line_is_refused(self):
        self.assertEqual(caliwatch("ipam", "nowhere", "--from", str(HEALTHY)).returncode, 64)
        same = caliwatch("ipam", "--from", str(HEALTHY), "--before", str(HEALTHY))
        self.assertEqual(same.returncode, 64)
        self.assertIn("is not older", same.stderr)
        unwritable = caliwatch("ipam", "--from", str(HEALTHY), "--report", "/nonexistent/release.json")
        self.assertEqual(unwritable.returncode, 2)
        self.assertIn("could not be written", unwritable.stderr)

    def test_its_checks_are_explained(self):
        done = caliwatch("explain", "ipam_running_without_record")
        self.assertEqual(done.returncode, 0)
        self.assertIn("A finding counts once 2 looks in a row have seen it.", " ".join(done.stdout.split()))


if __name__ == "__main__":
    run_tests()
