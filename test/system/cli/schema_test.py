#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `caliwatch check --output json` prints of each recorded node fits docs/report.schema.json, without any key that
the schema does not have. What an agent serves, remedies_test.py holds against it."""

import concurrent.futures
import copy
import json
import unittest

from harness.main import run_tests
from harness.program import built, caliwatch
from harness.report_schema import misfits, validator
from harness.tools import ROOT

RECORDINGS = ROOT / "test/recordings"


def report(folder):
    return json.loads(caliwatch("check", "--replay", str(folder), "--output", "json").stdout)


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        built()
        heads = sorted(RECORDINGS.rglob("recording.txt"))
        folders = [head.parent for head in heads if head.parent.name != "second-look"]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cls.reports = dict(zip(folders, pool.map(report, folders)))
        cls.validator = validator()

    def test_every_report_fits(self):
        for folder, printed in self.reports.items():
            with self.subTest(folder.name):
                self.assertEqual(misfits(printed, self.validator), [])

    def test_there_was_something_to_look_at(self):
        for listed in ("birds", "peers", "findings", "checks", "sources", "remote_nodes"):
            self.assertTrue(any(printed[listed] for printed in self.reports.values()), listed)
        rows = [row for printed in self.reports.values() for row in printed["findings"]]
        self.assertTrue(any(row["effects"] for row in rows))
        self.assertEqual([row["check"] for row in rows if not row["commands"]], [])

    def test_a_key_more_one_less_and_a_value_of_another_kind_do_not_fit(self):
        fits = next(printed for printed in self.reports.values() if printed["findings"])
        for harm in (
            lambda told: told["findings"][0].update(colour="red"),
            lambda told: told["findings"][0].pop("commands"),
            lambda told: told.update(outcome="well"),
            lambda told: told.update(taken_at="yesterday"),
        ):
            told = copy.deepcopy(fits)
            harm(told)
            self.assertTrue(misfits(told, self.validator))


if __name__ == "__main__":
    run_tests()
