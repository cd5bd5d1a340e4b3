#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Restarts of real BIRDs: the convergence that the agent measures is the one that ip, BIRD's log and /proc tell."""

from convergence.convergence_cases import cases
from harness.main import run_tests

Restarts = cases(lambda name: not name.startswith("long-"))

if __name__ == "__main__":
    run_tests()
