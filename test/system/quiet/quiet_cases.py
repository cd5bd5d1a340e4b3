# SPDX-License-Identifier: Apache-2.0
"""What must hold in a healthy lab of every kind, whether it is watched for seconds or minutes."""

import collections
import concurrent.futures
import unittest

from calicolab.errors import LabUnavailable
from calicolab.waiting import patience
from quiet.quiet_watch import observe


def cases(seconds, kinds, workers):
    """A TestCase with one test for each of {name: Kind}; their labs run side by side."""
    pool = concurrent.futures.ThreadPoolExecutor(workers)
    submitted = {}

    class Cases(unittest.TestCase):
        maxDiff = None

        @classmethod
        def setUpClass(cls):
            submitted.update({name: pool.submit(observe, kind, seconds) for name, kind in kinds.items()})

    def case(name):
        def test(self):
            try:
                result = submitted[name].result()
            except LabUnavailable as reason:
                self.skipTest(str(reason))
            compare(self, kinds[name], result)

        test.__doc__ = kinds[name].text
        return test

    for name in kinds:
        setattr(Cases, f"test_nothing_is_found_in_{name}", case(name))
    return Cases


def compare(test, kind, result):
    print(_told(result), flush=True)
    enough = 0.6 * result.seconds / patience(1)
    test.assertGreater(result.looks, enough)
    test.assertGreater(result.polls, enough)
    test.assertIsNotNone(result.acts, "it went on until it was told to end")
    test.assertGreater(result.acts, kind.acts_per_second * min(enough, 0.6 * kind.acts_for))
    test.assertEqual(
        {saying: at for saying, at in result.said.items() if not _is_right(saying, at, kind, result.acts)}, {}
    )
    true = kind.steadily | {"neighbor_table_full"}
    test.assertEqual({saying for saying in result.afterwards if saying[2][0] not in kind.steadily}, set(), "20 s later")
    for node, told in result.checked.items():
        above_info = [row for row in told["findings"] if row["severity"] != "info"]
        test.assertEqual([row for row in above_info if row["check"] not in true], [], node)
        test.assertEqual([row for row in told["sources"] if row["error"]], [], node)
        for check, reason in [(row["check"], row["error"]) for row in told["checks"] if not row["judged"]]:
            test.assertIn(check, kind.unjudged, f"{node}: {reason}")
            test.assertIn(kind.unjudged[check], reason)


def _is_right(saying, at, kind, acts):
    _, what, (name, *_) = saying
    if (what, name) == ("down", "felix") and len(at) <= patience(1) / 10:
        return True  # half a second is little for the lab's Felix in an emulated machine
    return name in kind.steadily or name in kind.rightly.get(what, ()) and len(at) <= 3 * acts


def _told(result):
    by_saying = collections.Counter()
    for (_, what, names), at in result.said.items():
        by_saying[f"{what} {names[0]}"] += len(at)
    looked = f"{result.seconds:.0f} s, {result.looks} looks, {result.polls:.0f} polls"
    figures = f"{looked}, {result.acts} acts, {result.full} full tables"
    return "\n   ".join([figures, *(f"{saying}: {count} s" for saying, count in sorted(by_saying.items()))])
