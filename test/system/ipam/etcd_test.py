#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`caliwatch ipam --etcd` against a real etcd that holds what real Calico left there."""

import json
import threading
import unittest

from harness.etcd import Etcd, dumped
from harness.main import run_tests
from harness.program import Agent, caliwatch, without_cluster

SECRET = "hunter2-and-more"


def ipam(names, *arguments, **options):
    return caliwatch("ipam", "--etcd", *arguments, env={**without_cluster(), **names}, **options)


def rows(done):
    return {kind["kind"]: kind for kind in json.loads(done.stdout)["evidence"]}


class InEtcd(unittest.TestCase):
    how = {}

    @classmethod
    def setUpClass(cls):
        cls.etcd = Etcd(**cls.how)
        cls.addClassCleanup(cls.etcd.close)
        cls.etcd.fill(dumped())

    def agree(self, done):
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertIn("records, pods and nodes agree", done.stdout)


class Plain(InEtcd):
    def test_healthy_records_are_read_whole_and_nothing_is_wrong(self):
        done = ipam(self.etcd.environment(), "--output=json")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        counts = {kind: row["rows"] for kind, row in rows(done).items()}
        for kind, count in {"blocks": 3, "handles": 9, "affinities": 3, "endpoints": 9, "nodes": 3, "pools": 1}.items():
            self.assertEqual(counts[kind], count, kind)

    def test_more_keys_than_a_page_has_are_all_read_and_one_taken_meanwhile_is_seen(self):
        handles = {f"/calico/ipam/v2/handle/many{number}": '{"block":{}}' for number in range(1200)}
        puts = "".join(f"put {key} {json.dumps(value)}\n" for key, value in handles.items())
        # One transaction may have 128 operations; etcdctl reads them by lines, with an empty one after each part.
        lines = puts.splitlines()
        for start in range(0, len(lines), 100):
            self.etcd.ctl("txn", input="\n" + "\n".join(lines[start : start + 100]) + "\n\n\n")
        self.addCleanup(self.etcd.ctl, "del", "--prefix", "/calico/ipam/v2/handle/many")
        late = threading.Timer(4, self.etcd.ctl, ("put", "/calico/ipam/v2/handle/late", '{"block":{}}'))
        late.start()
        self.addCleanup(self.etcd.ctl, "del", "/calico/ipam/v2/handle/late")
        done = ipam(self.etcd.environment(), "--output=json")
        late.join()
        self.assertEqual(rows(done)["handles"]["rows"], 9 + 1200 + 1, done.stderr)

    def test_of_several_endpoints_one_that_answers_is_enough(self):
        names = self.etcd.environment()
        self.agree(ipam({**names, "ETCD_ENDPOINTS": "http://127.0.0.1:9," + names["ETCD_ENDPOINTS"]}))

    def test_an_etcd_that_nobody_reaches_is_one_problem_and_no_finding(self):
        done = ipam({"ETCD_ENDPOINTS": "http://127.0.0.1:9"})
        self.assertEqual(done.returncode, 2)
        self.assertEqual(len(done.stderr.splitlines()), 2, done.stderr)
        self.assertIn("etcd: http://127.0.0.1:9: ", done.stderr)

    def test_agents_that_leave_their_nodes_unknown_are_told_in_one_line(self):
        with Agent() as agent:  # without Calico's files it does not know its node's name
            asked = f"--agents=127.0.0.1:{agent.port},127.0.0.1:9"
            done = ipam(self.etcd.environment(), asked, "--output=json")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertEqual(rows(done)["reports"]["rows"], 2)
        (line,) = done.stderr.splitlines()
        self.assertIn("agents: 2 of 2 nodes are not known for sure: the agent at 127.0.0.1:", line)

    def test_a_value_that_is_cut_makes_its_kind_incomplete_and_is_named(self):
        key, value = next((key, value) for key, value in dumped().items() if "/workloadendpoints/" in key)
        self.etcd.ctl("put", key, input=value[: len(value) // 2])
        self.addCleanup(self.etcd.ctl, "put", key, input=value)
        done = ipam(self.etcd.environment())
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("WorkloadEndpoint", done.stderr)
        self.assertIn("IPAM: cannot judge", done.stdout)
        self.assertNotIn("release", done.stdout)


class WithTls(InEtcd):
    how = {"tls": True, "password": SECRET}

    def refused(self, names, words):
        done = ipam({**self.etcd.environment(), **names})
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertIn(words, done.stderr)
        self.assertNotIn(SECRET, done.stdout + done.stderr)
        self.assertNotIn("PRIVATE", done.stdout + done.stderr)

    def test_with_certificates_and_a_password_all_is_read(self):
        self.agree(ipam(self.etcd.environment()))

    def test_a_server_whose_certificate_nobody_vouches_for_is_told_nothing(self):
        self.refused({"ETCD_CA_CERT_FILE": self.etcd.certificates.path("stranger.crt")}, "certificate")
        self.refused({"ETCD_CA_CERT_FILE": ""}, "certificate")

    def test_a_server_of_another_name_is_told_nothing(self):
        self.refused({"ETCD_ENDPOINTS": self.etcd.url.replace("127.0.0.1", "127.0.0.2")}, "https://127.0.0.2")

    def test_a_wrong_password_is_said_and_not_shown(self):
        self.refused({"ETCD_PASSWORD": SECRET + "-wrong"}, "authentication failed")
        self.refused({"ETCD_USERNAME": "", "ETCD_PASSWORD": ""}, "user name is empty")

    def test_a_client_that_etcds_gateway_does_not_take_is_told_what_to_do(self):
        path = self.etcd.certificates.path
        names = {"ETCD_CERT_FILE": path("named.crt"), "ETCD_KEY_FILE": path("named.key")}
        self.refused(names, "etcdctl get --prefix /calico -w json | caliwatch ipam --from -")

    def test_a_client_without_a_certificate_is_refused(self):
        self.refused({"ETCD_CERT_FILE": "", "ETCD_KEY_FILE": ""}, "etcd: https://127.0.0.1")


if __name__ == "__main__":
    run_tests(lab=False)
