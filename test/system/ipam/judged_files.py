# SPDX-License-Identifier: Apache-2.0
"""What `caliwatch ipam` says of a cluster that is data, by files: lists of the Kubernetes API or a dump of Calico's
etcd, and recordings of the nodes."""

import json
import os
import shutil
import tempfile
import time

from harness.program import caliwatch

EXIT_CLEAN, EXIT_FINDINGS, EXIT_UNSURE = 0, 1, 3
BETWEEN_LOOKS = 120  # seconds


class FileLooks:
    """Looks at a CalicoCluster. files(): {name: text} of what is known at this moment, beside what the nodes' kernels
    have. begin: when the first look is to be, in seconds from now. recordings: a KernelRecordings. Ends with close(),
    which tests add as a cleanup."""

    def __init__(self, cluster, files, begin, recordings):
        self._cluster = cluster
        self._recordings = recordings
        self._files = files
        self._folder = tempfile.mkdtemp(prefix="caliwatch-looks-")
        self._looks = []
        # Looks are written one after another, and each is to be so much later.
        self._time = time.time() + begin

    def look(self):
        """Writes one look down, two minutes after the one before."""
        self._time += BETWEEN_LOOKS
        folder = os.path.join(self._folder, str(len(self._looks)))
        os.makedirs(os.path.join(folder, "nodes"))
        for name, text in self._files().items():
            path = os.path.join(folder, name)
            with open(path, "w") as file:
                file.write(text)
            os.utime(path, (self._time, self._time))
        shown = {name: (kernel, self._cluster.blocks_of(name)) for name, kernel in self._cluster.kernels.items()}
        self._recordings.write(os.path.join(folder, "nodes"), shown, self._time)
        self._looks.append(",".join(os.path.join(folder, name) for name in sorted(os.listdir(folder))))

    def _ask(self, *flags):
        """Of the last look, with the one before it where there is one."""
        before = ["--before", self._looks[-2]] if len(self._looks) > 1 else []
        done = caliwatch("ipam", "--from", self._looks[-1], *before, *flags)
        if done.returncode not in (EXIT_CLEAN, EXIT_FINDINGS, EXIT_UNSURE):
            raise AssertionError(f"exit {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def answer(self):
        """(exit code, JSON)"""
        done = self._ask("--output", "json")
        return done.returncode, json.loads(done.stdout)

    def text(self):
        return self._ask().stdout

    def report(self):
        """What is safe to release, for calicoctl."""
        path = os.path.join(self._folder, "report")
        self._ask("--report", path)
        with open(path) as file:
            return json.load(file)

    def close(self):
        shutil.rmtree(self._folder)
