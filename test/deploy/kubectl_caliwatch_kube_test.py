#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/kubectl-caliwatch by kubectl itself, through a real API server, into what answers `kubectl exec` as a
container's runtime does (test/kube/kubelet). In place of pods, the real caliwatch looks at recordings of nodes.
Every way in which kubectl or an agent can fail is tried in kubectl_caliwatch_test.py, with a stand-in for kubectl."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

from harness.kube import Kube, kube_program
from harness.main import run_tests
from harness.program import CALIWATCH, NO_BIRD, built, caliwatch
from harness.terminal import watched
from harness.tools import ROOT, run

NODES = ROOT / "test/recordings/nodes"
PODS = "/api/v1/namespaces/caliwatch/pods"
AGENT = {"name": "caliwatch", "image": "none", "args": ["agent", "--check.pods"]}


class Kubelet:
    """Ends with close(). `port`: where the API server asks it, whatever the node is called."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="caliwatch-kubelet-")
        self._process = subprocess.Popen([kube_program("kubelet"), self.folder], stdout=subprocess.PIPE, text=True)
        self.port = int(self._process.stdout.readline())

    def container(self, pod, script):
        """What a command in this pod's container is: a script of a shell, to which the command's words are $@."""
        path = os.path.join(self.folder, "caliwatch", pod, "caliwatch")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\n{script}\n")
        os.chmod(path, 0o755)

    def close(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
        shutil.rmtree(self.folder)


def judging(*flags):
    """A script that runs the program's command as on a node that these flags tell of, without its agent's own."""
    # caliwatch COMMAND --check.pods WORD…
    return f'shift; command=$1; shift 2; exec {CALIWATCH} "$command" {" ".join(map(str, flags))} "$@"'


class Plugin(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        built()
        kube_program("kubectl")
        cls.kubelet = Kubelet()
        cls.addClassCleanup(cls.kubelet.close)
        cls.kube = Kube()
        cls.addClassCleanup(cls.kube.close)
        cls.kube.put("/api/v1/namespaces", {"metadata": {"name": "caliwatch"}})
        for node, script in {
            "node1": judging("--replay", NODES / "healthy-bird2"),
            "node2": judging("--replay", NODES / "wrong-veth"),
        }.items():
            cls.agent_on(node)
            cls.kubelet.container(f"agent-{node}", script)
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        os.symlink(kube_program("kubectl"), os.path.join(cls.folder, "kubectl"))
        cls.environment = {
            "PATH": f"{cls.folder}:{ROOT / 'deploy'}:/usr/bin:/bin",
            "KUBECONFIG": cls.kube.kubeconfig(),
            "HOME": cls.folder,
        }

    @classmethod
    def agent_on(cls, node, port=None):
        cls.kube.put(
            "/api/v1/nodes",
            {"metadata": {"name": node, "labels": {"kubernetes.io/os": "linux"}}},
            status={
                "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
                "daemonEndpoints": {"kubeletEndpoint": {"Port": port or cls.kubelet.port}},
            },
        )
        cls.kube.put(
            PODS,
            {
                "metadata": {"name": f"agent-{node}", "labels": {"app.kubernetes.io/name": "caliwatch"}},
                "spec": {"nodeName": node, "containers": [AGENT]},
            },
            status={"phase": "Running"},
        )

    def plugin(self, *words, **environment):
        return run("kubectl", "caliwatch", *words, env={**self.environment, **environment})

    def test_each_node_is_a_line_the_worst_first(self):
        done = self.plugin("status")
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        rows = [line.split(None, 2) for line in done.stdout.splitlines()[1:]]
        self.assertEqual([row[:2] for row in rows], [["node2", "CRITICAL"], ["node1", "OK"]])

    def test_a_node_that_cannot_be_reached_and_one_without_an_agent_show(self):
        self.agent_on("node3", port=1)  # where nobody listens
        self.kube.put("/api/v1/nodes", {"metadata": {"name": "node4", "labels": {"kubernetes.io/os": "linux"}}})
        self.addCleanup(self.kube.delete, f"{PODS}/agent-node3")
        for node in ("node3", "node4"):
            self.addCleanup(self.kube.delete, f"/api/v1/nodes/{node}")
        said = dict(line.split(None, 1) for line in self.plugin("status").stdout.splitlines())
        self.assertRegex(said["node3"], "^NO ANSWER  .*dial tcp 127.0.0.1:1: connect: connection refused")
        self.assertEqual(said["node4"], "NO AGENT   no pod of caliwatch is on it")
        done = self.plugin("check", "node3")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("node node3 cannot be asked: ", done.stderr)

    def test_check_prints_and_exits_as_on_the_node(self):
        for node, name, code in (("node1", "healthy-bird2", 0), ("node2", "wrong-veth", 1)):
            done, there = self.plugin("check", node), caliwatch("check", "--replay", NODES / name)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (code, there.stdout, ""))
        told = json.loads(self.plugin("check", "node2", "--", "--output", "json").stdout)
        self.assertEqual(told["outcome"], "findings")

    def test_a_recording_arrives_whole(self):
        target = os.path.join(self.folder, "recording")
        done = self.plugin("record", "node2", target)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        here, there = (caliwatch("check", "--replay", place).stdout for place in (target, NODES / "wrong-veth"))
        self.assertEqual(here, there)

    def test_who_may_not_exec_is_told_the_right_that_is_missing(self):
        certificate, key = self.kube.client_certificate("eve", "readers")
        eve = self.kube.kubeconfig(**{"client-certificate": certificate, "client-key": key})
        done = self.plugin("status", KUBECONFIG=eve)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, 'the agents cannot be listed: .*pods is forbidden: User "eve" cannot list')
        roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/caliwatch"
        rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}
        self.kube.put(f"{roles}/roles", {"metadata": {"name": "readers"}, "rules": [rule]})
        subject = {"kind": "User", "name": "eve", "apiGroup": "rbac.authorization.k8s.io"}
        role = {"kind": "Role", "name": "readers", "apiGroup": "rbac.authorization.k8s.io"}
        self.kube.put(
            f"{roles}/rolebindings", {"metadata": {"name": "readers"}, "roleRef": role, "subjects": [subject]}
        )
        done = self.plugin("check", "node1", KUBECONFIG=eve)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn('User "eve" cannot create resource "pods/exec"', done.stderr)
        # What it says is needed, as printed, tells of just that.
        (command,) = [line.strip() for line in done.stderr.splitlines() if "create pods/exec" in line]
        asked = run("sh", "-c", command, env={**self.environment, "KUBECONFIG": eve})
        self.assertEqual((asked.returncode, asked.stdout), (1, "no\n"))

    def test_watch_has_the_terminal(self):
        self.agent_on("node5")
        self.addCleanup(self.kube.delete, f"{PODS}/agent-node5")
        self.addCleanup(self.kube.delete, "/api/v1/nodes/node5")
        self.kubelet.container("agent-node5", judging(*NO_BIRD))
        shown = watched(
            ["kubectl", "caliwatch", "watch", "node5"],
            ["nothing wrong found", "finding"],
            "q",
            env={**self.environment, "TERM": "xterm"},
        )
        self.assertIn("\x1b[?1049h", shown)
        self.assertIn("\x1b[?1049l", shown)


if __name__ == "__main__":
    run_tests(lab=False)
