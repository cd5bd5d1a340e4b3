#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same with BIRD's own graceful restart wait of 240 seconds: what a Calico cluster has."""

from convergence.convergence_cases import cases
from harness.main import run_tests

Restarts = cases(lambda name: name.startswith("long-"), workers=5)

if __name__ == "__main__":
    run_tests()
