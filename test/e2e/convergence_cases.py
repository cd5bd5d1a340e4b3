# SPDX-License-Identifier: Apache-2.0
"""What every scenario of a restart must show, whether it takes seconds or minutes."""

import concurrent.futures
import unittest

from agents import CALIWATCH

from calicolab.scenarios import SCENARIOS
from calicolab.trial import Trial, row


def cases(wanted, workers=4):
    """A TestCase with one test for each scenario whose name is wanted; their labs run side by side."""
    names = [name for name in SCENARIOS if wanted(name)]
    pool = concurrent.futures.ThreadPoolExecutor(workers)
    trials = {}

    class Cases(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            trials.update({name: pool.submit(Trial(SCENARIOS[name], CALIWATCH).run) for name in names})

    for name in names:
        setattr(Cases, f"test_{name.replace('-', '_')}", lambda self, name=name: compare(self, SCENARIOS[name], trials[name].result()))
    return Cases


def compare(test, scenario, result):
    truth, measured = result.truth, result.measured
    print(f"\n{scenario.name}: {row(result)} (seconds true, measured; gap true, measured)", flush=True)
    test.assertIsNotNone(truth.duration, "the witness saw it converge")
    test.assertLess(abs(measured.duration - truth.duration), 1.0)
    if scenario.counted:  # an agent that came later cannot know of gaps before it
        test.assertLess(abs(measured.longest_gap - truth.longest_gap), 0.05)
        test.assertLess(abs(measured.prefix_seconds - truth.prefix_seconds), 0.05 * max(1, truth.prefix_seconds))
    test.assertEqual(measured.restarts, scenario.counted)
    test.assertTrue(measured.rising, "elapsed seconds rise while it lasts")
    if scenario.lasts > 5:
        test.assertIn(scenario.phase, measured.phases)
        test.assertLessEqual(set(scenario.blockers), measured.blockers)
        test.assertGreater(truth.duration, scenario.lasts - 3, "the lab did not hold it up")
