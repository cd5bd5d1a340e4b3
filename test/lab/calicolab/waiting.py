# SPDX-License-Identifier: Apache-2.0
"""How the lab and the tests wait for something that takes its time."""

from __future__ import annotations

import os
import time

# How many times slower than usual this machine is, where somebody has measured it, as test/kernels/guest does.
_SLOWNESS = float(os.environ.get("CALIWATCH_SLOWNESS", 1))


def patience(seconds):
    """How long to wait here for what may take so many seconds elsewhere."""
    return seconds * _SLOWNESS


def eventually(condition, timeout=20, every=0.2):
    """Asks again and again, after so many seconds each, until the condition holds; its last value."""
    end = time.monotonic() + patience(timeout)
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(every)
    return value
