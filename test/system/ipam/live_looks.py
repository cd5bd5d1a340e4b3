# SPDX-License-Identifier: Apache-2.0
"""What `caliwatch ipam` says of a cluster that is data when it asks itself: real servers with its records, stand-ins
for its nodes' agents."""

import json
import os
import shutil
import tempfile

from harness.program import SANITIZED, caliwatch, without_cluster
from harness.workload_agents import WorkloadAgents
from ipam.judged_files import EXIT_CLEAN, EXIT_FINDINGS, EXIT_UNSURE


class LiveLooks:
    """Looks at a CalicoCluster, as FileLooks does. asked: the command line's `--kubeconfig FILE`, `--etcd`.
    environment: on top of ours. later: by how many seconds the program's clock goes before the servers'; what was made
    just now is so old for it, which it may be nowhere else. Ends with close(), which tests add as a cleanup."""

    def __init__(self, cluster, asked, environment=(), later=0):
        self._cluster = cluster
        self._asked = asked
        self._environment = {**without_cluster(), **dict(environment)}
        self._clock = ["faketime", "-m", "--exclude-monotonic", "-f", f"{later:+}s"] if later else []
        self._agents = WorkloadAgents(lambda node: cluster.workloads(node) if node in cluster.kernels else None)
        self._folder = tempfile.mkdtemp(prefix="caliwatch-looks-")

    def look(self):
        """Nothing: each question looks twice."""

    def _ask(self, *flags):
        agents = [self._agents.address_of(node) for node in self._cluster.kernels]
        arguments = ["ipam", *self._asked, "--agents", ",".join(agents), *flags]
        done = caliwatch(*arguments, prefix=self._clock, env=self._environment, timeout=150)
        if done.stderr or done.returncode not in (EXIT_CLEAN, EXIT_FINDINGS, EXIT_UNSURE):
            raise AssertionError(f"exit {done.returncode}: {done.stdout}{done.stderr}")
        return done, len(agents)

    def _report_path(self):
        return os.path.join(self._folder, "report")

    def answer(self):
        """(exit code, JSON)"""
        done, agents = self._ask("--output", "json", "--report", self._report_path())
        answer = json.loads(done.stdout)
        seen = [row["rows"] for row in answer["evidence"] if row["kind"] == "reports"]
        if seen != [agents]:
            raise AssertionError(f"of {agents} nodes these were read: {seen}")
        return done.returncode, answer

    def text(self):
        return self._ask()[0].stdout

    def report(self):
        """What was safe to release, for calicoctl, by the last answer."""
        with open(self._report_path()) as file:
            return json.load(file)

    def close(self):
        self._agents.close()
        shutil.rmtree(self._folder)


def skip_without_faketime(test):
    if SANITIZED:
        test.skipTest("a sanitizer wants to be the first library, as what sets the clock does")
    if not shutil.which("faketime"):
        test.skipTest("faketime is missing; `make deps` installs it")
