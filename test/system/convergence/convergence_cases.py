# SPDX-License-Identifier: Apache-2.0
"""What every scenario of a restart must show, whether it takes seconds or minutes."""

import concurrent.futures
import unittest

from calicolab.scenarios import SCENARIOS
from calicolab.show import scenario_row
from calicolab.trial import Trial
from harness.program import CALIWATCH


def cases(wanted, workers=6):
    """A TestCase with one test for each scenario whose name is wanted; their labs run side by side."""
    names = [name for name in SCENARIOS if wanted(name)]
    pool = concurrent.futures.ThreadPoolExecutor(workers)
    trials, submitted = {}, {}

    class Cases(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            trials.update({name: Trial(SCENARIOS[name], CALIWATCH) for name in names})
            submitted.update({name: pool.submit(trials[name].run) for name in names})

    def case(name):
        def test(self):
            for result in submitted[name].result():
                with self.subTest(result.family):
                    compare(self, SCENARIOS[name], result)
            self.assertEqual(trials[name].disturbed, set(), "a family whose BIRD went on has no episode")

        return test

    for name in names:
        setattr(Cases, f"test_{name.replace('-', '_')}", case(name))
    return Cases


def compare(test, scenario, result):
    truth, measured = result.truth, result.measured
    print(f"\n{scenario_row(scenario, result)}", flush=True)
    test.assertIsNotNone(truth.duration, "the witness saw it converge")
    test.assertLess(abs(measured.duration - truth.duration), 1.0)
    for phase, seconds in truth.phases.items():
        test.assertLess(abs(measured.phases[phase] - seconds), scenario.phases_within, phase)
    if scenario.counted:  # an agent that came later cannot know of gaps before it
        test.assertLess(abs(measured.longest_gap - truth.longest_gap), 0.05)
        test.assertLess(abs(measured.prefix_seconds - truth.prefix_seconds), 0.05 * max(1, truth.prefix_seconds))
    test.assertEqual(measured.restarts, scenario.counted)
    test.assertTrue(measured.rising, "elapsed seconds rise while it lasts")
    if scenario.blockers:
        compare_half_time(test, scenario.blockers_of(result.family), result)
    if blocked := scenario.blockers_of(result.family):
        test.assertGreater(truth.duration, scenario.lasts - 3, f"{blocked} did not hold it up")


def compare_half_time(test, blockers, result):
    """The dead peer holds up its own family, and nobody else does; the other family has long converged."""
    half_time = result.half_time
    test.assertEqual(half_time.pending, blockers, "by birdc")
    test.assertEqual(half_time.told.blockers, blockers)
    test.assertEqual(half_time.told.phase, "graceful_restart" if blockers else "converged")
    test.assertEqual(half_time.told.named_blocked, bool(blockers))
    for address in blockers:
        test.assertRegex(half_time.check, rf"graceful_restart_blocked[\s\S]*until\s+{address}\s+answers")
