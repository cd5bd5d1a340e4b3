#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same as agent_quiet_test.py where routes lead through tunl0: on kernels that have IPIP, which test/kernels/guest
runs."""

import os

from harness.main import run_tests
from quiet.quiet_cases import cases
from quiet.quiet_changes import IPIP_KINDS

Ipip = cases(float(os.environ.get("CALIWATCH_QUIET_SECONDS", "60")), IPIP_KINDS, workers=1)

if __name__ == "__main__":
    run_tests()
