#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Recorded nodes whose trouble is known, and healthy ones that look like it: `caliwatch check` finds what is wrong,
says why and what to do, and finds nothing else. What each of them is, the README files of test/recordings say."""

import concurrent.futures
import json
import unittest

from detection.case_findings import CASES
from harness.main import run_tests
from harness.program import built, caliwatch
from harness.tools import ROOT

RECORDINGS = ROOT / "test/recordings"
FOLDERS = ("calico", "cases", "healthy")


def recordings():
    """Each recording below FOLDERS, as CASES names it."""
    heads = (head for folder in FOLDERS for head in (RECORDINGS / folder).rglob("recording.txt"))
    return {str(head.parent.relative_to(RECORDINGS)) for head in heads if head.parent.name != "second-look"}


def check(name):
    answer = caliwatch("check", "--replay", str(RECORDINGS / name), "--output", "json")
    return json.loads(answer.stdout)


def words_of(finding):
    """All that is said of what is wrong, what follows from it included."""
    parts = [finding, *finding["effects"]]
    return " ".join(f"{part['subject']}: {part['detail']}" for part in parts)


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        built()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            names = sorted(recordings())
            cls.reports = dict(zip(names, pool.map(check, names)))

    def each(self, holds):
        """holds(case, report) asserts."""
        for name, case in CASES.items():
            with self.subTest(name):
                holds(case, self.reports[name])

    def test_every_recording_is_a_case(self):
        self.assertEqual(set(CASES), recordings())

    def test_what_is_wrong_is_found_and_nothing_else(self):
        def holds(case, report):
            found = {(each["check"], each["subject"]) for each in report["findings"] if each["severity"] != "info"}
            self.assertEqual(found - case.may, set(case.finds))

        self.each(holds)

    def test_every_check_judges(self):
        self.each(lambda _, report: self.assertNotEqual(report["outcome"], "cannot_judge"))

    def test_the_cause_is_named_and_what_to_do(self):
        def holds(case, report):
            found = {(each["check"], each["subject"]): each for each in report["findings"]}
            for key, (says, remedies) in case.finds.items():
                self.assertIn(key, found)
                for word in says:
                    self.assertIn(word, words_of(found[key]))
                for word in remedies:
                    self.assertIn(word, found[key]["remedy"])

        self.each(holds)

    def test_what_would_do_harm_is_not_advised(self):
        def holds(case, report):
            for finding in report["findings"]:
                for part in (finding, *finding["effects"]):
                    for word in case.never:
                        self.assertNotIn(word, part.get("remedy") or "")

        self.each(holds)


if __name__ == "__main__":
    run_tests(lab=False)
