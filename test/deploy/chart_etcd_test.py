#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The chart's pod that looks at IPAM, beside an etcd that wants a certificate and a password: its own command and
environment, with the Secret where kubelet would put it."""

import re
import tempfile
import unittest
from pathlib import Path

from calicolab.waiting import eventually
from deploy import chart
from harness.etcd import Etcd, dumped
from harness.main import run_tests
from harness.program import CALIWATCH, IpamServer

PASSWORD = "hunter2"
# Where calicoctl's variables are in a Secret as Calico's own manifest makes it; who has passwords adds two.
FILES = {"etcd-ca": "ca.crt", "etcd-cert": "client.crt", "etcd-key": "client.key"}
KEYS = ("--set=ipam.etcd.keys.ETCD_USERNAME=user", "--set=ipam.etcd.keys.ETCD_PASSWORD=word")


def deployed(url):
    wanted = f"--set=ipam.enabled=true,ipam.etcd.endpoints={url},ipam.etcd.secretName=calico-etcd-secrets"
    return chart.one("Deployment", wanted, *KEYS)["spec"]["template"]["spec"]


class EtcdTest(unittest.TestCase):
    def setUp(self):
        self.etcd = Etcd(tls=True, password=PASSWORD)
        self.addCleanup(self.etcd.close)
        self.etcd.fill(dumped())
        path = self.etcd.certificates.path
        self.secret = {key: Path(path(name)).read_text() for key, name in FILES.items()}
        self.secret |= {"user": "root", "word": PASSWORD}
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.mounted = folder.name

    def environment(self, pod):
        """As kubelet makes it of the pod and the Secret."""
        (container,), (volume,) = pod["containers"], pod["volumes"]
        (mount,) = container["volumeMounts"]
        for item in volume["secret"]["items"]:
            Path(self.mounted, item["path"]).write_text(self.secret[item["key"]])
        made = {}
        for variable in container["env"]:
            if "valueFrom" in variable:
                made[variable["name"]] = self.secret[variable["valueFrom"]["secretKeyRef"]["key"]]
            else:
                made[variable["name"]] = variable["value"].replace(mount["mountPath"], self.mounted)
        return made

    def test_it_reads_calicos_records_there_and_tells_no_password(self):
        pod = deployed(self.etcd.url)
        (container,) = pod["containers"]
        flags = [flag for flag in container["args"][2:] if not flag.startswith("--listen=")]
        with IpamServer(*flags, environment=self.environment(pod)) as server:
            self.assertTrue(eventually(lambda: server.ask("/-/ready")[0] == 200, timeout=90), server.log_so_far())
            text = server.ask("/metrics")[2].decode()
            told = "".join(server.ask(path)[2].decode() for path in ("/", "/api/v1/ipam")) + "".join(
                server.log_so_far()
            )
        read = dict(re.findall(r'(?m)^caliwatch_ipam_evidence_readable{kind="(\w+)"} (\d)$', text))
        for kind in ("affinities", "blocks", "endpoints", "handles", "nodes", "pools"):
            self.assertEqual(read.get(kind), "1", text)
        self.assertIn('caliwatch_ipam_evidence_rows{kind="blocks"} 3\n', text)
        self.assertNotIn(PASSWORD, told + text)


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
