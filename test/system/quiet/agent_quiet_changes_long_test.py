#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same as agent_quiet_changes_test.py for ten minutes. CALIWATCH_QUIET_SECONDS: for how long instead."""

import os

from harness.main import run_tests
from quiet.quiet_cases import cases
from quiet.quiet_changes import KINDS

SECONDS = float(os.environ.get("CALIWATCH_QUIET_SECONDS", "600"))
Changes = cases(SECONDS, KINDS, workers=8)

if __name__ == "__main__":
    run_tests()
