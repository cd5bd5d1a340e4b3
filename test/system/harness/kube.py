# SPDX-License-Identifier: Apache-2.0
"""A real Kubernetes API server on loopback, with nothing behind it: what tests write is all there is. No pod runs, no
controller tidies up, and a namespace that is deleted stays."""

import contextlib
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

from calicolab.waiting import eventually
from harness.certificates import Certificates
from harness.tools import ROOT

ADMIN = "admin-of-the-tests"
_START = 120  # seconds; 5 to 10 on an idle machine


def kube_program(name="api-server"):
    """A program of test/kube (kubelet, kubectl), for tests that would skip without it."""
    built = subprocess.run([ROOT / "test/kube/build", "--path"], capture_output=True, text=True, check=True)
    program = os.path.join(os.environ.get("CALIWATCH_KUBE", built.stdout.strip()), name)
    if not os.path.exists(program):
        raise unittest.SkipTest(f"{program} is not built; `make test-kube` builds it where Go 1.26 is")
    return program


class KubeError(Exception):
    """An answer that is no success; `code` is HTTP's."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")
        self.code = code


class Kube:
    """Ends with close(), which tests add as a cleanup. `url`, `ca` (a file) and `token` are what a client needs.
    flags: of kube-apiserver, on top."""

    def __init__(self, *flags):
        program = kube_program()
        self.folder = tempfile.mkdtemp(prefix="caliwatch-kube-")
        self._certificates = Certificates(self.folder)
        self._idle = []  # connections
        self._made = {}  # {path: object} as the server answered last, for its version
        # Ours until the server has it too: no other can take the port meanwhile.
        with socket.socket() as port:
            port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            port.bind(("127.0.0.1", 0))
            self.url = f"https://127.0.0.1:{port.getsockname()[1]}"
            command = [program, self.folder, *self._flags(port.getsockname()[1]), *flags]
            with open(self._path("log"), "w") as log:
                self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
            try:
                self._await_ready()
            except BaseException:
                self.close()
                raise
        self.token = ADMIN

    def _path(self, *name):
        return os.path.join(self.folder, *name)

    @property
    def ca(self):
        return self._path("certs", "apiserver.crt")

    @property
    def pid(self):
        return self._process.pid

    def _flags(self, port):
        with open(self._path("tokens.csv"), "w") as tokens:
            tokens.write(f'{ADMIN},admin,1,"system:masters"\n')
        self._certificates.self_signed("clients")
        return [
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            "--permit-port-sharing",
            f"--token-auth-file={self._path('tokens.csv')}",
            f"--client-ca-file={self._path('clients.crt')}",
            "--authorization-mode=RBAC",
            # Of no use here; its own guess wants a default route.
            "--advertise-address=192.0.2.1",
            "--endpoint-reconciler-type=none",
            "--service-cluster-ip-range=10.96.0.0/16",
            # Pods of a namespace without a service account, which no controller makes here.
            "--disable-admission-plugins=ServiceAccount",
        ]

    def client_certificate(self, user, group):
        """(certificate, key): files of a user whom the server believes by TLS."""
        return self._certificates.signed("clients", user, subject=f"/O={group}/CN={user}")

    def _await_ready(self):
        def over():
            return self._process.poll() is not None or self._answers()

        if not eventually(over, timeout=_START) or self._process.poll() is not None:
            raise AssertionError(f"the API server did not become ready: {self.log()[-2000:]}")

    def _answers(self):
        try:
            return self.request("GET", "/readyz", raw=True) == b"ok"
        except (OSError, KubeError):  # until its certificate is written there is nothing to trust
            return False

    def log(self):
        with open(self._path("log")) as log:
            return log.read()

    def request(self, method, path, body=None, kind="application/json", token=ADMIN, certificate=None, raw=False):
        """The answer's document. KubeError for every answer that is no success. certificate: (its file, its key's), in
        place of a token."""
        headers = {"Content-Type": kind} if body is not None else {}
        if not certificate:
            headers["Authorization"] = f"Bearer {token}"
        text = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        for wait in (1, 2, 4, 8, None):
            with self._connection(certificate) as connection:
                connection.request(method, path, text, headers)
                answer = connection.getresponse()
                said = answer.read()
            # Resources that were just defined are not stored at once: the server says so, and every client asks again.
            if answer.status != 429 or wait is None:
                break
            time.sleep(wait)
        if answer.status >= 300:
            raise KubeError(answer.status, said.decode(errors="replace"))
        return said if raw else json.loads(said)

    @contextlib.contextmanager
    def _connection(self, certificate):
        """One that was used before, if there is one: a handshake costs more than most requests. After an error it is
        not used again."""
        connection = self._idle.pop() if self._idle and not certificate else self._connect(certificate)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if certificate:
            connection.close()
        else:
            self._idle.append(connection)

    def _connect(self, certificate):
        trust = ssl.create_default_context(cafile=self.ca)
        if certificate:
            trust.load_cert_chain(*certificate)
        return http.client.HTTPSConnection("127.0.0.1", int(self.url.rpartition(":")[2]), timeout=30, context=trust)

    def get(self, path):
        """None where there is no such object."""
        try:
            return self.request("GET", path)
        except KubeError as error:
            if error.code != 404:
                raise
            return None

    def put(self, collection, body, status=None):
        """Makes the object of this collection ("/api/v1/nodes") or replaces it; the object."""
        path = f"{collection}/{body['metadata']['name']}"
        now = self._made.get(path) or self.get(path)
        if now is None:
            now = self.request("POST", collection, body)
        else:
            metadata = {**body["metadata"], "resourceVersion": now["metadata"]["resourceVersion"]}
            now = self.request("PUT", path, {**body, "metadata": metadata})
        self._made[path] = now
        return self.put_status(path, status) if status is not None else now

    def put_status(self, path, status):
        """A resource of its own: what comes with an object is dropped."""
        now = self._made.get(path) or self.get(path)
        self._made[path] = self.request("PUT", f"{path}/status", {**now, "status": status})
        return self._made[path]

    def patch(self, path, change):
        """`change` by merging; the object."""
        self._made.pop(path, None)
        return self.request("PATCH", path, change, kind="application/merge-patch+json")

    def delete(self, path, grace_seconds=0):
        """Fine where there is none."""
        self._made.pop(path, None)
        try:
            self.request("DELETE", f"{path}?gracePeriodSeconds={grace_seconds}")
        except KubeError as error:
            if error.code != 404:
                raise

    def list(self, collection):
        """As `kubectl get --raw COLLECTION`."""
        return self.request("GET", collection)

    def clear(self, collection):
        """Deletes all that list() has of it."""
        for item in self.list(collection)["items"]:
            metadata, plural = item["metadata"], collection.rpartition("/")[2]
            inside = f"/api/v1/namespaces/{metadata['namespace']}/{plural}" if "namespace" in metadata else collection
            self.delete(f"{inside}/{metadata['name']}")

    def kubeconfig(self, **user):
        """The path of a kubeconfig file of this user: token=…, or **{"client-certificate": …, "client-key": …}."""
        cluster = {"server": self.url, "certificate-authority": self.ca}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "tests",
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "tests"}}],
            "clusters": [{"name": "tests", "cluster": cluster}],
            "users": [{"name": "tests", "user": user or {"token": self.token}}],
        }
        handle, path = tempfile.mkstemp(dir=self.folder, suffix=".kubeconfig")
        with os.fdopen(handle, "w") as file:
            json.dump(document, file)  # which is YAML, too
        return path

    def close(self):
        for connection in self._idle:
            connection.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
