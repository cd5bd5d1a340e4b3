#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The image of the one pod that looks at IPAM, run by the Deployment's own words: its command, no user but the image's,
no capability, nothing to write to, and a token where kubelet puts it; beside a real API server, in a network of their
own that has IPv4 and IPv6."""

import os
import re
import shutil
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from calicolab.waiting import eventually
from deploy import chart
from deploy.ipam_account import cluster_with_account
from harness.image import Container, image, size
from harness.kube import kube_program
from harness.main import run_tests
from harness.tools import go_tool

NODES = 3
MOST_BYTES = 36_000_000
SECRETS = "/var/run/secrets/kubernetes.io/serviceaccount"
OWN_NETWORK = "CALIWATCH_TEST_OWN_NETWORK"


class IpamImageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path, cls.said = image("ipam")
        kube_program()
        go_tool("helm")
        if OWN_NETWORK not in os.environ:
            raise unittest.SkipTest("only root can give it a network of its own")
        cls.kube, token = cluster_with_account(NODES)
        cls.addClassCleanup(cls.kube.close)
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        os.chmod(cls.folder, 0o755)
        Path(cls.folder, "token").write_text(token)
        shutil.copy(cls.kube.ca, Path(cls.folder, "ca.crt"))
        cls.spec = chart.one("Deployment", "--set=ipam.enabled=true")["spec"]["template"]["spec"]
        (cls.container,) = cls.spec["containers"]

    def pod(self):
        host, _, port = self.kube.url.removeprefix("https://").partition(":")
        address = [f"--env=KUBERNETES_SERVICE_HOST={host}", f"--env=KUBERNETES_SERVICE_PORT={port}"]
        return Container("ipam", self.spec, [*address, f"--volume={self.folder}:{SECRETS}:ro"])

    def ask(self, path, host="127.0.0.1"):
        (port,) = self.container["ports"]
        try:
            with urllib.request.urlopen(f"http://{host}:{port['containerPort']}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:
            return 0, ""

    def test_it_is_no_roots_and_not_large(self):
        print(f"{size(self.path)} bytes")
        self.assertLessEqual(size(self.path), MOST_BYTES)
        self.assertEqual(self.said["OCIv1"]["config"]["User"], "65534:65534")

    def test_it_reads_all_that_it_compares_and_tells_it_under_ipv4_and_ipv6(self):
        ready, healthy = (self.container[f"{what}Probe"]["httpGet"]["path"] for what in ("readiness", "liveness"))
        with self.pod() as pod:
            self.assertTrue(eventually(lambda: self.ask(ready)[0] == 200, timeout=120), pod.log())
            for host in ("127.0.0.1", "[::1]"):
                with self.subTest(host):
                    self.assertEqual(self.ask(healthy, host)[0], 200, pod.log())
                    self.assert_told(self.ask("/metrics", host)[1])
            self.assertIn("caliwatch", self.ask("/")[1])
            self.assertNotRegex(pod.log(), r'level=(error|warn)(?!.* error="agents: 3 of 3 )')  # there are none

    def assert_told(self, text):
        read = dict(re.findall(r'(?m)^caliwatch_ipam_evidence_readable{kind="(\w+)"} (\d)$', text))
        self.assertLessEqual({"blocks", "handles", "nodes", "pods", "pools", "services"}, read.keys(), text)
        self.assertEqual(set(read.values()), {"1"}, text)
        self.assertIn(f'caliwatch_ipam_evidence_rows{{kind="blocks"}} {NODES}\n', text)
        found = dict(re.findall(r'(?m)^caliwatch_ipam_findings{check="(\w+)"[^}]*} (\d+)$', text))
        self.assertEqual({check for check, count in found.items() if count != "0"}, set(), text)


def in_own_network():
    """This test anew, in a network that is a loopback: the pod's port is then nobody else's."""
    if os.geteuid() or OWN_NETWORK in os.environ:
        return
    again = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, "-B", *sys.argv]
    os.execvpe("unshare", ["unshare", "--net", *again], {**os.environ, OWN_NETWORK: "yes"})


if __name__ == "__main__":
    in_own_network()
    run_tests(lab=False)
