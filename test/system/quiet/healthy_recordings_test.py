#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Of each recording of a healthy node nothing is found that is more than information: of the lab's nodes, of real
Calico's, and of states that look like faults."""

import json
import re
import unittest

from harness.main import run_tests
from harness.program import built
from harness.tools import ROOT, run

RECORDINGS = ROOT / "test/recordings"


def healthy():
    """{name: folder}; which of real Calico's are, their page says."""
    page = (RECORDINGS / "calico/README.md").read_text()
    folders = [
        *(RECORDINGS / "nodes").glob("healthy-*"),
        *(RECORDINGS / "calico" / name for name in re.findall(r"(?mi)^\| `([\w-]+)` \|.*\bhealthy \|$", page)),
        *(RECORDINGS / "healthy").iterdir(),
    ]
    return {folder.name: folder for folder in sorted(folders) if (folder / "recording.txt").exists()}


def found(folder):
    """What is found there that is more than information, and of what it cannot be told."""
    told = json.loads(run(built(), "check", "--replay", folder, "--output", "json").stdout)
    findings = [(row["check"], row["subject"]) for row in told["findings"] if row["severity"] != "info"]
    return findings, [row["source"] for row in told["sources"] if row["error"]]


class HealthyRecordings(unittest.TestCase):
    def test_there_are_some_of_each_kind(self):
        self.assertLessEqual(
            {"healthy-vxlan", "bgp-healthy", "ipip333-healthy-n1", "kubevirt-target-before-the-switch"},
            healthy().keys(),
        )
        self.assertNotEqual(found(RECORDINGS / "nodes/tunnel-down")[0], [])


def of(folder):
    return lambda self: self.assertEqual(found(folder), ([], []))


for recording, recorded_in in healthy().items():
    setattr(HealthyRecordings, f"test_{recording.replace('-', '_')}", of(recorded_in))

if __name__ == "__main__":
    run_tests(lab=False)
