# SPDX-License-Identifier: Apache-2.0
"""How many times slower than usual programs run here. What a lab does most is to start some."""

import subprocess
import sys
import time

_STARTS = 10
_USUAL = 0.2  # seconds that they take on a machine of 2020
_LEAST, _MOST = 10, 50  # an emulated machine is never faster; what takes longer still has to end


def seconds_of_work():
    """Of some starts, after a first one that had to read the program."""
    _work()
    start = time.monotonic()
    for _ in range(_STARTS):
        _work()
    return time.monotonic() - start


def _work():
    subprocess.run([sys.executable, "-S", "-c", "sum(range(100_000))"], check=True)


if __name__ == "__main__":
    print(min(_MOST, max(_LEAST, round(seconds_of_work() / _USUAL))))
