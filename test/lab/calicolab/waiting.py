# SPDX-License-Identifier: Apache-2.0
"""How the lab and the tests wait for something that takes its time."""

from __future__ import annotations

import time


def eventually(condition, timeout=20, every=0.2):
    """Asks again and again, after so many seconds each, until the condition holds; its last value."""
    end = time.monotonic() + timeout
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(every)
    return value
