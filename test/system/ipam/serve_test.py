#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`caliwatch ipam --serve` beside a real etcd with Calico's records, and stand-ins for the nodes' agents: what it says
on its page, in its metrics and its JSON while records are lost, etcd goes and comes back."""

import json
import os
import re
import signal
import subprocess
import unittest

from calicolab.waiting import eventually
from harness.calico_cluster import CalicoCluster
from harness.cluster_objects import ObjectFiles
from harness.etcd import Etcd
from harness.etcd_records import EtcdRecords
from harness.main import run_tests
from harness.program import CALIWATCH, IpamServer, caliwatch, without_cluster
from harness.tools import unpacked_tool
from harness.workload_agents import WorkloadAgents
from ipam.remedies import Hands
from ipam.seed_cases import N2, N3, SETTINGS
from ipam.seed_etcd import calicos_node
from ipam.seed_scenes import build, records_wiped

AGO = 4 * 3600
SECRET = "hunter2-and-more"
LOST = {f"{block}.{last}" for block in (N2, N3) for last in range(3)}
WITHOUT_RECORD = 'caliwatch_ipam_findings{check="ipam_running_without_record"}'
BLOCKS_READABLE = 'caliwatch_ipam_evidence_readable{kind="blocks"}'
LEAKED = 'caliwatch_ipam_findings{check="ipam_address_leaked"}'


class Serving(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.etcd = Etcd()
        self.addCleanup(self.etcd.close)
        store = EtcdRecords(self.etcd.url)
        for key, value in SETTINGS.items():
            store.put(key, value)
        self.cluster = CalicoCluster(ObjectFiles(AGO), store, SETTINGS, endpoints=True, ago=AGO)
        build(self.cluster)
        for name in self.cluster.kernels:
            store.put(f"/calico/resources/v3/projectcalico.org/nodes/{name}", calicos_node(name))
        agents = WorkloadAgents(self.cluster.workloads)
        self.addCleanup(agents.close)
        self.server = self.serve("--agents", ",".join(map(agents.address_of, self.cluster.kernels)))
        self.assertTrue(eventually(lambda: self.server.ask("/-/ready")[0] == 200, timeout=60))

    def serve(self, *flags):
        server = IpamServer("--etcd", "--interval=5s", *flags, environment=self.etcd.environment())
        self.addCleanup(server.__exit__)
        return server

    def text(self):
        status, _, body = self.server.ask("/metrics")
        self.assertEqual(status, 200, body)
        return body.decode()

    def metrics(self):
        """{series: value} of the last look."""
        lines = [line for line in self.text().splitlines() if not line.startswith("#")]
        return {series: float(value) for series, _, value in (line.rpartition(" ") for line in lines)}

    def looks(self):
        return self.metrics()["caliwatch_ipam_looks_total"]

    def await_looks(self, more):
        """So many looks that begin from now on are over; one more may be under way."""
        wanted = self.looks() + more + 1
        self.assertTrue(eventually(lambda: self.looks() >= wanted, timeout=60), "looks do not follow each other")

    def await_metric(self, series, value, timeout=60):
        self.assertTrue(
            eventually(lambda: self.metrics().get(series) == value, timeout=timeout), (series, value, self.text())
        )

    def json(self):
        return json.loads(self.server.ask("/api/v1/ipam")[2])

    def page(self):
        return self.server.ask("/")[2].decode()

    def sure(self, check):
        return {row["subject"] for row in self.json()["findings"] if row["sure"] and row["check"] == check}

    def end(self):
        self.server.signal(signal.SIGTERM)
        self.assertEqual(self.server.wait(10), 0)
        return self.server.rest_of_log()

    def test_records_that_are_lost_an_etcd_that_goes_and_comes_back_and_the_remedy(self):
        self.await_looks(2)
        self.assert_quiet()
        records_wiped(self.cluster)
        before = self.looks()
        self.await_metric(WITHOUT_RECORD, 6)
        self.assertLessEqual(self.looks() - before, 3, "two looks, and one that was under way")
        self.assert_named()

        self.etcd.stop()
        self.await_metric(BLOCKS_READABLE, 0)
        self.await_looks(2)
        self.assert_unreadable()

        self.etcd.start()
        self.await_metric(BLOCKS_READABLE, 1, timeout=120)
        self.await_metric(WITHOUT_RECORD, 6)
        self.assert_named()

        Hands(self.cluster).carry_out(self.json()["commands"])
        self.await_metric(WITHOUT_RECORD, 0)
        self.await_looks(2)
        self.assert_quiet()
        self.assert_log(self.end())

    def assert_quiet(self):
        metrics = self.metrics()
        findings = {series: value for series, value in metrics.items() if "_ipam_findings{" in series and value}
        self.assertEqual(findings, {})
        self.assertEqual(metrics[LEAKED], 0)
        self.assertEqual(metrics[BLOCKS_READABLE], 1)
        self.assertEqual(metrics['caliwatch_ipam_evidence_rows{kind="reports"}'], 3)
        self.assertEqual(metrics['caliwatch_ipam_recorded_addresses{kind="workload"}'], len(self.cluster.pods))
        answer = self.json()
        self.assertEqual((answer["outcome"], answer["findings"]), ("clean", []))
        self.assertIn("IPAM: records, pods and nodes agree", self.page())

    def assert_named(self):
        self.assertEqual(self.sure("ipam_running_without_record"), LOST)
        self.assertEqual(self.sure("ipam_address_leaked"), set())
        page = self.page()
        self.assertIn("A pod runs with an address that Calico&#39;s IPAM believes to be free", page)
        self.assertIn('<pre tabindex="0">kubectl delete pod pod2a -n default</pre>', page)
        checked = subprocess.run(
            [unpacked_tool("promtool"), "check", "metrics"],
            input=self.text(),
            text=True,
            capture_output=True,
            timeout=30,
        )
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))

    def assert_unreadable(self):
        metrics, answer, page = self.metrics(), self.json(), self.page()
        self.assertEqual(metrics['caliwatch_ipam_check_judged{check="ipam_address_leaked"}'], 0)
        self.assertNotIn(LEAKED, metrics)
        counts = ("caliwatch_ipam_pool_", "caliwatch_ipam_recorded", "caliwatch_ipam_node_recorded")
        self.assertEqual([series for series in metrics if series.startswith(counts)], [])
        self.assertEqual(self.sure("ipam_address_leaked"), set())
        self.assertEqual(answer["safe_to_release"], [])
        blocks = next(row for row in answer["evidence"] if row["kind"] == "blocks")
        self.assertIn(self.etcd.url, blocks["error"])
        self.assertIn("What could not be asked", page)
        self.assertIn(f"etcd: {self.etcd.url}", page)
        self.assertEqual(json.loads(self.server.ask("/api/v1/ipam/releases")[2])["allocations"], {})

    def assert_log(self, lines):
        """Each thing once, whatever happened to etcd in between."""
        found = [re.search(r"subject=(\S+)", line)[1] for line in lines if "check=ipam_running_without_record" in line]
        self.assertEqual(sorted(found), sorted([*LOST, *LOST]), "begun and over, once each")
        self.assertEqual(len([line for line in lines if 'msg="a source cannot be asked"' in line]), 1, lines)
        self.assertEqual(len([line for line in lines if 'msg="a source can be asked again"' in line]), 1, lines)
        self.assertEqual([line for line in lines if "msg=finding " in line and "leaked" in line], [])

    def test_what_is_safe_to_release_is_a_download_and_a_hung_etcd_is_told(self):
        self.cluster.unplug("default/pod1a")
        self.await_metric("caliwatch_ipam_releasable_addresses", 1)
        status, headers, body = self.server.ask("/api/v1/ipam/releases")
        self.assertEqual((status, headers["Content-Disposition"]), (200, 'attachment; filename="release.json"'))
        report = json.loads(body)
        self.assertEqual([*report["allocations"]], ["10.48.40.128"])
        self.assertTrue(report["clusterInformationRevision"])
        self.assertEqual(self.metrics()['caliwatch_ipam_node_findings{node="n1",check="ipam_address_leaked"}'], 1)
        os.kill(self.etcd.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, self.etcd.pid, signal.SIGCONT)
        self.await_metric(BLOCKS_READABLE, 0)
        self.assertEqual(self.json()["safe_to_release"], [])
        os.kill(self.etcd.pid, signal.SIGCONT)
        self.await_metric("caliwatch_ipam_releasable_addresses", 1, timeout=120)

    def test_http_is_as_the_agents(self):
        for path, status in {"/-/healthy": 200, "/status.css": 200, "/api/v1/report": 404}.items():
            self.assertEqual(self.server.ask(path)[0], status, path)
        self.assertEqual(self.server.ask("/", "POST")[0], 405)
        self.assertEqual(self.server.ask("/", headers={"Host": "evil.example.com"})[0], 421)
        self.assertEqual(self.server.ask("/metrics", headers={"Host": "ipam.kube-system.svc"})[0], 200)
        self.server.signal(signal.SIGHUP)
        self.server.await_log("SIGHUP changes nothing")
        self.server.signal(signal.SIGINT)
        self.assertEqual(self.server.wait(10), 0)


class WithoutCluster(unittest.TestCase):
    def test_an_etcd_that_nobody_reaches_is_told_and_nothing_is_found(self):
        names = {"ETCD_ENDPOINTS": "http://127.0.0.1:9", "ETCD_USERNAME": "root", "ETCD_PASSWORD": SECRET}
        with IpamServer("--etcd", "--interval=5s", "--agents=127.0.0.1:9", environment=names) as server:
            self.assertTrue(eventually(lambda: server.ask("/-/ready")[0] == 200, timeout=60))
            page, metrics = server.ask("/")[2].decode(), server.ask("/metrics")[2].decode()
            self.assertIn("IPAM: cannot judge all of it", page)
            self.assertIn("etcd: http://127.0.0.1:9", page)
            self.assertIn(f"{BLOCKS_READABLE} 0\n", metrics)
            self.assertIn('caliwatch_ipam_evidence_unknown_rows{kind="reports"} 1\n', metrics)
            self.assertNotIn("caliwatch_ipam_findings", metrics)
            answer = server.ask("/api/v1/ipam")[2].decode()
            server.signal(signal.SIGTERM)
            self.assertEqual(server.wait(10), 0)
            self.assertNotIn(SECRET, page + metrics + answer + "".join(server.rest_of_log()))

    def test_it_listens_where_it_is_told_to(self):
        names = {"ETCD_ENDPOINTS": "http://127.0.0.1:9"}
        with IpamServer("--etcd", environment=names, listen="127.0.0.1:0,127.0.0.2:0") as server:
            self.assertRegex(server.started, r"ports=\d+,\d+ ")

    def test_it_listens_on_ipv6_if_civetweb_has_it(self):
        names = {"ETCD_ENDPOINTS": "http://127.0.0.1:9"}
        refused = caliwatch("ipam", "--serve", "--etcd", "--listen=[fd00::1]:1", env={**without_cluster(), **names})
        self.assertNotEqual(refused.returncode, 0)
        if "built without IPv6" in refused.stderr:
            self.skipTest("this system's civetweb is built without IPv6 (that of Debian 13 has it)")
        with IpamServer("--etcd", environment=names, listen="[::1]:0") as server:
            url = f"http://[::1]:{server.port}/-/healthy"
            asked = subprocess.run(["curl", "--silent", "--fail", "--globoff", url], timeout=30)
            self.assertEqual(asked.returncode, 0)

    def test_a_command_line_that_does_not_fit_is_refused_in_one_line(self):
        ours = without_cluster()
        for arguments, words in (
            (["--serve"], "--serve asks a cluster: add --kubeconfig or --etcd, or run it in a pod"),
            (["--serve", "--etcd", "--from", "records.json"], "give files (--from), or ask the cluster"),
            (["--serve", "--etcd", "10.48.0.1"], "takes no ADDRESS"),
            (["--serve", "--etcd", "--output=json"], "takes no --output: its JSON is at /api/v1/ipam"),
            (["--serve", "--etcd", "--interval=1s"], "--interval: '1s' is out of range"),
            (["--serve", "--etcd", "--listen=nowhere"], "--listen: "),
            (["--listen=:1"], "--listen goes with --serve alone"),
        ):
            done = caliwatch("ipam", *arguments, env=ours, stdin=subprocess.DEVNULL)
            self.assertEqual((done.returncode, len(done.stderr.splitlines())), (64, 1), done.stderr)
            self.assertIn(words, done.stderr)
        done = caliwatch("ipam", "--serve", "--etcd", env=ours)
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (2, 1), done.stderr)
        self.assertIn("ETCD_ENDPOINTS is not set", done.stderr)


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
