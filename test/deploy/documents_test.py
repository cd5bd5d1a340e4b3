# SPDX-License-Identifier: Apache-2.0
"""README and docs: links lead somewhere, and the page on configuration tells what the program's help tells."""

import re
import tempfile
import unittest
from pathlib import Path

from harness.main import run_tests
from harness.program import built
from harness.tools import ROOT, run

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CONFIGURATION = (ROOT / "docs/configuration.md").read_text()


def flags_of_help(command):
    """{flag: default} of a command's help."""
    text = run(built(), command, "--help").stdout
    entries = re.split(r"(?m)^ *(?=--)", text)
    flags = {}
    for entry in entries[1:]:
        name = re.match(r"--[\w.-]+", entry)[0]
        default = re.search(r"Default: (\S+?)\.?(?:\s|$)", " ".join(entry.split()))
        flags[name] = default[1] if default else None
    return flags


class LinksTest(unittest.TestCase):
    def test_every_relative_link_leads_to_a_file(self):
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
                if "://" not in target:
                    self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")

    def test_every_file_that_a_page_names_in_code_exists(self):
        for page in PAGES:
            for path in re.findall(r"`((?:deploy|dashboards|docs|lib|test)/[\w./-]+)`", page.read_text()):
                self.assertTrue((ROOT / path).exists(), f"{page.name}: {path}")


class ConfigurationTest(unittest.TestCase):
    def test_the_page_lists_the_agents_flags_with_their_defaults(self):
        rows = dict(re.findall(r"(?m)^\| `(--[\w.-]+)` \| `?([^`|]+?)`? \|", CONFIGURATION))
        told = flags_of_help("agent")
        told.pop("--help", None)
        self.assertEqual(rows, told)

    def test_the_flags_of_check_are_there_too(self):
        for flag in flags_of_help("check"):
            if flag != "--help":
                self.assertIn(f"`{flag}", CONFIGURATION)

    def test_the_example_file_is_accepted_and_a_wrong_key_in_it_is_not(self):
        (example,) = re.findall(r"```yaml\n(.*?)```", CONFIGURATION, re.DOTALL)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "caliwatch.yaml")
            for text, accepted in ((example, True), (example.replace("interval:", "intervall:"), False)):
                path.write_text(text)
                answer = run(built(), "check", f"--config.file={path}", f"--replay={folder}/none")
                self.assertEqual(str(path) not in answer.stderr, accepted, answer.stderr)


if __name__ == "__main__":
    run_tests(lab=False)
