#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A healthy cluster has no findings for ten minutes. CALIWATCH_QUIET_SECONDS: for how long instead."""

import os

from harness.main import run_tests
from quiet.quiet_cases import cases
from quiet.quiet_labs import KINDS, crowd

SECONDS = float(os.environ.get("CALIWATCH_QUIET_SECONDS", "600"))
Quiet = cases(SECONDS, {"a_crowd": crowd(250), **KINDS}, workers=11)

if __name__ == "__main__":
    run_tests()
