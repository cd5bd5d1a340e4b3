#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A healthy cluster has no findings for ten minutes. CALIWATCH_QUIET_SECONDS: for how long instead."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))

from quiet_cases import cases  # noqa: E402
from witness import run_tests  # noqa: E402

Quiet = cases(float(os.environ.get("CALIWATCH_QUIET_SECONDS", "600")), pods_of_a_crowd=250, workers=11)

if __name__ == "__main__":
    run_tests()
