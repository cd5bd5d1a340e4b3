# SPDX-License-Identifier: Apache-2.0
"""A real etcd of Debian's on loopback, as Calico can have one for its datastore."""

import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile

from calicolab.waiting import eventually
from harness.certificates import Certificates
from harness.tools import ROOT, unpacked_tool

# What real Calico left in its etcd, nine pods on three nodes, nothing wrong.
HEALTHY = ROOT / "test/recordings/calico/etcd/healthy.json"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def dumped(path=HEALTHY):
    """{key: value} of what `etcdctl get --prefix … -w json` printed."""
    with open(path) as file:
        pairs = json.load(file)["kvs"]
    return {base64.b64decode(pair["key"]).decode(): base64.b64decode(pair["value"]).decode() for pair in pairs}


def _certificates(folder):
    """Who etcd's authority has signed; `stranger` is signed by nobody."""
    made = Certificates(folder)
    made.self_signed("ca")
    made.signed("ca", "server", extension="subjectAltName=IP:127.0.0.1,DNS:localhost")
    # While etcd wants passwords, its JSON gateway takes no client that has a common name.
    made.signed("ca", "client", subject="/O=client", extension="extendedKeyUsage=clientAuth")
    made.signed("ca", "named", extension="extendedKeyUsage=clientAuth")
    made.self_signed("stranger")
    return made


class Etcd:
    """`tls`: it and its clients have certificates, which each side verifies. `password`: of the user root, without
    whom nobody may read."""

    def __init__(self, tls=False, password=None):
        self._etcd, self._etcdctl = unpacked_tool("etcd", "etcd-server"), unpacked_tool("etcdctl", "etcd-client")
        self.folder = tempfile.mkdtemp()
        self.certificates = _certificates(self.folder) if tls else None
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{free_port()}"
        self.password = None
        self._start()
        if password:
            self.ctl("user", "add", f"root:{password}")
            self.ctl("user", "grant-role", "root", "root")
            self.ctl("auth", "enable")
            self.password = password

    def _start(self):
        peer = f"http://127.0.0.1:{free_port()}"
        command = [
            self._etcd,
            "--data-dir",
            os.path.join(self.folder, "data"),
            "--listen-client-urls",
            self.url,
            "--advertise-client-urls",
            self.url,
            "--listen-peer-urls",
            peer,
            "--initial-advertise-peer-urls",
            peer,
            "--initial-cluster",
            f"default={peer}",
            "--log-level",
            "error",
        ]
        if self.certificates:
            path = self.certificates.path
            command += [
                "--cert-file",
                path("server.crt"),
                "--key-file",
                path("server.key"),
                "--trusted-ca-file",
                path("ca.crt"),
                "--client-cert-auth",
            ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            if not eventually(lambda: self.run_ctl("endpoint", "health").returncode == 0, timeout=60):
                raise AssertionError("etcd does not answer")
        except BaseException:
            self.close()
            raise

    def run_ctl(self, *arguments, **options):
        command = [self._etcdctl, "--endpoints", self.url, *arguments]
        if self.certificates:
            path = self.certificates.path
            command += ["--cacert", path("ca.crt"), "--cert", path("client.crt"), "--key", path("client.key")]
        if self.password:
            command += ["--user", f"root:{self.password}"]
        return subprocess.run(
            command, env={**os.environ, "ETCDCTL_API": "3"}, text=True, capture_output=True, timeout=60, **options
        )

    def ctl(self, *arguments, **options):
        done = self.run_ctl(*arguments, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fill(self, pairs):
        for key, value in pairs.items():
            self.ctl("put", key, input=value)

    def environment(self):
        """As calicoctl would find it."""
        names = {"ETCD_ENDPOINTS": self.url}
        if self.certificates:
            path = self.certificates.path
            names |= {
                "ETCD_CA_CERT_FILE": path("ca.crt"),
                "ETCD_CERT_FILE": path("client.crt"),
                "ETCD_KEY_FILE": path("client.key"),
            }
        if self.password:
            names |= {"ETCD_USERNAME": "root", "ETCD_PASSWORD": self.password}
        return names

    @property
    def pid(self):
        return self._process.pid

    def stop(self):
        """Its data stay for start()."""
        self._process.kill()
        self._process.wait()

    def start(self):
        self._start()

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
