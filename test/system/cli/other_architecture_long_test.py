#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program of the image for arm64, cross-compiled and run by qemu-user's emulator on that image's own file system,
says of every recording what this machine's says: text, JSON, exit code. The kernel is this machine's, so that what an
agent asks of one is not tried here."""

import concurrent.futures
import itertools
import re
import shutil
import struct
import subprocess
import unittest

from harness.image import image
from harness.main import run_tests
from harness.program import SANITIZED, built
from harness.tools import ROOT

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
        cls.root, cls.said = image("runtime", "arm64")
        cls.emulated = [EMULATOR, "-L", str(cls.root), str(cls.root / "usr/bin/caliwatch")]

    def test_the_image_and_all_that_is_in_it_is_for_arm64(self):
        self.assertEqual(self.said["OCIv1"]["architecture"], "arm64")
        programs = [path for path in self.root.rglob("*") if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"]
        self.assertGreater(len(programs), 10)
        for path in programs:
            (machine,) = struct.unpack_from("<H", path.read_bytes()[:20], 18)
            self.assertEqual(machine, EM_AARCH64, path)

    def test_it_holds_the_same_as_that_for_amd64(self):
        """But for where libraries are, the loader's name, and those of packages of a cross compiler."""
        own = re.compile(r"^(usr/)?lib(64)?/((aarch64|x86_64)-linux-gnu/)?(ld-linux.*)?|-arm64-cross")
        here, there = (
            {own.sub("", str(path.relative_to(root))) for path in root.rglob("*") if not path.is_dir()}
            for root in (image("runtime", "amd64")[0], self.root)
        )
        self.assertEqual(there ^ here, set())

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
        self.assertEqual(different, {}, "`test/roots/image runtime arm64` compiles what has changed since")


if __name__ == "__main__":
    run_tests(lab=False)
