#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same with BIRD's own graceful restart wait of 240 seconds: what a Calico cluster has."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))

from convergence_cases import cases  # noqa: E402
from witness import run_tests  # noqa: E402

Restarts = cases(lambda name: name.startswith("long-"), workers=5)

if __name__ == "__main__":
    run_tests()
