#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program compiled for arm64, run by qemu-user's emulator, says of every recording what this machine's says: text,
JSON, exit code. It is test/roots/arm64's, optimized less than what is shipped; the kernel is this machine's, so that
what an agent asks of one is not tried here."""

import concurrent.futures
import itertools
import shutil
import struct
import subprocess
import unittest
from pathlib import Path

from harness.main import run_tests
from harness.program import SANITIZED, built
from harness.tools import ROOT, run

EMULATOR = "qemu-aarch64-static"
EM_AARCH64 = 183  # of elf(5)'s e_machine, two bytes at 18
LONGEST = 120  # seconds that an answer may take on a busy machine


def recordings():
    heads = sorted((ROOT / "test/recordings").rglob("recording.txt"))
    return [head.parent for head in heads if head.parent.name != "second-look"]  # that is a part of another


def answer(program, folder, output):
    command = [*program, "check", "--replay", str(folder), "--output", output]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST)
    return done.returncode, done.stdout, done.stderr


def first_difference(here, there):
    """Of two answers: their exit codes, and the first line that is not the same."""
    lines = (itertools.zip_longest(*(text.splitlines() for text in pair)) for pair in zip(here[1:], there[1:]))
    line = next((pair for pair in itertools.chain(*lines) if pair[0] != pair[1]), ())
    return here[0], there[0], *(f"{each}"[:200] for each in line)


class OtherArchitecture(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if SANITIZED:
            raise unittest.SkipTest("the program for arm64 has no sanitizer")
        if not shutil.which(EMULATOR):
            raise unittest.SkipTest(f"{EMULATOR} is missing; `.ci/install-packages roots` installs it")
        root = Path(run(str(ROOT / "test/roots/arm64"), "--path").stdout.strip())
        if not Path(f"{root}.made").exists():
            raise unittest.SkipTest(f"{root} is not made; `test/roots/arm64` makes it and compiles, as root")
        cls.program = root / "build/caliwatch"
        cls.emulated = [EMULATOR, "-L", str(root), str(cls.program)]

    def test_it_is_for_arm64(self):
        (machine,) = struct.unpack_from("<H", self.program.read_bytes()[:20], 18)
        self.assertEqual(machine, EM_AARCH64)

    def test_it_says_of_every_recording_what_this_machines_says(self):
        folders = recordings()
        self.assertGreater(len(folders), 50)

        def differing(folder):
            """The forms in which the two say different things, with the first of it."""
            found = {}
            for output in ("text", "wide", "json"):
                here, there = answer([built()], folder, output), answer(self.emulated, folder, output)
                self.assertIn(here[0], (0, 1, 2, 3), here)
                self.assertTrue(here[1], "nothing was said that could be compared")
                if here != there:
                    found[output] = first_difference(here, there)
            return found

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            found = dict(zip((str(folder.relative_to(ROOT)) for folder in folders), pool.map(differing, folders)))
        print(f"{len(folders)} recordings")
        different = {folder: each for folder, each in found.items() if each}
        self.assertEqual(different, {}, "where sources have changed since, `test/roots/arm64` compiles them anew")


if __name__ == "__main__":
    run_tests(lab=False)
