#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/caliwatch.1: groff finds no fault in it, and a reader finds in it what `--help` tells."""

import re
import shutil
import subprocess
import unittest

from harness.main import run_tests
from harness.program import built
from harness.tools import ROOT, run

PAGE = ROOT / "docs/caliwatch.1"


def printed():
    """The page as `man` shows it, in lines that are never broken."""
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-P-cbou", "-rLL=2000n"],
        input=PAGE.read_text(),
        text=True,
        capture_output=True,
        check=True,
    )
    return done.stdout


def help_of(*command):
    return run(built(), *command, "--help").stdout


def commands():
    """{name: what it does}"""
    return dict(re.findall(r"(?m)^  (\w+) +(.*)$", help_of().split("Subcommands:")[1]))


def options_of(command):
    """{flag, with its value as the page writes it: what it does}"""
    options = help_of(command).split("Options:")[1].split("\n\n")[0]
    entries = re.findall(r"(?ms)^  (?:-[hq],)?(--[\w.-]+)(?: (\S+))?\s+(.*?)(?=^  -|\Z)", options)
    return {f"{flag}={value}" if value else flag: " ".join(about.split()) for flag, value, about in entries}


class ManualTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("groff"):
            raise unittest.SkipTest("groff is missing; `make deps` installs it")
        cls.page = printed()
        cls.sections = dict(re.findall(r"(?ms)^   caliwatch (\w+)\n(.*?)(?=^   caliwatch |^\S)", cls.page))

    def test_groff_has_nothing_to_say_about_it(self):
        done = run("groff", "-man", "-ww", "-z", str(PAGE))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_it_has_every_command_of_the_help_with_its_words(self):
        self.assertGreater(len(commands()), 5)
        self.assertEqual(list(self.sections), list(commands()))
        for command, about in commands().items():
            self.assertEqual(self.sections[command].splitlines()[0].strip(), about)

    def test_it_has_every_flag_of_every_command_with_the_words_of_the_help(self):
        for command, section in self.sections.items():
            told = dict(re.findall(r"(?m)^       (?:-q, )?(--\S+)(?:\n +| +)(\S.*)$", section))
            self.assertEqual(told, options_of(command), command)
        self.assertLessEqual({"--output=text|wide|short|json", "--quiet"}, options_of("check").keys())

    def test_it_tells_the_exit_codes_of_the_help(self):
        told = re.findall(r"(?m)^       (\d+) ", self.page.split("EXIT STATUS")[1].split("ENVIRONMENT")[0])
        footer = help_of("check").split("Exit codes: ")[1]
        self.assertEqual(told, re.findall(r"(?:^|; |\n)(\d+) ", footer))

    @unittest.skipUnless(shutil.which("lexgrog"), "lexgrog is missing; install Debian's man-db")
    def test_man_finds_its_name_and_line_of_purpose(self):
        done = run("lexgrog", str(PAGE))
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("caliwatch - watch one node's Calico network", done.stdout)


if __name__ == "__main__":
    run_tests(lab=False)
