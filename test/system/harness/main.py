# SPDX-License-Identifier: Apache-2.0
"""The main of every test file."""

import os
import sys
import unittest

from calicolab.errors import EXIT_SKIP, LabUnavailable
from calicolab.sandbox import check_available


def run_tests(*programs, lab=True):
    """Exit status 77, with the reason, where nothing could run: a program is missing, or the kernel lets us make no
    lab."""
    if reason := _why_not(programs, lab):
        print(f"skipped: {reason}")
        sys.exit(EXIT_SKIP)
    result = unittest.main(verbosity=2, exit=False).result
    for test, why in result.skipped:
        print(f"skipped: {test}: {why}")
    nothing_ran = result.skipped and result.testsRun <= len(result.skipped)
    sys.exit(1 if not result.wasSuccessful() else EXIT_SKIP if nothing_ran else 0)


def _why_not(programs, lab):
    for program in programs:
        if not os.path.exists(program):
            return f"{program} is missing; `make deps` installs or unpacks it"
    try:
        if lab:
            check_available()
    except LabUnavailable as reason:
        return reason
    return None
