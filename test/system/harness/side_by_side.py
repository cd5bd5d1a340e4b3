# SPDX-License-Identifier: Apache-2.0
"""Tests that mostly wait, each on a lab of its own."""

import concurrent.futures


def side_by_side(case):
    """Of a TestCase: all of its tests begin together, and each is reported once it ends. None may have subtests."""
    names = [name for name in dir(case) if name.startswith("test_")]
    tests = {name: getattr(case, name) for name in names}

    def begin(cls):
        pool = concurrent.futures.ThreadPoolExecutor(len(names))
        cls.addClassCleanup(pool.shutdown)
        cls.begun = {name: pool.submit(test, cls(name)) for name, test in tests.items()}

    case.setUpClass = classmethod(begin)
    for name in names:
        setattr(case, name, _awaiting(name))
    return case


def _awaiting(name):
    def test(self):
        self.begun[name].result()

    return test
