#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A healthy cluster has no findings while its pods come and go; for minutes in agent_quiet_long_test.py."""

import os

from harness.main import run_tests
from quiet.quiet_cases import cases
from quiet.quiet_labs import KINDS, crowd

SECONDS = float(os.environ.get("CALIWATCH_QUIET_SECONDS", "25"))
Quiet = cases(SECONDS, {"a_crowd": crowd(120), **KINDS}, workers=11)

if __name__ == "__main__":
    run_tests()
