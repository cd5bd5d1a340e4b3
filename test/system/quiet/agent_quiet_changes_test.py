#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A healthy cluster has no findings while it is upgraded, nodes are replaced and the like; for minutes in
agent_quiet_changes_long_test.py."""

import os

from harness.main import run_tests
from quiet.quiet_cases import cases
from quiet.quiet_changes import KINDS

SECONDS = float(os.environ.get("CALIWATCH_QUIET_SECONDS", "40"))
Changes = cases(SECONDS, KINDS, workers=8)

if __name__ == "__main__":
    run_tests()
