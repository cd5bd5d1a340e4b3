#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test/kernels/guest says why it runs nothing, where it cannot. What it runs, `make test-kernels` tells."""

import os
import tempfile
import unittest

from harness.main import run_tests
from harness.tools import ROOT, run

GUEST = ROOT / "test/kernels/guest"
SKIPPED = 77


class Guest(unittest.TestCase):
    def ask(self, *arguments, **environment):
        done = run(GUEST, *arguments, env={**os.environ, **environment})
        return done.returncode, done.stdout, done.stderr

    def test_without_the_kernel_it_is_skipped_and_says_what_to_run(self):
        with tempfile.TemporaryDirectory() as empty:
            code, told, _ = self.ask("6.1", "--", "true", CALIWATCH_TOOLS=empty)
        self.assertEqual(code, SKIPPED)
        self.assertRegex(told, r"skipped: .*: run `\.ci/install-kernels 6\.1`\n$")

    def test_without_an_emulator_it_is_skipped_and_says_so(self):
        with tempfile.TemporaryDirectory() as empty:
            code, told, _ = self.ask("6.1", "--", "true", PATH=empty)
        self.assertEqual(code, SKIPPED)
        self.assertIn("skipped: there is no qemu-system-x86_64", told)

    def test_a_command_is_asked_for(self):
        code, _, told = self.ask("6.1")
        self.assertEqual(code, 2)
        self.assertIn("name a command after --", told)


if __name__ == "__main__":
    run_tests(lab=False)
